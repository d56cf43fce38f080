"""What the domain's types know by themselves."""

from __future__ import annotations

from scraper.model import NO_MASK, Mask


def test_a_masked_title_is_none() -> None:
    """What is compared of a title is the title, or nothing."""
    assert NO_MASK.title("News | Sport") == "News | Sport"
    assert Mask(hides_title=True).title("News | Sport") is None
