"""Tests of what statuses mean to us."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetch.http_status import REDIRECTS, WHOLE, describe, failure_of
from scraper.model import Reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, None),
        (203, None),
        (202, Reason.TRUNCATED),
        (204, Reason.TRUNCATED),
        (206, Reason.TRUNCATED),
        (300, Reason.REDIRECT),
        (301, None),
        (302, None),
        (303, None),
        (304, Reason.HTTP_5XX),
        (305, Reason.REDIRECT),
        (307, None),
        (308, None),
        (400, Reason.HTTP_4XX),
        (403, Reason.HTTP_4XX),
        (404, Reason.HTTP_4XX),
        (408, Reason.TIMEOUT),
        (410, Reason.HTTP_410),
        (429, Reason.HTTP_429),
        (451, Reason.HTTP_4XX),
        (499, Reason.HTTP_4XX),
        (500, Reason.HTTP_5XX),
        (503, Reason.HTTP_5XX),
        (101, Reason.HTTP_5XX),
        (999, Reason.HTTP_5XX),
    ],
)
def test_failure_of(status: int, reason: Reason | None) -> None:
    """Each status has its reason, or none where it is of use."""
    assert failure_of(status, is_conditional=False) is reason


def test_not_modified_needs_the_question() -> None:
    """A 304 is good news only where validators were sent."""
    assert failure_of(304, is_conditional=True) is None


@given(st.integers(0, 999), st.booleans())
def test_nothing_else_is_of_use(status: int, conditional: bool) -> None:  # noqa: FBT001 - drawn
    """Whole bodies, redirects and asked-for 304 are of use, and every status can be described."""
    useful = status in WHOLE | REDIRECTS or (status == 304 and conditional)
    assert (failure_of(status, is_conditional=conditional) is None) == useful
    assert str(status) in describe(status)
