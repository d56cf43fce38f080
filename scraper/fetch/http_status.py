"""What an HTTP status means to us."""

from __future__ import annotations

from http import HTTPStatus

from scraper.model import Reason

#: Statuses whose Location is followed; all of them by GET, for we send nothing else.
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Those that say that a page has another address from now on. The others may lead every page of a
#: site to its login or its maintenance page for an hour.
PERMANENT = frozenset({301, 308})

#: Statuses whose body is the page itself. Of the others in 200 to 299, 202 comes from walls that
#: want a script to run first, 204 and 205 have no body, and 206 has a part that nobody asked for.
WHOLE = frozenset({200, 203})

_CLIENT_ERRORS: dict[int, Reason] = {
    HTTPStatus.REQUEST_TIMEOUT: Reason.TIMEOUT,
    HTTPStatus.GONE: Reason.HTTP_410,
    HTTPStatus.TOO_MANY_REQUESTS: Reason.HTTP_429,
}


def failure_of(status: int, *, is_conditional: bool) -> Reason | None:
    """Why an answer of this status is no use; ``None`` for a whole body, a redirect that may be
    followed, and "not modified" where that was asked.
    """
    if status in WHOLE or status in REDIRECTS:
        return None
    if status == HTTPStatus.NOT_MODIFIED:
        # The server is wrong: there is nothing that we could still have.
        return None if is_conditional else Reason.HTTP_5XX
    match status // 100:
        case 2:
            return Reason.TRUNCATED
        case 3:
            return Reason.REDIRECT
        case 4:
            return _CLIENT_ERRORS.get(status, Reason.HTTP_4XX)
        case _:
            return Reason.HTTP_5XX


def describe(status: int) -> str:
    """The status in words for a person: "404 Not Found"."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status}, a status that does not exist"
