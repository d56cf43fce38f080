"""The demo's world keeps its own promises: what the truth says of it holds for its pages."""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
from calendar import timegm
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import combinations
from urllib.robotparser import RobotFileParser

import feedparser
import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.demo.world import (
    CHROME_PHRASES,
    EDITIONS,
    EXPECTED_OUTCOMES,
    EXPECTED_STORIES,
    EXPECTED_STORIES_OF_FAULTS,
    SITE_OF,
    SITES,
    ExpectedStory,
    FeedFormat,
    Page,
    Response,
    Role,
    Site,
    announcements_of,
    article_text,
    pages_of,
    render,
    revalidate,
    sites_served,
)
from scraper.model import Reason

ADDRESSES = {site.key: f"https://{site.host}" for site in SITES}
TODAY = datetime(2026, 11, 22, tzinfo=UTC)

RIVER_NOTICES = tuple(key for key in pages_of(2) if key.startswith("rivers/"))
RESULTS = tuple(key for key in pages_of(2) if key.endswith("-q3"))

STATUS_OF = {
    Reason.HTTP_4XX: HTTPStatus.NOT_FOUND,
    Reason.HTTP_5XX: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def get(site: str, path: str, edition: int = 1) -> Response:
    """The answer, redirects not followed."""
    return render(site, path, edition, ADDRESSES)


def html_of(page: Page, edition: int = 1) -> str:
    """The page's markup, decoded as its header says."""
    response = get(page.site, page.path, edition)
    charset = response.content_type.partition("charset=")[2]
    return response.body.decode(charset)


def text_of(key: str, edition: int = 1) -> str:
    """The text an extractor should find."""
    return article_text(pages_of(edition)[key], edition, ADDRESSES)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; a Chinese character is a word."""
    return re.findall(r"[\u4e00-\u9fff]|[^\W_\u4e00-\u9fff]+", text.casefold())


def numbers_of(text: str) -> list[str]:
    """The figures of a text in their order."""
    return re.findall(r"\d[\d.,]*\d|\d", text)


def stories_of(edition: int) -> tuple[ExpectedStory, ...]:
    """Every story of a world with faults."""
    return (*EXPECTED_STORIES[edition], *EXPECTED_STORIES_OF_FAULTS)


def test_world_is_large_enough_to_be_one() -> None:
    """Without the faulty site: at least 8 sites, 30 pages, four looks and three kinds of feed."""
    sites = sites_served(faults=False)
    served = {site.key for site in sites}

    assert len(sites) >= 8
    assert sum(page.site in served for page in pages_of(1).values()) >= 30
    assert len({site.look for site in sites}) >= 4
    assert {feed.format for site in sites for feed in site.feeds} == {
        FeedFormat.RSS,
        FeedFormat.ATOM,
        FeedFormat.JSON,
    }


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_page_is_expected_once(edition: int) -> None:
    """A page is in exactly one story, or is said to give no article."""
    said = [key for story in stories_of(edition) for key in story.pages]

    assert sorted([*said, *EXPECTED_OUTCOMES]) == sorted(pages_of(edition))


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.key)
def test_announced_pages_answer_as_expected(site: Site, edition: int) -> None:
    """What a feed announces is there, in one redirect at most, unless an outcome says otherwise."""
    for announced in announcements_of(site, edition, ADDRESSES):
        response = get(site.key, announced.url.removeprefix(ADDRESSES[site.key]), edition)
        if response.status is HTTPStatus.MOVED_PERMANENTLY:
            assert response.location
            response = get(site.key, response.location.removeprefix(ADDRESSES[site.key]), edition)
        outcome = EXPECTED_OUTCOMES.get(announced.key)
        expected = STATUS_OF.get(outcome, HTTPStatus.OK) if outcome else HTTPStatus.OK
        assert response.status is expected, announced.url


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.key)
def test_robots_txt_forbids_what_is_expected_and_nothing_else(site: Site) -> None:
    """Every site asks for a small delay; only the page with the outcome `robots` is closed."""
    robots = RobotFileParser()
    robots.parse(get(site.key, "/robots.txt").body.decode().splitlines())
    pages = [page for page in pages_of(1).values() if page.site == site.key]

    assert b"Crawl-delay: 0.05\n" in get(site.key, "/robots.txt").body
    assert {page.key for page in pages if not robots.can_fetch("scraper", page.path)} == {
        page.key for page in pages if EXPECTED_OUTCOMES.get(page.key) is Reason.ROBOTS
    }


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.key)
def test_feeds_announce_every_page_in_their_format(site: Site, edition: int) -> None:
    """An independent parser finds every page of the site, with the titles and times it prints."""
    for feed in site.feeds:
        body = get(site.key, feed.path, edition).body
        if feed.format is FeedFormat.HTML:
            assert feedparser.parse(body)["version"] == ""
            continue
        if feed.format is FeedFormat.JSON:
            found = {
                (entry["url"], entry["title"], datetime.fromisoformat(entry["date_published"]))
                for entry in json.loads(body)["items"]
            }
        else:
            parsed = feedparser.parse(body)
            assert not parsed["bozo"]
            assert parsed["version"] == {"rss": "rss20", "atom": "atom10"}[feed.format]
            found = {
                (
                    entry.link,
                    entry.title,
                    datetime.fromtimestamp(timegm(entry.published_parsed), UTC),
                )
                for entry in parsed.entries
            }
        assert found == {
            (entry.url, entry.title, entry.published)
            for entry in announcements_of(site, edition, ADDRESSES)
        }


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.key)
def test_home_page_names_the_feed(site: Site) -> None:
    """A front page has a <link rel=alternate> for each feed that is one."""
    tree = LexborHTMLParser(get(site.key, "/").body.decode(site.charset))
    named = [link.attributes["href"] for link in tree.css("link[rel=alternate]")]

    assert named == [feed.path for feed in site.feeds if feed.format is not FeedFormat.HTML]


def test_one_article_is_announced_under_several_addresses() -> None:
    """The main story's feed entries differ in tracking parameters and lead to the same bytes."""
    entries = announcements_of(SITE_OF["courier"], 1, ADDRESSES)
    urls = [entry.url for entry in entries if entry.key == "courier/swing-bridge"]
    paths = [url.removeprefix(ADDRESSES["courier"]) for url in urls]

    assert len(set(urls)) == 2
    assert all("utm_" in url for url in urls)
    assert len({get("courier", path).body for path in paths}) == 1


def test_a_moved_page_redirects_to_its_new_address() -> None:
    """The announced address of the choir's article answers 301 with an absolute Location."""
    choir = pages_of(1)["sentinel/choir"]
    (announced,) = choir.announced
    response = get("sentinel", announced)

    assert response.status is HTTPStatus.MOVED_PERMANENTLY
    assert response.location == ADDRESSES["sentinel"] + choir.path


@pytest.mark.parametrize("edition", EDITIONS)
def test_markup_carries_the_whole_text_and_its_furniture(edition: int) -> None:
    """Every paragraph stands in the page in its order, in the site's own encoding."""
    for page in pages_of(edition).values():
        if EXPECTED_OUTCOMES.get(page.key) in STATUS_OF:
            continue
        shown = LexborHTMLParser(html_of(page, edition)).body
        assert shown is not None
        text = shown.text(deep=True)
        at = [text.find(part) for part in text_of(page.key, edition).split("\n\n")]
        assert -1 not in at, page.key
        assert at == sorted(at), page.key


@pytest.mark.parametrize("key", ["hafenbote/holzboote", "lankou/water-tower"])
def test_some_sites_do_not_write_utf_8(key: str) -> None:
    """The German paper and the Chinese one declare another encoding, in header and markup alike."""
    page = pages_of(1)[key]
    response = get(page.site, page.path)
    charset = SITE_OF[page.site].charset

    with pytest.raises(UnicodeDecodeError):
        response.body.decode()
    assert response.content_type == f"text/html; charset={charset}"
    assert f'<meta charset="{charset}">' in html_of(page)
    assert page.title in html_of(page)


def test_chrome_is_on_pages_and_never_in_texts() -> None:
    """Each phrase that no stored text may contain is shown somewhere, and is in no text."""
    pages = [page for page in pages_of(1).values() if page.role is not Role.MISSING]
    shown = "".join(html_of(page) for page in pages)
    texts = "".join(text_of(page.key) for page in pages)

    assert [phrase for phrase in CHROME_PHRASES if phrase not in shown] == []
    assert [phrase for phrase in CHROME_PHRASES if phrase in texts] == []


def test_metered_article_is_whole_and_says_it_is_not_free() -> None:
    """The Courier's page has the dialog, the prompts, "not free" in JSON-LD, and all its text."""
    tree = LexborHTMLParser(html_of(pages_of(1)["courier/swing-bridge"]))
    ld = tree.css_first('script[type="application/ld+json"]')
    body = tree.css_first("#story .story__body")

    assert ld is not None
    assert body is not None
    assert json.loads(ld.text())["@type"] == "NewsArticle"
    assert json.loads(ld.text())["isAccessibleForFree"] is False
    assert len(tree.css('.regwall[role="dialog"], .story .paywall')) == 2
    assert len(body.css(".newsletter-signup")) == 1
    assert text_of("courier/swing-bridge").split("\n\n")[-1] in body.text()


def test_endless_scroll_appends_the_beginning_of_the_next_article() -> None:
    """Below the Courier's story the next one begins and breaks off."""
    page = pages_of(1)["courier/swing-bridge"]
    assert page.next is not None
    first, *_, last = text_of(page.next).split("\n\n")
    markup = html_of(page)

    assert first in markup
    assert last not in markup


def test_topic_page_carries_the_first_fifth_of_its_story() -> None:
    """The teaser is how the story begins, cut at about a fifth, with the prompt inside."""
    teaser, whole = text_of("courier/swing-bridge-topic"), text_of("courier/swing-bridge")
    tree = LexborHTMLParser(html_of(pages_of(1)["courier/swing-bridge-topic"]))

    assert whole.startswith(teaser)
    assert 0.18 <= len(words_of(teaser)) / len(words_of(whole)) <= 0.22
    assert tree.css(".story__body p + .newsletter-signup + p")


def test_reposts_say_the_same_later() -> None:
    """A silent repost has its original's text under a later date, and does not name it."""
    pages = pages_of(1)
    for repost, original in (
        ("quayside/swing-bridge", "courier/swing-bridge"),
        ("quayside/quarry-slip", "sentinel/quarry-slip"),
        ("kuestenblatt/holzboote", "hafenbote/holzboote"),
    ):
        site = SITE_OF[pages[original].site]
        assert text_of(repost) == text_of(original)
        assert pages[repost].published > pages[original].published
        assert site.name not in html_of(pages[repost])
        assert ADDRESSES[site.key] not in html_of(pages[repost])


def test_aggregator_rewords_every_paragraph_and_keeps_the_figures() -> None:
    """Its paragraphs are none of the original's, with the same numbers in the same order."""
    *reworded, source = text_of("brightline/swing-bridge").split("\n\n")
    original = text_of("courier/swing-bridge").split("\n\n")

    assert len(reworded) == len(original)
    assert not set(reworded) & set(original)
    assert [numbers_of(text) for text in reworded] == [numbers_of(text) for text in original]
    assert source == "Source: " + ADDRESSES["courier"] + pages_of(1)["courier/swing-bridge"].path


def test_wire_piece_is_cut_retitled_and_led_in() -> None:
    """One paper cuts the last third, one changes the headline, one puts a paragraph in front."""
    pages = pages_of(1)
    agency = text_of("northwind/lighthouse-logs")
    cut, retitled = text_of("herald/lighthouse-logs"), text_of("sentinel/lighthouse-logs")
    lead, _, rest = text_of("evening/lighthouse-logs").partition("\n\n")

    assert "(Northwind)" in agency
    assert agency.startswith(cut)
    assert 0.6 <= len(words_of(cut)) / len(words_of(agency)) <= 0.72
    assert retitled == agency
    assert pages["sentinel/lighthouse-logs"].title != pages["northwind/lighthouse-logs"].title
    assert rest == agency
    assert "Pellworth" in lead
    link = LexborHTMLParser(html_of(pages["sentinel/lighthouse-logs"])).css_first(
        "link[rel=canonical]"
    )
    assert link is not None
    assert (
        link.attributes["href"] == ADDRESSES["northwind"] + pages["northwind/lighthouse-logs"].path
    )
    assert all(
        pages[paper].published > pages["northwind/lighthouse-logs"].published
        for paper in (
            "herald/lighthouse-logs",
            "sentinel/lighthouse-logs",
            "evening/lighthouse-logs",
        )
    )


def test_round_up_quotes_three_stories_verbatim() -> None:
    """Each quotation is 40 to 90 words of the story it is from, in both editions."""
    for edition in EDITIONS:
        briefing = pages_of(edition)["herald/morning-briefing"]
        assert len(set(briefing.quotes)) == 3
        for key, quotation in zip(briefing.quotes, briefing.quotations, strict=True):
            assert quotation in text_of(key, edition)
            assert 40 <= len(words_of(quotation)) <= 90


def test_second_edition_adds_two_paragraphs_and_corrects_a_figure() -> None:
    """The quarry's article keeps its address and says when it was changed."""
    before, after = (pages_of(edition)["sentinel/quarry-slip"] for edition in EDITIONS)
    old, new = before.paragraphs, after.paragraphs
    corrected = [text.replace("38,000", "46,500") for text in old]

    assert before.path == after.path
    assert corrected != list(old)
    assert [text for text in new if text in corrected] == corrected
    assert len(new) == len(old) + 2
    assert before.changed < after.changed
    assert text_of("quayside/quarry-slip", 2) == text_of("quayside/quarry-slip", 1)


def test_second_edition_changes_nothing_else() -> None:
    """Apart from that article and a new notice, texts and addresses stay."""
    first, second = (pages_of(edition) for edition in EDITIONS)

    assert second.keys() - first.keys() == {"rivers/2026-122-wren-tarn-lock"}
    assert {key for key in first if first[key] != second[key]} == {"sentinel/quarry-slip"}


@pytest.mark.parametrize("family", [RIVER_NOTICES, RESULTS], ids=["rivers", "results"])
def test_notices_differ_only_in_facts(family: tuple[str, ...]) -> None:
    """Two notices share most of their words in order, and at least ten figures or names differ."""
    assert len(family) >= 4
    for a, b in combinations(family, 2):
        one, other = words_of(text_of(a, 2)), words_of(text_of(b, 2))
        matcher = difflib.SequenceMatcher(a=one, b=other, autojunk=False)
        changed = [step for step in matcher.get_opcodes() if step[0] != "equal"]
        assert matcher.ratio() >= 0.7, (a, b)
        assert len(changed) >= 10, (a, b)
        assert max(step[2] - step[1] for step in changed) <= 15, (a, b)


def test_stories_share_no_sentence() -> None:
    """Pieces of different stories share no eight words running, however alike their subject."""
    apart = {*RIVER_NOTICES, *RESULTS, "herald/morning-briefing"}
    runs: dict[tuple[str, ...], ExpectedStory] = {}
    for story in stories_of(2):
        for key in story.pages - apart:
            words = words_of(text_of(key, 2))
            for run in zip(*(words[start:] for start in range(8)), strict=False):
                assert runs.setdefault(run, story) is story, (key, run)


def test_several_other_pieces_are_about_the_main_subject() -> None:
    """At least four stories besides the main one, from other sites, name the swing bridge."""
    about = {
        story.canonical
        for story in EXPECTED_STORIES[1]
        if "swing bridge" in text_of(story.canonical)
        and story.canonical.partition("/")[0] != "courier"
    }

    assert len(about - {"herald/morning-briefing"}) >= 4


def test_dates_lie_in_the_past_and_bear_an_offset() -> None:
    """No page is dated after 20 November 2026, and all times are aware."""
    for page in pages_of(2).values():
        assert page.published <= page.changed
        assert page.changed < TODAY.replace(day=20)
        assert page.published.utcoffset() is not None


def test_canonicals_are_the_earliest_of_their_stories() -> None:
    """A mirror is published after the canonical in truth: no rule has to overlook a date."""
    for edition in EDITIONS:
        pages = pages_of(edition)
        for story in EXPECTED_STORIES[edition]:
            canonical = pages[story.canonical].published
            assert all(pages[mirror].published > canonical for mirror in story.mirrors)


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_rendering_is_the_same_in_every_process(hash_seed: str) -> None:
    """Another interpreter with another hash seed renders the same bytes."""
    here = [get(page.site, page.path, 2).body for page in pages_of(2).values()]
    program = (
        "import sys\n"
        "from scraper.demo.world import SITES, pages_of, render\n"
        "at = {site.key: 'https://' + site.host for site in SITES}\n"
        "for page in pages_of(2).values():\n"
        "    sys.stdout.buffer.write(render(page.site, page.path, 2, at).body)\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        timeout=60,
    ).stdout

    assert there == b"".join(here)


def test_validators_answer_304_until_the_page_changes() -> None:
    """An ETag is good for the same bytes only; a rubbish date or a foreign tag is not."""
    path = pages_of(1)["sentinel/quarry-slip"].path
    before, after = (get("sentinel", path, edition) for edition in EDITIONS)

    def ask(response: Response, etag: str | None, since: str | None = None) -> Response:
        return revalidate(response, if_none_match=etag, if_modified_since=since)

    assert ask(before, before.etag).status is HTTPStatus.NOT_MODIFIED
    assert ask(before, before.etag).body == b""
    assert ask(before, f'"x", W/{before.etag}').status is HTTPStatus.NOT_MODIFIED
    assert ask(after, before.etag) == after
    assert ask(before, None) == before
    assert ask(before, None, "Sun, 22 Nov 2026 00:00:00 GMT") == before


def test_one_site_validates_by_date() -> None:
    """The Rivers Office sends Last-Modified, and 304 to whoever has nothing older."""
    before, after = (get("rivers", "/notices.atom", edition) for edition in EDITIONS)
    sent = dict(before.headers)["Last-Modified"]

    def status(response: Response, since: str) -> HTTPStatus:
        return revalidate(response, if_none_match=None, if_modified_since=since).status

    assert "ETag" not in dict(before.headers)
    assert status(before, sent) is HTTPStatus.NOT_MODIFIED
    assert status(after, sent) is HTTPStatus.OK
    assert status(before, "yesterday") is HTTPStatus.OK
    assert status(before, "Sat, 01 Nov 2025 00:00:00 GMT") is HTTPStatus.OK


def test_unknown_paths_are_not_found() -> None:
    """What no page has for its address is a 404 on every site."""
    assert {get(site.key, "/nowhere").status for site in SITES} == {HTTPStatus.NOT_FOUND}
