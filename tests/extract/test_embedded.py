"""What a page carries for its scripts alone is read as what it is, and nothing else is."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from scraper.extract import extract_article
from scraper.model import Article, NoArticle

URL = "https://harbourpost.example/2024/crane"
PARAGRAPH = (
    "The harbour master of Nordvik has ordered the old crane on the east quay to be taken down, "
    "after a bolt the size of a fist fell onto an empty fish crate on the morning of day {}."
)
PARAGRAPHS = [PARAGRAPH.format(n) for n in range(1, 8)]


def _page(inside: str, og_type: str = "article") -> bytes:
    head = f'<meta property="og:type" content="{og_type}"><title>The crane</title>'
    return f"<html><head>{head}</head><body>{inside}</body></html>".encode()


def _script(value: object) -> str:
    return f"<script>render({json.dumps(value)})</script>"


def test_paragraphs_of_a_list_are_joined() -> None:
    """Paragraphs that a script's data lists one by one are the article, in their order."""
    found = extract_article(_page(_script([{"type": "p", "of": p} for p in PARAGRAPHS])), url=URL)
    assert isinstance(found, Article)
    assert found.text.split("\n\n") == PARAGRAPHS


def test_an_attribute_may_carry_them() -> None:
    """Data of a component stands in an attribute of the element that it draws."""
    data = json.dumps({"body": "".join(f"<p>{p}</p>" for p in PARAGRAPHS)})
    inside = f'<div data-props="{data.replace("&", "&amp;").replace(chr(34), "&quot;")}"></div>'
    found = extract_article(_page(inside), url=URL)
    assert isinstance(found, Article)
    assert found.text.split("\n\n") == PARAGRAPHS


def test_a_page_that_is_no_article_is_not_given_one() -> None:
    """A front page drawn by scripts carries the teasers of many, and is left alone."""
    assert isinstance(extract_article(_page(_script(PARAGRAPHS), "website"), url=URL), NoArticle)


def test_messages_are_no_article() -> None:
    """What scripts carry to say on occasion is less than a text, or stands far apart."""
    messages = {f"key{n}": {"text": PARAGRAPHS[n], "icon": "x" * 900} for n in range(6)}
    assert isinstance(extract_article(_page(_script(messages)), url=URL), NoArticle)


def test_an_offer_is_no_article() -> None:
    """Prose that says nothing of what the title names is another text."""
    page = _page(_script(PARAGRAPHS)).replace(b"The crane", b"Seven ways to pickle herring")
    assert isinstance(extract_article(page, url=URL), NoArticle)


def test_a_title_without_spaces_is_looked_for_by_its_letters() -> None:
    """Chinese and Japanese titles repeat in parts."""
    lines = [
        f"港長は{n}日、古い起重機を秋の嵐の前に取り壊すと発表した。魚の競り市は移る。" * 4
        for n in range(5)
    ]
    page = _page(_script(lines)).replace(b"The crane", "古い起重機を取り壊し".encode())
    found = extract_article(page, url=URL, content_type="text/html; charset=utf-8")
    assert isinstance(found, Article)
    assert found.text.split("\n\n") == lines


def test_what_the_page_shows_comes_first() -> None:
    """Data that repeats or completes a shown text is not asked."""
    shown = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:3])
    found = extract_article(_page(f"<article>{shown}</article>{_script(PARAGRAPHS)}"), url=URL)
    assert isinstance(found, Article)
    assert found.text.split("\n\n") == PARAGRAPHS[:3]


@given(st.text(alphabet='"\\{}[]:,u0a <p>.é\n', max_size=400))
def test_any_script_is_read_without_raising(script: str) -> None:
    """Quotes, escapes and brackets may be as broken as they like."""
    page = _page(f"<script>x = {script}</script>{_script(PARAGRAPHS)}")
    assert isinstance(extract_article(page, url=URL), (Article, NoArticle))
