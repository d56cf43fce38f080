"""What the sites' chrome says in each language, and how each writes a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: By language, then by the name under which templates ask (``$say_home``).
CHROME_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "home": "Home",
        "about": "About us",
        "contact": "Contact",
        "subscribe": "Subscribe",
        "offer": "Thirteen weeks for five pounds, delivered or on your telephone.",
        "share": "Share this",
        "related": "More stories",
        "comments": "Leave a comment",
        "cookies": "We use cookies to see which stories are read.",
        "rights": "All rights reserved.",
        "advertisement": "Advertisement",
    },
    "de": {
        "home": "Startseite",
        "about": "Über uns",
        "contact": "Kontakt",
        "subscribe": "Abonnieren",
        "offer": "Vier Wochen lesen für einen Euro.",
        "share": "Beitrag teilen",
        "related": "Mehr zum Thema",
        "comments": "Kommentar schreiben",
        "cookies": "Wir verwenden Cookies, um unsere Seiten zu verbessern.",
        "rights": "Alle Rechte vorbehalten.",
        "advertisement": "Anzeige",
    },
    "zh": {
        "home": "首页",
        "about": "关于我们",
        "contact": "联系我们",
        "subscribe": "订阅",
        "offer": "每月六元订阅电子版。",
        "share": "分享到",
        "related": "相关新闻",
        "comments": "发表评论",
        "cookies": "本网站使用 Cookie 改善阅读体验。",
        "rights": "未经许可不得转载。",
        "advertisement": "广告",
    },
}

_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "de": (
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
}


def write_date(when: datetime, language: str) -> str:
    """The time as a paper of that language prints it, in the offset it was given with."""
    if language == "zh":
        return f"{when.year}年{when.month}月{when.day}日 {when:%H:%M}"
    month = _MONTHS[language][when.month - 1]
    if language == "de":
        return f"{when.day}. {month} {when.year}, {when:%H:%M} Uhr"
    return f"{when.day} {month} {when.year}, {when:%H:%M}"
