"""What the pages show, and what they say to a bad question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scraper.cli.stories import command as stories
from scraper.model import Article, Attribution, Evidence, Passage, RelationKind
from scraper.web.stories import PAGE

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from scraper.model import ArticleId
    from tests.archive_builder import ArchiveBuilder

FERRY = (
    "The last ferry across the Lune will leave at midnight from April, the harbour board said.\n\n"
    "Some 340 people had signed a petition for a later boat, most of them nurses."
)
CUT = FERRY.split("\n\n", maxsplit=1)[0]


def headings(html: str) -> list[str]:
    """The titles of the stories in a list, in their order."""
    return re.findall(r"<h3[^>]*><a[^>]*>([^<]*)</a>", html)


@pytest.fixture
def ferry(builder: ArchiveBuilder) -> tuple[ArticleId, ArticleId]:
    """A story and its cut mirror, which names it."""
    whole = builder.article("Ferry to run until midnight", FERRY, url="https://pier.example/ferry")
    named = Attribution(
        evidence=Evidence.CREDIT_LINE, url="https://pier.example/ferry", quote="Source: The Pier"
    )
    cut = builder.article(
        "Ferry runs late", CUT, url="https://notes.example/1", attributions=(named,)
    )
    end = len(CUT)
    builder.relate(
        cut,
        whole,
        RelationKind.EXCERPT_OF,
        coverage=(1.0, 0.52),
        passages=(Passage(a_start=0, a_end=end, b_start=0, b_end=end),),
    )
    builder.tell(whole, cut)
    return whole, cut


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("The Pier", "The Pier"),
        ("The Lower Wrenshire Weekly Advertiser", "The Lower Wrenshire Weekl…"),
        ("\u6f9c\u53e3\u665a\u62a5" * 4, "\u6f9c\u53e3\u665a\u62a5" * 3 + "…"),
    ],
)
def test_a_long_name_is_cut_to_its_box(
    client: TestClient, builder: ArchiveBuilder, name: str, drawn: str
) -> None:
    """On the drawing of who names whom; characters of wide scripts take the room of two."""
    credit = Attribution(evidence=Evidence.CREDIT_LINE, name=name)
    one = builder.article("One", FERRY, url="https://a.example/1", attributions=(credit,))
    builder.tell(one)
    names = re.findall(r'class="svg-name"[^>]*>([^<]*)<', client.get(f"/story/{one}").text)
    assert names == ["a.example", drawn]


def test_an_empty_archive_says_what_to_do(client: TestClient) -> None:
    """No stories is a page that names the commands which bring some."""
    answer = client.get("/")
    assert answer.status_code == 200
    assert "scraper add URL" in answer.text


def test_stories_are_listed_newest_first_or_most_copied(
    client: TestClient, builder: ArchiveBuilder, ferry: tuple[ArticleId, ArticleId]
) -> None:
    """The order is the one asked for."""
    builder.article(
        "Choir buys its hall", "A choir has bought a hall.", url="https://pier.example/2"
    )
    assert headings(client.get("/").text) == ["Choir buys its hall", "Ferry to run until midnight"]
    copied = client.get("/?order=copied").text
    assert headings(copied) == ["Ferry to run until midnight", "Choir buys its hall"]


@pytest.mark.parametrize("order", ["newest", "copied", "updated"])
def test_every_story_is_on_one_page(
    client: TestClient, builder: ArchiveBuilder, order: str
) -> None:
    """Turning pages to the end meets each story once."""
    titles = {f"Story {number}" for number in range(2 * PAGE + 3)}
    for title in sorted(titles):
        builder.article(title, f"Text of {title}.", external_id=title)
    met: list[str] = []
    path: str | None = f"/?order={order}"
    while path is not None:
        html = client.get(path).text
        met += headings(html)
        turn = re.search(r'<a rel="next" href="([^"]*)"', html)
        path = turn[1].replace("&amp;", "&") if turn else None
    assert len(met) == len(titles)
    assert set(met) == titles


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("site=notes.example", True),
        ("site=https://www.notes.example/", True),
        ("site=other.example", False),
        ("relation=excerpt_of", True),
        ("relation=paraphrase", False),
        ("mirrors-min=1", True),
        ("mirrors-min=2", False),
        ("since=2026-03-01&until=2026-03-01", True),
        ("since=2026-03-02", False),
        ("copied-from=pier.example", True),
        ("copied-from=notes.example", False),
        ("q=petition&site=notes.example", True),
        ("q=petition&site=other.example", False),
        ("q=%22last+ferry%22", True),
        ("q=%22ferry+last%22", False),
        ("q=mid*", True),
        ("q=AND+NOT+(", False),
        ("since=&site=&q=&mirrors-min=&relation=", True),
    ],
)
def test_filters_and_search_narrow_the_list(
    client: TestClient,
    ferry: tuple[ArticleId, ArticleId],
    asked: str,
    found: bool,  # noqa: FBT001  # a table
) -> None:
    """Each narrows alone and together; an empty field asks for nothing."""
    answer = client.get(f"/?{asked}")
    assert answer.status_code == 200
    assert headings(answer.text) == (["Ferry to run until midnight"] if found else [])


def test_fields_are_called_as_the_options_are(client: TestClient) -> None:
    """An address is written by what is known of `scraper stories`: other names narrow nothing."""
    inputs = re.findall(r'<(?:input|select)[^>]* name="([^"]*)"', client.get("/").text)
    options = {name for option in stories.params for name in option.opts}
    assert "--mirrors-min" in options
    assert {f"--{field}" for field in inputs} - options == {"--q", "--order"}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/?since=someday", 400, "is no date: write 2026-11-22"),
        ("/?until=0000-00-00", 400, "is no date"),
        ("/?since=9999-12-31T23:59:59-23:00", 400, "is no date"),
        ("/?mirrors-min=many", 400, "is no number"),
        ("/?mirrors-min=-1", 400, "is no number"),
        ("/?mirrors-min=" + "9" * 40, 400, "is no number"),
        ("/?relation=cousin", 400, "choose one of identical"),
        ("/?site=http://", 400, "is no site"),
        ("/?order=random", 400, "choose one of newest"),
        ("/?language=%00%ff", 400, "is no language"),
        ("/?after=99", 404, "begin again"),
        ("/?q=ferry&page=0", 404, "ask for less"),
        ("/?q=ferry&page=900", 404, "ask for less"),
        ("/?q=" + "x" * 600, 400, "too long"),
        ("/story/99", 404, "no such story"),
        ("/story/-1", 404, "no such story"),
        ("/story/" + "9" * 40, 404, "no such story"),
        ("/story/%D9%A1", 404, "no such story"),
        ("/story/ferry", 404, "no such story"),
        ("/article/99", 404, "no such article"),
        ("/compare", 400, "is no article"),
        ("/compare?a=1&b=x", 400, "is no article"),
        ("/compare?a=1&b=99", 404, "no article 99"),
        ("/compare?a=1@9&b=2", 404, "no text 9 of article 1: 1 text was seen."),
        ("/feed.atom?since=never", 400, "is no date"),
        ("/nothing", 404, "no such page"),
    ],
)  # fmt: skip
def test_a_bad_question_is_a_plain_page(
    client: TestClient, ferry: tuple[ArticleId, ArticleId], path: str, status: int, said: str
) -> None:
    """One line says what is wrong, under the right status."""
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert said in answer.text


def test_a_story_shows_its_text_mirrors_and_reason(
    client: TestClient, ferry: tuple[ArticleId, ArticleId]
) -> None:
    """All the evidence stands on one page, and leads to the comparison."""
    whole, cut = ferry
    html = client.get(f"/story/{whole}").text
    for paragraph in FERRY.split("\n\n"):
        assert f"<p>{paragraph}</p>" in html
    assert "published first" in html
    assert "excerpt of" in html
    assert "52 %" in html
    assert "100 %" in html
    assert "1 min later" in html
    assert "<bdi>notes.example</bdi> names" in html
    assert "Source: The Pier" in html
    assert f"/compare?a={whole}&amp;b={cut}" in html


def test_a_mirrors_number_leads_to_its_story(
    client: TestClient, ferry: tuple[ArticleId, ArticleId]
) -> None:
    """A link to a story that went into another keeps leading somewhere."""
    whole, cut = ferry
    answer = client.get(f"/story/{cut}")
    assert (answer.status_code, answer.headers["location"]) == (307, f"/story/{whole}")


def test_a_comparison_marks_what_is_shared(
    client: TestClient, ferry: tuple[ArticleId, ArticleId]
) -> None:
    """The archived passage stands on both sides, each leading to the other."""
    whole, cut = ferry
    html = client.get(f"/compare?a={whole}&b={cut}").text
    assert "<h1>notes.example is an excerpt of pier.example</h1>" in html
    assert 'id="a1"' in html
    assert 'href="#b1"' in html
    assert "As archived" in html
    assert "Some 340 people" in html


def test_words_that_differ_are_marked(client: TestClient, builder: ArchiveBuilder) -> None:
    """Within a passage the words of one side alone are struck or underlined."""
    a = builder.article(
        "One", f"{FERRY} It costs four crowns a year, said the board.", url="https://a.example/1"
    )
    b = builder.article(
        "Other", f"{FERRY} It costs nine crowns a year, said the board.", url="https://b.example/1"
    )
    html = client.get(f"/compare?a={a}&b={b}").text
    assert "<del>four</del>" in html
    assert "<ins>nine</ins>" in html
    assert "compared just now" in html


def test_texts_that_share_nothing_stand_side_by_side(
    client: TestClient, builder: ArchiveBuilder
) -> None:
    """No passage is a page as well; so is a text of nothing."""
    a = builder.article(None, "A choir has bought a hall.", url="https://a.example/1")
    b = builder.article(None, "", external_id="empty")
    html = client.get(f"/compare?a={a}&b={b}").text
    assert "share no passage" in html
    assert "This article has no text." in html


def test_an_article_shows_what_is_known_of_its_texts(
    client: TestClient, ferry: tuple[ArticleId, ArticleId]
) -> None:
    """An article with one text says that it never changed."""
    html = client.get(f"/article/{ferry[1]}").text
    assert "has not changed" in html


def test_text_is_shown_as_text(client: TestClient, builder: ArchiveBuilder) -> None:
    """Markup, controls and overrides of direction are harmless wherever a title or text stands."""
    title = "<script>alert(1)</script>\"'><img src=x> \x1b[31m\x01\u202egnp.exe\u202c {{ 7*7 }}"
    text = f"{title}\n\n</p></div><style>*{{display:none}}</style>"
    evil = Attribution(evidence=Evidence.SOURCE_LINK, url="javascript:alert(1)", name=title)
    content = Article(url=None, title=None, text="", authors=(title,), language='"><b>')
    one = builder.article(
        title, text, url="https://a.example/<b>", attributions=(evil,), content=content
    )
    other = builder.article(title, text, external_id=title)
    builder.relate(other, one, RelationKind.IDENTICAL, coverage=(1, 1))
    builder.tell(one, other)
    for path in (
        "/", "/?q=alert", f"/story/{one}", f"/compare?a={one}&b={other}", f"/article/{one}",
        "/feed.atom", "/?q=<script>", "/?since=<script>", "/compare?a=<script>",
    ):  # fmt: skip
        answer = client.get(path)
        html = answer.text
        assert answer.status_code == (400 if "=<script>" in path and "q=" not in path else 200)
        assert "<script" not in html, path
        assert "<img" not in html, path
        assert "<style" not in html, path
        assert not re.search("[\x01\x1b\u202e]", html), path
        assert 'href="javascript:' not in html, path
        assert ' style="' not in html, path
    assert "{{ 7*7 }}" in client.get(f"/story/{one}").text


def test_a_huge_title_and_text_stay_small(client: TestClient, builder: ArchiveBuilder) -> None:
    """Ten million characters make no page that a phone cannot load."""
    huge = builder.article("word " * 2_000_000, "word " * 400_000, url="https://a.example/1")
    for path, most in (
        ("/", 20_000), (f"/story/{huge}", 500_000), (f"/article/{huge}", 500_000),
        (f"/compare?a={huge}&b={huge}", 900_000), ("/feed.atom", 50_000),
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200
        assert len(answer.content) < most, path


def test_sources_tell_of_trouble_first(client: TestClient, builder: ArchiveBuilder) -> None:
    """With none, the page says how to watch one."""
    assert "scraper add URL" in client.get("/sources").text


def test_an_address_of_another_kind_is_no_link(client: TestClient, builder: ArchiveBuilder) -> None:
    """What an import calls an address is shown, never followed."""
    builder.article("Title", "Text.", url="https://a.example/1")
    with builder.archive.write() as connection:
        connection.exec_driver_sql("UPDATE article SET url = 'javascript:alert(1)'")
    html = client.get("/story/1").text
    assert "javascript:" not in html
