"""The door of the room: what holds for every page, whatever its bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.extract import extract_article
from scraper.model import Article, NoArticle, Precision

PAGES = sorted((Path(__file__).parents[1] / "fixtures" / "pages").glob("*.html"))
URL = "https://www.harbourpost.example/2024/story"

_FRAGMENTS = st.sampled_from(
    [
        *b"<p> </p> <article> <h1> </h1> <div> </div> <br> <table> <template> <svg>".split(),
        b"<div class='newsletter'>",
        b"<a href='//[x'>",
        b"<script type='application/ld+json'>",
        b"</script>",
        b'{"@type":"NewsArticle","headline":"\\ud800","author":[[{"name":1}]]}',
        b'{"@graph":[{"@type":["NewsArticle",1],"datePublished":{"a":1},"wordCount":"9"}]}',
        b'{"@type":"NewsArticle","articleBody":"' + b"x " * 200 + b'"}',
        b"<meta property='article:published_time' content='0000-00-00T99:99:99+99:99'>",
        b"<link rel=canonical href='http://[::1'>",
        b"<meta charset=utf-16>",
        b"&#xD800;&#0;",
        b"\xff\xfe",
        b"\x00",
        b"<!--",
        b"A sentence of some length stands here, so that it may pass for prose, and then it ends. ",
        "日本語の文章。".encode(),
    ]
)


def _check(found: Article | NoArticle) -> None:
    if isinstance(found, NoArticle):
        assert found.detail
        return
    found.text.encode("utf-8", "strict")
    assert found.text.strip()
    assert "\0" not in found.text
    for at in (found.published, found.modified):
        assert at is None or at.tzinfo is not None
    assert (found.published is None) == (found.published_precision is None)
    for absent in (found.title, found.language, found.site_name, found.canonical_url):
        assert absent != ""


@given(st.binary(max_size=2_000), st.one_of(st.none(), st.text(max_size=40)), st.text(max_size=60))
def test_no_bytes_raise(html: bytes, content_type: str | None, url: str) -> None:
    """Any bytes, header and address give an Article or NoArticle as the model promises."""
    _check(extract_article(html, url=url, content_type=content_type))


@given(st.lists(_FRAGMENTS, max_size=60))
def test_no_markup_raises(parts: list[bytes]) -> None:
    """Tags, declarations and text in any order never raise."""
    _check(extract_article(b"".join(parts), url=URL))


@settings(max_examples=60)
@given(st.sampled_from(PAGES), st.data())
def test_no_damaged_page_raises(page: Path, data: st.DataObject) -> None:
    """A real page's shape with a stretch cut out, doubled or overwritten never raises."""
    html = page.read_bytes()
    start = data.draw(st.integers(0, len(html)))
    end = data.draw(st.integers(start, len(html)))
    middle = data.draw(st.sampled_from([b"", html[start:end] * 2, b"\xff\x00<", b'"', b"<!--"]))
    _check(extract_article(html[:start] + middle + html[end:], url=URL))


@pytest.mark.parametrize(
    "value",
    ["[" * 900 + "]" * 900, '{"name":' * 300 + "1" + "}" * 300, "9" * 4_000, "NaN", "[null, {}]"],
    ids=["lists", "nodes", "digits", "nan", "empty"],
)
@pytest.mark.parametrize("key", ["author", "image", "isBasedOn", "wordCount", "@graph", "headline"])
def test_no_declared_value_raises(key: str, value: str) -> None:
    """JSON-LD of any depth and type, under any key we read, never raises."""
    node = f'{{"@type":"NewsArticle","{key}":{value}}}'
    found = _article(f'<script type="application/ld+json">{node}</script>')
    _check(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_same_bytes_give_the_same_article(page: Path) -> None:
    """Reading a page twice gives equal results, whatever was read in between."""
    html = page.read_bytes()
    first = extract_article(html, url=URL)
    extract_article(b"<p>" + html[::-1], url=URL)
    assert extract_article(html, url=URL) == first


def test_result_does_not_depend_on_the_process() -> None:
    """Another interpreter with another hash seed reads the same from the same bytes."""
    program = (
        "import sys; from scraper.extract import extract_article; "
        "print(ascii(extract_article(open(sys.argv[1], 'rb').read(), url=sys.argv[2])))"
    )
    page = next(path for path in PAGES if path.stem == "declared_sources")
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(page), URL],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert said == {ascii(extract_article(page.read_bytes(), url=URL)) + "\n"}


def _page(head: str = "", body: str = "") -> bytes:
    prose = (
        "<p>The council met on Thursday and decided, after some hours, to leave all as it was.</p>"
        * 4
    )
    return f"<html><head>{head}</head><body><article>{body}{prose}</article></body></html>".encode()


def _article(head: str = "", body: str = "", url: str = URL) -> Article:
    found = extract_article(_page(head, body), url=url)
    assert isinstance(found, Article)
    return found


def test_structured_date_wins_over_meta_and_print() -> None:
    """JSON-LD's date is taken before <meta>, that before the printed, that before the address."""
    node = '{"@type":"NewsArticle","datePublished":"2024-01-01"}'
    ld = f'<script type="application/ld+json">{node}</script>'
    meta = '<meta property="article:published_time" content="2024-01-02">'
    printed = "<time datetime='2024-01-03'>3 January</time>"
    url = "https://a.example/2024/01/04/story"
    pages = ((ld + meta, printed), (meta, printed), ("", printed), ("", ""))
    times = [_article(head, body, url).published for head, body in pages]
    assert [at and at.day for at in times] == [1, 2, 3, 4]


def test_time_without_offset_is_assumed_to_be_utc() -> None:
    """A time printed without its offset is kept, and says so."""
    found = _article('<meta property="article:published_time" content="2024-05-06T18:40:00">')
    assert found.published is not None
    assert found.published.utcoffset() is not None
    assert found.published_precision is Precision.ASSUMED


def test_old_dates_need_a_declaration() -> None:
    """A declared date of 1951 stands; one that is only printed does not."""
    declared = _article('<meta property="article:published_time" content="1951-05-06">')
    printed = _article("", "<div class='date'>6 May 1951</div>")
    assert declared.published is not None
    assert printed.published is None


def test_canonical_of_the_own_site_is_made_absolute() -> None:
    """A relative canonical is joined to the page; another site's is an attribution instead."""
    own = _article('<link rel="canonical" href="/a?x=1#top">').canonical_url
    assert own == "https://www.harbourpost.example/a?x=1"
    assert _article('<link rel="canonical" href="https://other.example/a">').canonical_url is None


def test_own_name_is_the_author_only_where_nobody_else_is() -> None:
    """The site named as its own author gives way to a printed byline, and stands without one."""
    head = (
        '<meta property="og:site_name" content="Harbour Post">'
        '<meta name="author" content="Harbour Post">'
    )
    assert _article(head, "<p class='byline'>By Tove Ask</p>").authors == ("Tove Ask",)
    assert _article(head).authors == ("Harbour Post",)


def test_no_control_gets_through() -> None:
    """Controls, which could steer a terminal, are left out of whatever is declared or printed."""
    told = (
        "It is a long way from the quay to the lighthouse, and longer when the wind is north. " * 3
    )
    page = f"""<title>Ferry &#27;[2J stops</title><meta name="description" content="&#27;[31mIce">
    <meta property="og:site_name" content="Post&#155;"><meta name="keywords" content="a&#7;b">
    <script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Ferry stops",
    "author": {{"name": "Tove \\u001bAsk"}}, "articleSection": "\\u009bNews",
    "isBasedOn": {{"url": "https://other.example/a", "name": "Other\\u001b"}}}}</script>
    <h1>Ferry stops</h1><p>{told}</p><p>Source: &#27;The Other Post</p>"""
    found = extract_article(page.encode(), url="https://post.example/ferry")
    assert isinstance(found, Article)
    assert found.authors == ("Tove Ask",)
    assert found.section == "News"
    assert len(found.attributions) == 2
    told_of = "".join(f"{named.name}{named.quote}" for named in found.attributions)
    everything = f"{found.title}{found.description}{found.site_name}{found.tags}{told_of}"
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in everything)


@pytest.mark.parametrize("css", ["p[", "p:has(", "::x", "", "\ud800"])
def test_text_that_is_no_selector_chooses_nothing(css: str) -> None:
    """A text and a title are found as without a selector where it is none."""
    page = next(path for path in PAGES if path.stem == "only_paragraph").read_bytes()
    found = extract_article(page, url="https://post.example/a", text_css=css, title_css=css)
    assert found == extract_article(page, url="https://post.example/a")
