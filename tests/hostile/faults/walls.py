"""Pages that are no article, and say 200 OK: walls, apologies, lists, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.model import Reason
from tests.fetch.loopback import reply
from tests.hostile.faults.setting import FAULTS, Fault, fault

if TYPE_CHECKING:
    from tests.hostile.faults.setting import Setting

_NONE = frozenset({Reason.NO_ARTICLE})
_NOT_HTML = frozenset({Reason.NOT_HTML})


def _says(name: str, title: str, body: str, head: str = "") -> None:
    """A fault that answers with this page."""
    page = (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )

    def serve(at: Setting) -> None:
        at.answer(reply(page.encode()))

    FAULTS.append(Fault(name=name, serve=serve, reasons=_NONE))


_LINKS = "".join(
    f"<li><a href='/story-{n}-of-the-day'>The council of town {n} met again on Monday</a></li>"
    for n in range(60)
)
_DAYS = "".join(
    f"<td><a href='/calendar/{year}/{month}'>{month} of {year}</a></td>"
    for year in range(1990, 2090)
    for month in range(1, 13)
)
for _name, _title, _body, *_head in (
    (
        "login_wall",
        "Log in",
        (
            "<h1>Log in to continue</h1><form action='/login' method='post'>"
            "<label>E-mail <input name='email'></label><label>Password <input "
            "type='password'></label>"
            "<button>Log in</button></form><p>No account yet? Register now, it takes a minute.</p>"
        ),
    ),
    (
        "subscription_wall",
        "Subscribe to read on",
        (
            "<h1>Subscribe to read on</h1><p>This article is for subscribers. Choose a plan.</p>"
            "<ul><li>Digital, 9 euros a month</li><li>Print, 29 euros a month</li></ul>"
        ),
    ),
    (
        "cookie_wall",
        "Before you continue",
        (
            "<h1>Before you continue</h1><p>We and our 842 partners store and "
            "access information on "
            "your device, such as cookies, and process personal "
            "data.</p><button>Accept all</button>"
            "<button>Manage choices</button>"
        ),
    ),
    (
        "robot_check",
        "Just a moment...",
        (
            "<h1>Checking your browser before accessing the site</h1><p>This process is automatic. "
            "Your browser will redirect to your requested content shortly.</p><p>Ray ID: 7f3b</p>"
        ),
        "<meta http-equiv='refresh' content='5'>",
    ),
    (
        "puzzle",
        "Attention required",
        (
            "<h1>One more step</h1><p>Please complete the security check to access the site.</p>"
            "<iframe src='/captcha'></iframe>"
        ),
    ),
    (
        "soft_404_with_links",
        "Page not found",
        (
            "<h1>Sorry, we could not find that page</h1><p>The page may have moved, or it may no "
            f"longer exist.</p><h2>Most read</h2><ul>{_LINKS}</ul>"
        ),
    ),
    (
        "maintenance",
        "Maintenance",
        "<h1>We will be back soon</h1><p>The site is being maintained. Please try later.</p>",
    ),
    ("parked_domain", "example.org", "<h1>This domain may be for sale</h1><a href='/'>Buy it</a>"),
    ("directory", "Index of /", f"<h1>Index of /</h1><ul>{_LINKS}</ul>"),
    ("front_page", "The Daily", f"<h1>The Daily</h1><ul>{_LINKS}</ul>"),
    ("endless_calendar", "Calendar", f"<h1>Calendar</h1><table><tr>{_DAYS}</tr></table>"),
    ("script_with_an_apology", "App", "<noscript>You need to enable JavaScript.</noscript>"),
    ("frames", "Frames", "<iframe src='/inner'></iframe>"),
    ("refresh_elsewhere", "Moved", "moved", "<meta http-equiv='refresh' content='0;url=/b'>"),
    ("database_error", "Error", "<p>Warning: mysqli_connect(): Connection refused in db.php</p>"),
    (
        "error_without_details",
        "Oops!",
        (
            "<h1>Oops!</h1><p>Something went wrong on our side. Our engineers "
            "have been told about it and are working on it right now. Please come "
            "back in a few minutes, or "
            "go to the front page of our site, where you find what happened today.</p>"
        ),
    ),
    (
        "apology_under_the_name_of_the_site",
        "The Daily",
        (
            "<h1>Sorry</h1><p>We can't find the page you're "
            "looking for. It may have been moved or deleted. Use the search above, "
            "or have a look at what "
            "other readers liked most in the course of this week.</p>"
        ),
    ),
    (
        "apology_in_german",
        "Hoppla",
        (
            "<h1>Hoppla!</h1><p>Diese Seite gibt es leider nicht mehr. "
            "Vielleicht hilft Ihnen die Suche weiter, oder Sie beginnen auf der Startseite.</p>"
        ),
    ),
    (
        "apology_in_french",
        "Erreur",
        (
            "<h1>Erreur</h1><p>La page que vous cherchez n'existe pas ou a "
            "été déplacée. Vous pouvez revenir à la page d'accueil du site.</p>"
        ),
    ),
    (
        "traceback",
        "Error",
        "<pre>Traceback (most recent call last):\n File x, line 1\nKeyError</pre>",
    ),
    (
        "servlet_error",
        "HTTP Status 500",
        (
            "<h1>HTTP Status 500 - Internal Server Error</h1><p>The "
            "server encountered an unexpected condition that prevented it from "
            "fulfilling the request.</p>"
        ),
    ),
    (
        "welcome_of_a_server",
        "Welcome to nginx!",
        (
            "<h1>Welcome to nginx!</h1><p>If you see this page, "
            "the nginx web server is successfully installed and working. Further "
            "configuration is required."
            "</p>"
        ),
    ),
    (
        "suspended_account",
        "Account Suspended",
        (
            "<h1>Account Suspended</h1><p>This Account has been "
            "suspended. Contact your hosting provider for more information about it.</p>"
        ),
    ),
    (
        "region_wall",
        "Unavailable",
        (
            "<h1>We're sorry</h1><p>This content is not available in your "
            "region. We recognise that you are attempting to access this website "
            "from a country of the "
            "European Economic Area, and therefore access cannot be granted at this time.</p>"
        ),
    ),
    (
        "robot_wall",
        "Pardon Our Interruption",
        (
            "<h1>Pardon Our Interruption...</h1><p>As you were "
            "browsing, something about your browser made us think you were a bot. "
            "There are a few reasons "
            "why this might happen.</p><p>You've disabled cookies in your web browser.</p>"
        ),
    ),
    (
        "press_and_hold",
        "Access to this page has been denied",
        (
            "<p>Press and hold to confirm you are a "
            "human (and not a bot). Reference ID 2f7b1c5e-8d5c-11ee-b9d1-0242ac120002</p>"
        ),
    ),
    (
        "wall_against_blockers",
        "The Daily",
        (
            "<h1>Please disable your ad blocker</h1><p>We rely on "
            "advertising to fund our journalism. Please turn off your ad blocker and "
            "reload the page.</p>"
        ),
    ),
    ("age_wall", "Age check", "<p>You must be 18 years or older to enter. Are you over 18?</p>"),
    ("empty_article", "Empty", "<article></article>"),
    ("headline_alone", "Headline", "<article><h1>A headline, and nothing else</h1></article>"),
):
    _says(_name, _title, _body, *_head)


def _files(name: str, reasons: frozenset[Reason], content_type: str, body: bytes) -> None:
    """A fault that answers with this file."""

    def serve(at: Setting) -> None:
        at.answer(reply(body, content_type=content_type))

    FAULTS.append(Fault(name=name, serve=serve, reasons=reasons))


_RSS = b"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title></channel></rss>"
for _name, _reasons, _type, _file in (
    ("json_as_html", _NONE, "text/html", b'{"article": {"title": "T", "body": "words"}}'),
    ("json", _NOT_HTML, "application/json", b'{"article": 1}'),
    ("feed_as_html", _NONE, "text/html", _RSS),
    ("feed_where_a_page_should_be", _NOT_HTML, "application/rss+xml", _RSS),
    ("plain_words", _NOT_HTML, "text/plain", b"words, and nothing but words. " * 200),
    (
        "picture_of_letters",
        _NOT_HTML,
        "image/svg+xml",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ),
    ("film", _NOT_HTML, "video/mp4", bytes(5_000)),
    ("parts", _NOT_HTML, "multipart/x-mixed-replace; boundary=x", b"--x\r\n\r\n<html>"),
    ("archive_file", _NOT_HTML, "application/zip", b"PK\x03\x04" + bytes(500)),
    ("unknown_bytes", _NOT_HTML, "application/octet-stream", bytes(range(256)) * 30),
    ("type_of_semicolons", _NOT_HTML, ";;;", b"<p>x"),
    (
        "zip_as_html",
        frozenset({Reason.BAD_ENCODING, Reason.NO_ARTICLE}),
        "text/html",
        b"PK\x03\x04" + bytes(range(256)) * 9,
    ),
    ("spaces_alone", _NONE, "text/html", b" \r\n\t" * 100_000),
    ("only_nuls", frozenset({Reason.BAD_ENCODING, Reason.NO_ARTICLE}), "text/html", bytes(100_000)),
):
    _files(_name, _reasons, _type, _file)


def _reserves(name: str, *headers: str, head: str = "") -> None:
    """A fault whose good page asks so not to be kept."""

    def serve(at: Setting) -> None:
        at.answer(reply(at.page.replace("</title>", f"</title>{head}").encode(), *headers))

    FAULTS.append(Fault(name=name, serve=serve, reasons=frozenset({Reason.NOARCHIVE})))


_reserves("noarchive_in_the_page", head="<meta name='robots' content='index, NoArchive'>")
_reserves("noarchive_for_us", "X-Robots-Tag: scraper: noarchive")
_reserves("noarchive_in_two_headers", "X-Robots-Tag: noindex", "X-Robots-Tag: noarchive")
_reserves("reserved_in_the_page", head="<meta name='tdm-reservation' content='1'>")


@fault()
def noarchive_for_another(at: Setting) -> None:
    """Another robot is asked, not we."""
    at.answer(reply(at.page.encode(), "X-Robots-Tag: otherbot: noarchive"))
