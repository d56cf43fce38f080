"""Statuses."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

from scraper import clock
from scraper.model import Reason
from tests.fetch.loopback import reply
from tests.hostile.faults.setting import (
    FAULTS,
    Fault,
    Setting,
    fault,
)


def _statuses(name: str, status: str, reason: Reason, *headers: str) -> None:
    """A fault that sends a good page with this status: a body with an error is none."""

    def serve(at: Setting) -> None:
        at.answer(reply(at.page.encode(), *headers, status=status))

    FAULTS.append(Fault(name=name, serve=serve, reasons=frozenset({reason})))


_LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"
_IN_AGES = "Fri, 31 Dec 9999 23:59:59 GMT"
_NO_DAY = "Foo, 99 Bar 2026 99:99:99 GMT"
_IN_AN_HOUR = format_datetime(clock.now() + timedelta(hours=1), usegmt=True)
for _name, _status, _reason, *_headers in (
    ("too_many_requests", "429 Too Many Requests", Reason.HTTP_429, "Retry-After: 3600"),
    ("too_many_by_date", "429 Too Many", Reason.HTTP_429, f"Retry-After: {_IN_AN_HOUR}"),
    ("too_many_unexplained", "429 Too Many Requests", Reason.HTTP_429),
    ("unavailable", "503 Service Unavailable", Reason.HTTP_5XX, "Retry-After: 3600"),
    ("internal_error_for_ever", "500 Internal Server Error", Reason.HTTP_5XX),
    ("gone", "410 Gone", Reason.HTTP_410),
    ("not_found", "404 Not Found", Reason.HTTP_4XX),
    ("forbidden", "403 Forbidden", Reason.HTTP_4XX),
    ("legal_reasons", "451 Unavailable For Legal Reasons", Reason.HTTP_4XX),
    ("not_modified_unasked", "304 Not Modified", Reason.HTTP_5XX),
    ("part_unasked", "206 Partial Content", Reason.TRUNCATED),
    ("accepted_for_later", "202 Accepted", Reason.TRUNCATED),
    ("no_content", "204 No Content", Reason.TRUNCATED),
    ("status_from_nowhere", "799 Whatever", Reason.HTTP_5XX),
    ("request_denied", "999 Request denied", Reason.HTTP_5XX),
    ("bad_request", "400 Bad Request", Reason.HTTP_4XX),
    ("unauthorised", "401 Unauthorized", Reason.HTTP_4XX, 'WWW-Authenticate: Basic realm="x"'),
    ("payment_required", "402 Payment Required", Reason.HTTP_4XX),
    ("method_not_allowed", "405 Method Not Allowed", Reason.HTTP_4XX),
    ("not_acceptable", "406 Not Acceptable", Reason.HTTP_4XX),
    ("proxy_wants_to_know_us", "407 Proxy Authentication Required", Reason.HTTP_4XX),
    ("request_timed_out", "408 Request Timeout", Reason.TIMEOUT),
    ("uri_too_long", "414 URI Too Long", Reason.HTTP_4XX),
    ("teapot", "418 I'm a teapot", Reason.HTTP_4XX),
    ("misdirected", "421 Misdirected Request", Reason.HTTP_4XX),
    ("too_early", "425 Too Early", Reason.HTTP_4XX),
    ("upgrade_required", "426 Upgrade Required", Reason.HTTP_4XX, "Upgrade: h2c"),
    ("client_closed_request", "499 Client Closed Request", Reason.HTTP_4XX),
    ("not_implemented", "501 Not Implemented", Reason.HTTP_5XX),
    ("bad_gateway", "502 Bad Gateway", Reason.HTTP_5XX),
    ("gateway_timeout", "504 Gateway Timeout", Reason.HTTP_5XX),
    ("storage_full", "507 Insufficient Storage", Reason.HTTP_5XX),
    ("captive_portal", "511 Network Authentication Required", Reason.HTTP_5XX),
    ("origin_down", "521 Web Server Is Down", Reason.HTTP_5XX),
    ("origin_timed_out", "524 A Timeout Occurred", Reason.HTTP_5XX),
    ("frozen", "530 Site Frozen", Reason.HTTP_5XX),
    ("reset_content", "205 Reset Content", Reason.TRUNCATED),
    ("many_statuses", "207 Multi-Status", Reason.TRUNCATED),
    ("many_choices", "300 Multiple Choices", Reason.REDIRECT),
    ("use_proxy", "305 Use Proxy", Reason.REDIRECT, "Location: http://127.0.0.1:1/"),
    ("unused_redirect", "306 Switch Proxy", Reason.REDIRECT, "Location: /b"),
    ("too_many_for_a_year", "429 Too Many Requests", Reason.HTTP_429, "Retry-After: 31536000"),
    ("too_many_for_ages", "429 Too Many", Reason.HTTP_429, f"Retry-After: {'9' * 5_000}"),
    ("too_many_below_nothing", "429 Too Many", Reason.HTTP_429, "Retry-After: -60"),
    ("too_many_by_a_fraction", "429 Too Many", Reason.HTTP_429, "Retry-After: 1.5"),
    ("too_many_until_soon", "429 Too Many", Reason.HTTP_429, "Retry-After: soon"),
    ("too_many_until_yesterday", "429 Too Many", Reason.HTTP_429, f"Retry-After: {_LONG_AGO}"),
    ("too_many_until_9999", "429 Too Many", Reason.HTTP_429, f"Retry-After: {_IN_AGES}"),
    ("unavailable_on_no_day", "503 Busy", Reason.HTTP_5XX, f"Retry-After: {_NO_DAY}"),
    ("unavailable_twice", "503 Busy", Reason.HTTP_5XX, "Retry-After: 1", "Retry-After: 7200"),
    ("unavailable_in_wide_digits", "503 Busy", Reason.HTTP_5XX, "Retry-After: \u0664\u0662"),
):
    _statuses(_name, _status, _reason, *_headers)


@fault()
def page_that_was_changed_on_the_way(at: Setting) -> None:
    """203: a proxy changed something."""
    at.answer(reply(at.page.encode(), status="203 Non-Authoritative Information"))


@fault()
def success_that_asks_for_patience(at: Setting) -> None:
    """Retry-After with a good page speaks of something else."""
    at.answer(reply(at.page.encode(), "Retry-After: 86400"))
