"""Bylines to names: who wrote it, as printed, without "By", roles, places and addresses."""

# ruff: noqa: RUF001 - letters and dashes as publishers write them
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.extract.dates import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable

_BY = re.compile(
    r"^\s*(?:(?:written|reported|posted|published|publié|veröffentlicht|eingestellt|erstellt"
    r"|verfasst|beitrag|artikel|inviato|scritto|pubblicato|text|story|words|reporting|compiled"
    r"|edited|opinion|analysis|commentary|review|skrevet|skriven|geschreven|zeige alle beiträge"
    r"|view all posts|article|autor(?:en|in)?"
    r"|auteur|author|authors|texte|fotos?|escrito|publicado"
    r"|redigido|geschrieben|ein (?:artikel|beitrag|gastbeitrag|kommentar))\s*(?:by|von|par|por"
    r"|di|da|door|af|av)?\s*[:|]?\s+|"
    r"(?:by|von|par|por|door|di|af|av|van|przez|yazan|автор|автори|文|記者|記者／|작성자|글|tekst|testo"
    r"|texto|vom)\s*[:：]?\s+|[|:·•–—-]+\s*)+",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[,;|/•·、]|\s(?:and|und|et|y|e|i|og|och|ja|with|avec|mit|&|en|и|та|ve)\s|\s&\s"
    r"|\s\+\s)\s*(?:and\s+|und\s+|et\s+)?",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^(?:(?:senior|chief|deputy|associate|assistant|managing|contributing|political|staff"
    r"|special|foreign|business|sports?|news|science|health|technology|tech|investigative"
    r"|digital|freelance|guest|white house|national|world|europe|asia|africa|diplomatic"
    r"|economics?|city|crime|education|environment|royal|entertainment|features?|lead|general"
    r"|executive|video|web|online|data|breaking)\s+)*"
    r"(?:reporter|editor|correspondent|writer|journalist(?:in)?|columnist|contributor|producer"
    r"|author|staff|photographer|intern|redakteur(?:in)?|reporter(?:in)?|korrespondent(?:in)?"
    r"|autor(?:in)?|chefredakteur(?:in)?|volontär(?:in)?|journaliste|correspondant(?:e)?"
    r"|rédacteur|rédactrice|envoyée? spéciale?|redactor(?:a)?|periodista|corresponsal"
    r"|giornalista|redattore|inviato|jornalista|repórter|redacteur|verslaggever|기자|記者|critic"
    r"|analyst|fellow|bureau chief|in chief"
    r"|[\w-]+(?:korrespondent|redakteur|reporter|journalist)(?:in)?)(?:\s+(?:at|for|of|in)\b.*|,.*)?$",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s*(?:\((?:[^)]*)\)|\[[^\]]*\]|[|•·–—].*|-\s.*|,?\s*(?:published|updated|posted"
    r"|aktualisiert|stand|veröffentlicht|(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat"
    r"|sun)\b\.? \d|le \d|on \d|\d{1,2}[:.]\d\d|\d{1,2}\.\s?\d|(?<![^\W\d_])\d{4}).*"
    r"|\s+(?:기자|記者|@\S+)"
    r"|\s+(?:for|from|at|in)\s+(?:the|cnn|bbc)\b.*)\s*$",
    re.IGNORECASE,
)
#: The end of a sentence and the beginning of the next: no initial, no title.
_SENTENCE = re.compile(r"[^\W\d_]{5,}[.!?]\s+[^\W\d_a-z]")
#: "Text: ", "Piše: ": a word with a colon says what follows, in any language.
_LABEL = re.compile(r"^\W*[^\W\d]{2,15}\s*[:：]\s*(?=[^\W\d_])")
#: What stands before the first "by" of a line in parts is a section or a date.
_LEADING = re.compile(
    r"^.*?(?:\|\s*(?:by|von|par|por|di|door|af|av)\b[\s|:]*|\s(?:by|von|par|por)\s*\|\s*)",
    re.IGNORECASE,
)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\s*\b(?:(?:am|on|le|el|vom)\s+)?(?:\d{{1,2}}\.?\s+(?:de\s+)?(?:{_MONTH})\b|(?:{_MONTH})\.?\s+\d).*$"
    r"|\s+(?:am|on|le|el|vom)(?:\s+\w+day|\s+\w+tag)?$",
    re.IGNORECASE,
)
#: What stands beside a name says where its bearer was, of whom a picture is, or what one studied.
_PLACE = re.compile(r"^(?:in|at|from|aus|à)\s|\s+in\s+[^\W\d_a-z].*$")
_PICTURE = re.compile(
    r"^(?:foto|photo|bild|picture|image|video|gra(?:phic|fik)|illustration|kuva)s?\s*[:：]",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"(?:ph\.?\s?d|m\.?d|mba|m\.?a|b\.?a|m\.?sc|b\.?sc|mph|j\.?d|ll\.?[bm]|esq|r\.?n|dds)\.?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"\s+\S+@\S+")
_NO_LETTER = re.compile(r"\W+")
_NOT_A_NAME = re.compile(
    r"https?:|www\.|[@#©]|\[at\]|^(?:hace|tiempo|il y a)\s"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day$|(?:mon|diens|donners|frei|sams|sonn)tag$"
    r"|^[\d:]+ uhr$|^last updated|^updated|\.com\b|^\W*$|^\d"
    r"|\b(?:images|photos?|getty|shutterstock|istock)\b|^(?:related|verwandte|follow)\b"
    r"|(?:(?:^|\s)(?:facebook|twitter|instagram|linkedin|whatsapp|youtube|telegram|xing)){2}"
    r"|^(?:(?:word ?press ?)?admin(?:istrator)?|author"
    r"|unknown|none|null|undefined|guest|user|root|editor|n/?a|anonymous|web ?master"
    r"|wordpress|facebook|twitter|share|comments?|follow|view (?:all|profile).*|see (?:all"
    r"|more).*|more (?:by|from).*|all posts.*|read more.*|updated?|published|about.*|name|von"
    r"|by|on|am|par|por|last|posted|modifi(?:ed|é)|mis à jour"
    r"|actuali[sz]ad[ao]|aggiornato|geändert|bijgewerkt|veröffentlicht(?: am.*)?|kommentar.*"
    r"|hinterlasse.*|e-?mail|website|(?:am|on) (?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|sat|sun)"
    r"|.* s(?:agt|ays|aid)\b.*|in uncategorized|profile.*|min(?:ute)?s? read|\d+ min.*)$",
    re.IGNORECASE,
)


def clean_authors(printed: Iterable[str]) -> tuple[str, ...]:
    """The names in these bylines, in order, each once."""
    found: dict[str, str] = {}
    for line in printed:
        for name in _names_in(line):
            found.setdefault(letters(name), name)
    return tuple(found.values())


def letters(name: str) -> str:
    """A name's letters and digits alone, case-folded: to tell whether two names are one."""
    return _NO_LETTER.sub("", name.casefold())


def _names_in(line: str) -> list[str]:
    if "://" in line or _SENTENCE.search(line):
        return []
    line = _MAIL.sub("", line)
    line = _BY.sub("", _LEADING.sub("", line.strip()[:300].replace("\n", " | ")))
    names: list[str] = []
    for part in _SPLIT.split(line):
        if names and (_PICTURE.match(part) or _DEGREE.fullmatch(part.strip())):
            continue
        name = _BY.sub("", _LABEL.sub("", part))
        name = _PLACE.sub("", _DATE.sub("", _TRAILING.sub("", name)))
        name = name.strip(" \t.,:;|-–—*\"“”'")
        if 1 < len(name) <= 60 and not _NOT_A_NAME.search(name) and not _ROLE.match(name):  # noqa: PLR2004 - longer is a sentence
            names.append(name)
    return names
