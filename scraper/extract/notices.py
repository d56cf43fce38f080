"""What a site's machinery says in an article's place, with status 200: errors, walls, checks.

Rule 1: phrases alone decide nothing on a page with much text; who calls knows how much there is.
Rule 2: what a page's name says counts more than what stands in its text: a short report may quote
an error, but is not called one.

The phrases are those of servers, content systems and services that guard sites, as they are known
to everybody who met them, in the languages of the pages that we measure extraction on.
"""

# ruff: noqa: RUF001 - letters and dashes as publishers write them
from __future__ import annotations

import re

#: A longer title is a headline rather than a notice.
MAX_NAME = 90

_ERROR = re.compile(
    r"^\W*(?:error\W*)?(?:4(?:0[0-9]|10|29)|50[0-4])\b|(?:page|article|site|seite|página"
    r"|pagina|page) (?:was |is |could )?(?:not|nicht|no) (?:be )?(?:found|available|gefunden"
    r"|encontrada)"
    r"|not found\W*$|page introuvable|nicht gefunden|no encontrad[ao]|não encontrad[ao]"
    r"|non trovata|страница не найдена|页面不存在|ページ[がは]見つかりません"
    r"|nie znaleziono (?:strony|artykułu)"
    r"|access denied|forbidden\W*$|just a moment|attention required|are you (?:a robot|human)"
    r"|verify (?:that )?you are human|security check|service unavailable"
    r"|temporarily unavailable|something went wrong"
    r"|^\W*http status [45]\d\d|page has been denied|pardon our interruption|account suspended"
    r"|be back (?:soon|shortly|in a (?:moment|few minutes))\W*$|^\W*(?:\w+ )?maintenance\W*$"
    r"|bad gateway|gateway time-?out|internal server error|^\W*welcome to nginx|default page\W*$"
    # Words that are a notice where nothing else stands in the name.
    r"|^\W*(?:an? )?(?:(?:fatal|database|application|server|unknown) )?(?:error|fehler|erreur"
    r"|errore|erro|fout|fel|feil|virhe|błąd|chyba|hiba|hata|eroare|greška|σφάλμα|помилка|ошибка|خطأ"
    r"|エラー|错误|오류)[\W\d]*$"
    r"|^\W*(?:oops|whoops|ups|hoppla|sorry|we(?:'|’)?re sorry|unavailable|lo sentimos|désolé"
    r"|es tut uns leid|ci dispiace|coming soon|session expired|age (?:check|verification)"
    r"|under (?:construction|maintenance))\W*$",
    re.IGNORECASE,
)
_WALL_NAME = re.compile(
    r"^\W*(?:log ?in|sign ?in|anmelden|login|connexion|iniciar sesión|accedi|subscribe|consent"
    r"|cookie|privacy (?:gate|choices))\b",
    re.IGNORECASE,
)
_WALL = re.compile(
    # The partners of an advertiser, whose number every such notice tells.
    r"(?:our|unsere[n]?|nos|nuestros|nostri|nossos|onze|våra|vores|våre|naszych|naši) \(?\d+\)? "
    r"(?:partner|partenaires|socios|parceiros|samarbets)"
    r"|(?:enable|turn on) (?:javascript|cookies)|javascript (?:is|must be) (?:disabled|enabled)"
    r"|before you continue|log ?in to (?:continue|your account|read)|sign in to (?:continue"
    r"|your account|read)"
    r"|we (?:and our partners|value your privacy)|accept (?:all )?cookies"
    r"|cookies zustimmen|votre vie privée est importante"
    r"|continuer sans accepter|mit werbung weiterlesen|your privacy choices|checking your browser"
    r"|unusual traffic|captcha"
    r"|(?:disable|turn off|deactivate) your ad ?-?block|confirm (?:that )?you are (?:a )?human"
    r"|think you (?:were|are) a (?:ro)?bot|not available in your (?:region|country|location)"
    r"|are you (?:over|at least) \d\d\b|must be \d\d (?:years )?or older to enter",
    re.IGNORECASE,
)
_APOLOGY = re.compile(
    r"(?:page|article|story|content) (?:that )?you(?:(?:'|’)re| are|(?:'|’)ve| have)? (?:were )?"
    r"(?:looking|requested|asked|tried|trying)"
    r"|this (?:page|article|content) (?:does not exist|doesn(?:'|’)t exist|no longer exists"
    r"|is no longer available|has been (?:removed|deleted))"
    r"|diese seite (?:gibt es|existiert|ist) (?:leider )?nicht|gesuchte seite"
    r"|page que vous (?:cherchez|recherchez|demandez|avez demandé)"
    r"|página que (?:busca|buscas|procura|solicita|solicitó|ha solicitado)"
    r"|pagina che (?:cerchi|stai cercando|hai richiesto)|pagina die (?:je|u) zoekt"
    r"|traceback \(most recent call last\)|(?:fatal error|warning): (?:\w+\(|uncaught|call to)"
    r"|unexpected condition that prevented|wrong on our (?:side|end)"
    r"|server is successfully installed"
    r"|critical error on this website|this account has been suspended",
    re.IGNORECASE,
)


def is_error_name(name: str) -> bool:
    """Whether a page's title or headline is that of an error or a check."""
    return len(name) < MAX_NAME and _ERROR.search(name) is not None


def reads_like_wall(title: str, text: str) -> bool:
    """Whether a short page asks its reader for something: to log in, consent, pay, be human."""
    named = len(title) < MAX_NAME and (_WALL_NAME.search(title) or _WALL.search(title))
    return bool(named or _WALL.search(text))


def reads_like_apology(text: str) -> bool:
    """Whether a short text says that what was asked for is not to be had."""
    return _APOLOGY.search(text) is not None
