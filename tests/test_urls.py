"""urls: clean forms, page keys, sites and hosts of addresses."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scraper.urls import MAX_URL_LENGTH, host_of, normalise_url, page_key, site_of, unwrap_url


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("HTTPS://News.Example:443/A", "https://news.example/A"),
        ("http://news.example:8080", "http://news.example:8080/"),
        ("  https://news.example/a\n b#top \u200b", "https://news.example/a%20b"),
        ("https://news.example/\x00a\x7fb", "https://news.example/ab"),
        ("https://bücher.example/ü?q=ü", "https://xn--bcher-kva.example/%C3%BC?q=%C3%BC"),
        ("https://news.example/a/./b/../c", "https://news.example/a/c"),
        ("//news.example/a", "https://news.example/a"),
        ("https:\\\\news.example\\a", "https://news.example/a"),
        ("https://news.example/a</a>", "https://news.example/a"),
        ("https://news.example/a<", "https://news.example/a"),
        ('https://news.example/a">Read on', "https://news.example/a"),
        ("<![CDATA[https://news.example/a]]>", "https://news.example/a"),
        ("https://news.example/it's-a-boat", "https://news.example/it's-a-boat"),
        ('https://news.example/?q="a"b', "https://news.example/?q=%22a%22b"),
        ("https://news.example/ahttps://news.example/", "https://news.example/a"),
        (
            "https://archive.example/2024/https://a.example/",
            "https://archive.example/2024/https://a.example/",
        ),
        (
            "https://news.example/?utm_source=x&b=1&a=2",
            "https://news.example/?utm_source=x&b=1&a=2",
        ),
    ],
)
def test_clean_form(written: str, clean: str) -> None:
    """Spelling is cleaned; what a server could tell apart, tracking included, stays."""
    assert normalise_url(written) == clean


@pytest.mark.parametrize(
    ("reference", "joined"),
    [
        ("b?x=1", "https://news.example/dir/b?x=1"),
        ("/b", "https://news.example/b"),
        ("//other.example/b", "https://other.example/b"),
        ("?page=2", "https://news.example/dir/a?page=2"),
        ("http://other.example/", "http://other.example/"),
        ("mailto:desk@news.example", None),
        ("", None),
    ],
)
def test_joining(reference: str, joined: str | None) -> None:
    """Relative references are joined to the base as browsers do."""
    assert normalise_url(reference, "https://news.example/dir/a#here") == joined


def test_a_base_that_is_no_url_counts_as_none() -> None:
    """An absolute URL survives a bad base, a relative one has no meaning."""
    assert normalise_url("https://news.example/", "not a base") == "https://news.example/"
    assert normalise_url("a", "not a base") is None


@pytest.mark.parametrize(
    "written",
    [
        "news.example/a",
        "ftp://news.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://user@news.example/",
        "https://user:secret@news.example/",
        "https://a..b/",
        "https://news.example:99999/",
        "https://[::1/",
        "https://news.example/\ud800",
        "https://news.example/" + "a" * MAX_URL_LENGTH,
    ],
)
def test_refused(written: str) -> None:
    """Other schemes, credentials, impossible hosts and endless addresses are no URL for us."""
    assert normalise_url(written) is None


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://news.example", "news.example/"),
        ("http://www.news.example:80/story/", "news.example/story"),
        ("https://m.news.example//story/index.html", "news.example/story"),
        ("https://en.m.wiki.example/a", "en.wiki.example/a"),
        ("https://mobile.news.co.uk/INDEX.PHP?id=7", "news.co.uk/?id=7"),
        ("https://news.example./%7ejane/%e4?q=a+b", "news.example/~jane/%E4?q=a%20b"),
        ("https://news.example/story?", "news.example/story"),
        ("https://news.example/story?b=2&a=&b=1", "news.example/story?a&b=1&b=2"),
        ("https://news.example/story;jsessionid=A1?id=7", "news.example/story?id=7"),
        ("http://127.0.0.1:8401/x", "127.0.0.1:8401/x"),
        ("http://[::1]:8402/x", "[::1]:8402/x"),
    ],
)
def test_key(url: str, key: str) -> None:
    """Scheme, renderings, index pages and spelling fold; ports and letter case stay."""
    assert page_key(url) == key


@pytest.mark.parametrize(
    "variant",
    [
        "https://amp.news.example/2024/story.html",
        "https://news.example/amp/2024/story.html",
        "https://news.example/2024/amp/story.html",
        "https://news.example/2024/story.html/amp/",
        "https://news.example/2024/story.amp.html",
        "https://news.example/2024/story.html.amp",
        "https://news.example/2024/story.html?amp",
        "https://news.example/2024/story.html?amp=1&outputType=amp",
        "https://news-example.cdn.ampproject.org/c/s/news.example/2024/story.amp.html",
        "https://www.google.com/amp/s/amp.news.example/2024/story.html?usqp=mq331",
    ],
)
def test_amp_variants_share_the_pages_key(variant: str) -> None:
    """An AMP page, and Google's copy of it, is the page it renders."""
    assert page_key(variant) == "news.example/2024/story.html"


@pytest.mark.parametrize(
    "link",
    [
        "https://www.google.com/url?rct=j&sa=t&url=https://news.example/story%3Fid%3D7&ct=ga",
        "https://www.google.co.uk/url?q=https%3A%2F%2Fnews.example%2Fstory%3Fid%3D7",
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fnews.example%2fstory%3fid%3d7",
        "https://www.facebook.com/sharer.php?u=https://news.example/story?id=7",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fstory%3Fid%3D7&h=AT1",
        "https://twitter.com/intent/tweet?text=Read&url=https://news.example/story?id=7",
        "https://www.linkedin.com/shareArticle?mini=true&url=https://news.example/story?id=7",
    ],
)
def test_redirectors_bear_the_pages_key(link: str) -> None:
    """A link through a redirector or a share button is the page that it leads to."""
    assert unwrap_url(link) == "https://news.example/story?id=7"
    assert page_key(link) == "news.example/story?id=7"


@pytest.mark.parametrize(
    ("told", "key"),
    [
        (
            "https://www.nytimes.com/2014/09/01/x.html?hp&action=click&WT.nav=top&_r=0",
            "nytimes.com/2014/09/01/x.html",
        ),
        ("https://www.wsj.com/articles/x-1?mod=rss_world&id=2", "wsj.com/articles/x-1?id=2"),
        ("https://news.example/x?action=click&mod=2", "news.example/x?action=click&mod=2"),
    ],
)
def test_what_single_publishers_add(told: str, key: str) -> None:
    """Names that choose content elsewhere are left out where a site is known to count by them."""
    assert page_key(told) == key


def test_what_is_no_redirector_is_left_as_it_is() -> None:
    """A parameter that holds an address is a site's own business."""
    own = "https://news.example/share?url=https://other.example/a"
    assert unwrap_url(own) == own
    assert unwrap_url("https://www.google.com/url?q=news") == "https://www.google.com/url?q=news"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/?p=1", "https://news.example/?p=2"),
        ("https://news.example/a?id=1", "https://news.example/a"),
        ("https://news.example/a?page=2", "https://news.example/a"),
        ("https://news.example/a?article=1", "https://news.example/a?article=2"),
        ("https://news.example/a?cid=1", "https://news.example/a?cid=2"),
        ("https://news.example/a?ref=main", "https://news.example/a"),
        ("https://news.example/a?view=list", "https://news.example/a"),
        ("https://news.example/Story", "https://news.example/story"),
        ("https://news.example/ampere", "https://news.example/ere"),
        ("https://news.example/x.ampersand", "https://news.example/xersand"),
        ("http://127.0.0.1:8401/", "http://127.0.0.1:8402/"),
        ("https://m.example.com/", "https://n.example.com/"),
        ("https://amp.github.io/", "https://github.io/"),
        ("https://news.example/a%2Fb", "https://news.example/a/b"),
        ("https://news.example/?q=a%26b", "https://news.example/?q=a&b"),
    ],
)
def test_different_pages_keep_different_keys(one: str, other: str) -> None:
    """What may choose content is never folded."""
    assert page_key(one) != page_key(other)


def test_a_site_named_like_a_rendering_keeps_its_name() -> None:
    """Only labels before the registrable domain are renderings: m.com is a site."""
    assert page_key("https://www.m.com/") == "m.com/"
    assert page_key("https://amp.dev/") == "amp.dev/"


@pytest.mark.parametrize(
    "marker",
    [
        *("utm_source=rss", "UTM_Medium=email", "fbclid=x", "gclid=x", "mc_cid=1", "at_medium=RSS"),
        *("ns_mchannel=rss", "wt_mc=rss.red", "CMP=share", "smid=tw", "spm=a1", "amp;utm_term=x"),
        *(
            "ref=rss",
            "source=other.example",
            "PHPSESSID=1",
            "_hsenc=1",
            "pk_campaign=x",
            "xtor=RSS-1",
        ),
    ],
)
def test_tracking_is_no_part_of_the_key(marker: str) -> None:
    """What tells only how the reader came here leaves the key, in any case and place."""
    key = page_key("https://news.example/story?id=7")
    assert page_key(f"https://news.example/story?{marker}&id=7") == key
    assert page_key(f"https://news.example/story?id=7&{marker}") == key


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.news.co.uk/a", "news.co.uk"),
        ("https://alice.github.io/", "alice.github.io"),
        ("https://a.b.blogspot.com/", "b.blogspot.com"),
        ("https://github.io/", "github.io"),
        ("https://a.b.invalid/", "b.invalid"),
        ("https://www.example.org./", "example.org"),
        ("https://пример.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("http://127.0.0.1:8401/", "127.0.0.1:8401"),
        ("https://[2001:db8::1]/", "[2001:db8::1]:443"),
        ("http://intranet/", "intranet:80"),
    ],
)
def test_site(url: str, site: str) -> None:
    """The registrable domain, private suffixes included; name and port where there is none."""
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.news.example/a", "https://www.news.example:443"),
        ("http://news.example", "http://news.example:80"),
        ("http://news.example.:8080/", "http://news.example:8080"),
        ("http://[::1]/", "http://[::1]:80"),
        ("http://[::ffff:127.0.0.1]:8080/", "http://127.0.0.1:8080"),
        ("http://[::FFFF:a:1]/", "http://0.10.0.1:80"),
    ],
)
def test_host(url: str, host: str) -> None:
    """Scheme, name and port as dialled, the port always written."""
    assert host_of(url) == host


@pytest.mark.parametrize("function", [page_key, site_of, host_of])
def test_what_is_no_url_has_no_key_site_or_host(function: object) -> None:
    """They raise ValueError, naming the text."""
    assert callable(function)
    with pytest.raises(ValueError, match="mailto:desk"):
        function("mailto:desk@news.example")


def test_import_leaves_the_suffix_list_alone() -> None:
    """A command that asks for no site does not pay for tldextract's import."""
    code = "import sys, scraper.urls; print('tldextract' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )  # our own words
    assert run.stdout.strip() == "False"


# --- what holds for every URL ---------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        *(
            "amp",
            ".amp",
            ".html",
            "index.html",
            "/",
            "//",
            ".",
            "..",
            "%2e",
            "%2F",
            "%25",
            "%",
            "%zz",
        ),
        *(
            ";jsessionid=1",
            "?",
            "&",
            "=",
            "+",
            "amp;",
            "utm_x=1",
            "a=1",
            "b",
            "ü",
            "'",
            "\\",
            "@",
            ":",
        ),
        *(
            "google.com/amp/s/",
            "google.com/url?q=https%3A%2F%2F",
            "google.com/url?q=https:",
            "<",
            "a-b.cdn.ampproject.org/c/",
            "www.",
            "m.",
            "x.example",
            "[::1]",
            "#",
        ),
        *(":8401", ":443", " ", "\t", "\u200b", "https://"),
    ]
)
_TEXTS = st.builds(
    str.__add__,
    st.sampled_from(
        ["", "https://", "https://x.example", "http://x.example/", "http://m.x.co.uk?"]
    ),
    st.lists(_PIECES | st.text(max_size=3), max_size=12).map("".join),
)
_NAMES = st.text(alphabet="abcdefghijklmnop", min_size=1, max_size=5).map("q".__add__)
_PARAMETERS = st.lists(st.tuples(_NAMES, st.text(alphabet="xyz789é&", max_size=4)), max_size=5)
_TRACKERS = st.sampled_from(
    ["utm_source", "utm_anything", "fbclid", "gclid", "mc_eid", "at_medium"]
)


def _url(scheme: str, parameters: list[tuple[str, str]]) -> str:
    query = "&".join(f"{name}={value.replace('&', '%26')}" for name, value in parameters)
    return f"{scheme}://news.example/story?{query}"


@given(_TEXTS, st.none() | _TEXTS)
def test_normalising_twice_changes_nothing(text: str, base: str | None) -> None:
    """A clean URL is its own clean form, whatever it was made from; nothing raises."""
    clean = normalise_url(text, base)
    assert clean is None or normalise_url(clean) == clean


@given(_TEXTS)
def test_a_key_is_the_key_of_its_own_page(text: str) -> None:
    """Reading a key as an address leads to the same key, and to no other site."""
    url = normalise_url(text)
    assume(url is not None)
    assert url is not None
    key = page_key(url)
    assert page_key(f"https://{key}") == key
    assert host_of(url).startswith(("http://", "https://"))
    assert site_of(url)


@given(_PARAMETERS, st.randoms(use_true_random=False), st.sampled_from(["http", "https"]))
def test_order_and_scheme_do_not_matter(
    parameters: list[tuple[str, str]], random: object, scheme: str
) -> None:
    """Parameters in any order, under either scheme, are one page."""
    shuffled = list(parameters)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    assert page_key(_url(scheme, shuffled)) == page_key(_url("https", parameters))


@given(_PARAMETERS, _TRACKERS, st.text(alphabet="abc123", max_size=5), st.integers(0, 5))
def test_a_tracking_parameter_anywhere_changes_nothing(
    parameters: list[tuple[str, str]], name: str, value: str, place: int
) -> None:
    """Adding a tracking parameter at any place leaves the key as it was."""
    tracked = [*parameters[:place], (name, value), *parameters[place:]]
    assert page_key(_url("https", tracked)) == page_key(_url("https", parameters))
