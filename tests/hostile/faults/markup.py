"""Good articles in bad markup, and markup that is meant to hurt whoever parses it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.model import Reason
from tests.fetch.loopback import reply
from tests.hostile.faults.setting import FAULTS, MEGABYTE, PATH, Fault, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hostile.faults.setting import Setting

_GOOD: frozenset[Reason] = frozenset()
#: What a page is called that no parser should have to finish; any of these will do.
_REFUSED = frozenset({Reason.TOO_BIG, Reason.WORKER_KILLED, Reason.NO_ARTICLE})


# --- into the head of a good page -----------------------------------------------------------------


def _heads(name: str, put: str | Callable[[Setting], str], shown: str = PATH) -> None:
    """A fault that puts this into the head of a good page, which stays good."""

    def serve(at: Setting) -> None:
        inside = put if isinstance(put, str) else put(at)
        at.answer(reply(at.page.replace("</title>", f"</title>{inside}").encode()))

    FAULTS.append(Fault(name=name, serve=serve, reasons=_GOOD, shown=shown))


def _ld(content: object) -> str:
    written = content if isinstance(content, str) else json.dumps(content)
    return f"<script type='application/ld+json'>{written}</script>"


def _dated(date: object) -> str:
    return _ld({"@type": "NewsArticle", "datePublished": date})


_CYCLE = {
    "@graph": [
        {"@id": "#a", "@type": "NewsArticle", "isPartOf": {"@id": "#b"}, "author": {"@id": "#a"}},
        {"@id": "#b", "@type": "WebPage", "isPartOf": {"@id": "#a"}, "mainEntity": {"@id": "#a"}},
    ]
}
for _name, _put in (
    ("json_ld_of_brackets", _ld("[" * 100_000)),
    ("json_ld_nested", _ld('{"a":' * 50_000 + "1" + "}" * 50_000)),
    ("json_ld_nested_and_typed", _ld('{"@type":"NewsArticle","author":' * 900 + "1" + "}" * 900)),
    ("json_ld_in_a_circle", _ld(_CYCLE)),
    ("json_ld_cut", _ld('{"@type": "NewsArticle", "headline": "A')),
    ("json_ld_of_everything", _ld("[]{}null NaN Infinity -0 1e999 // no")),
    ("json_ld_of_huge_numbers", _ld({"@type": "NewsArticle", "wordCount": 10**4_000})),
    ("json_ld_of_other_kinds", _ld({"@type": ["NewsArticle", 7, None, {}], "author": [[], 1, {}]})),
    ("json_ld_of_a_lone_surrogate", _ld('{"@type":"NewsArticle","author":"\\ud800 \\u0000"}')),
    ("json_ld_with_two_of_a_name", _ld('{"@type":"NewsArticle","author":"A","author":"B"}')),
    ("json_ld_of_a_megabyte", _ld({"@type": "NewsArticle", "keywords": ["word"] * 150_000})),
    ("five_thousand_json_lds", _ld({"@type": "Thing"}) * 5_000),
    ("date_of_year_99999", _dated("99999-01-01T00:00:00Z")),
    ("date_before_christ", _dated("-0044-03-15")),
    ("date_of_zeros", _dated("0000-00-00T00:00:00")),
    ("date_of_february_30", _dated("2026-02-30T25:61:61+99:99")),
    ("date_of_milliseconds", _dated(1e300)),
    ("date_of_ten_thousand_digits", _dated("2" * 10_000)),
    ("date_as_a_list", _dated([{"@value": "2026-01-01"}, None])),
    ("date_of_the_future", _dated("2999-12-31T23:59:59Z")),
    ("date_of_the_first_century", _dated("0001-01-01T00:00:00+14:00")),
    ("date_of_the_last_moment", _dated("9999-12-31T23:59:59-12:00")),
    ("canonical_of_garbage", "<link rel=canonical href='http://[::1'>"),
    ("canonical_of_script", "<link rel=canonical href='javascript:alert(1)'>"),
    ("canonical_of_nothing", "<link rel=canonical href=''><link rel=canonical>"),
    ("canonical_of_the_front_page", "<link rel=canonical href='/'>"),
    ("canonical_very_long", f"<link rel=canonical href='/{'x' * 50_000}'>"),
    ("base_of_script", "<base href='javascript:alert(1)'>"),
    ("meta_refresh_to_script", "<meta http-equiv=refresh content='9999;url=javascript:x'>"),
    ("charset_that_is_none", "<meta charset='utf-99'>"),
    ("charset_utf_7", "<meta charset='utf-7'>"),
    ("meta_of_megabytes", f"<meta name=description content='{'word ' * 400_000}'>"),
    ("ten_thousand_metas", "<meta property='og:title' content='other'>" * 10_000),
    ("styles_of_a_megabyte", f"<style>{'a{b:c}' * 160_000}</style>"),
    ("script_with_tags", "<script>document.write('</article><article>')</script>"),
    ("script_in_comment_in_script", "<script><!-- <script> </script> --></script>"),
    ("language_of_nonsense", "<meta http-equiv=content-language content='xx-yy-zz-\x07'>"),
):
    _heads(_name, _put)
_heads("canonical_twice", "<link rel=canonical href=/x><link rel=canonical href=/y>", shown="/x")
_heads(
    "canonical_to_the_forbidden",
    lambda at: f"<link rel=canonical href='http://localhost:{at.forbidden_port}/'>",
)


# --- into the body of a good page -----------------------------------------------------------------


def _bodies(name: str, before: str = "", after: str = "", around: str = "") -> None:
    """A fault that puts this around the article of a good page, which stays good."""

    def serve(at: Setting) -> None:
        page = at.page.replace("<article>", f"{before}<article>{around}")
        at.answer(reply(page.replace("</article>", f"</article>{after}").encode()))

    FAULTS.append(Fault(name=name, serve=serve, reasons=_GOOD))


for _name, _before, _after in (
    ("hundred_thousand_line_breaks", "", "<br>" * 100_000),
    ("hundred_thousand_empty_paragraphs", "", "<p></p>" * 100_000),
    ("hundred_thousand_links", "", "".join(f"<a href='/{n}'>{n}</a> " for n in range(100_000))),
    ("attribute_of_four_megabytes", f"<div data-x='{'x' * 4_000_000}'></div>", ""),
    ("picture_in_the_page", f"<img alt='' src='data:image/png;base64,{'A' * 2_000_000}'>", ""),
    ("ids_that_collide", "<div id=a></div>" * 20_000, ""),
    ("end_tags_of_nothing", "</p></div></b></table>" * 20_000, ""),
    ("comments_by_the_thousand", "<!-- x -->" * 100_000, ""),
    ("comment_with_dashes", f"<!--{'-' * 500_000}-->", ""),
    ("svg_and_mathematics", "<svg><g><path d='M0 0'/></g></svg><math><mi>x</mi></math>", ""),
    ("templates", "<template><article><p>not this</p></article></template>", ""),
    ("hidden_text", "<div hidden>not this</div><p style='display:none'>nor this</p>", ""),
    ("forms_in_forms", "<form>" * 300, ""),
    ("options_by_the_thousand", f"<select>{'<option>x' * 50_000}</select>", ""),
    ("cyrillic_tags", "<новость>", "</новость>"),
    ("tag_of_a_megabyte", f"<{'x' * 1_000_000}>", ""),
    ("processing_instructions", "<?php echo 1; ?><![CDATA[x]]>", ""),
):
    _bodies(_name, before=_before, after=_after)


# --- letters --------------------------------------------------------------------------------------


def _titled(name: str, title: str) -> None:
    """A fault with such letters in its headline; the text stays as it is."""

    def serve(at: Setting) -> None:
        page = at.page.replace(at.title, f"{at.title}{title}")
        at.answer(
            reply(page.encode("utf-8", "surrogatepass"), content_type="text/html;charset=utf-8")
        )

    FAULTS.append(Fault(name=f"title_of_{name}", serve=serve, reasons=_GOOD))


for _name, _title in (
    ("lone_surrogates", " &#xD800; &#xDFFF; &#xD83D;&#xDE00;"),
    ("impossible_references", " &#0; &#x110000; &#99999999999999999999; &#-1; &bogus; &#x80;"),
    ("right_to_left_marks", " \u202egnp.exe\u202c \u2066x\u2069"),
    ("invisible_letters", " \u200b\u200c\u200d\u2060\ufeff\u00ad"),
    ("letters_that_pile_up", " Z" + "\u0335\u0321\u0310" * 300),
    ("control_characters", " \x01\x08\x0b\x1b[31m\x7f\x85\x9b"),
    ("line_breaks", " one\r\ntwo\u2028three\u2029four"),
    ("private_letters", " \ue000\uf8ff\U000f0000\uffff"),
    ("tags_in_references", " &lt;script&gt;alert(1)&lt;/script&gt;"),
    ("formulas", " =HYPERLINK(1) @SUM +1"),
    ("sql", " '); DROP TABLE article; --"),
    ("emoji", " 👩‍👩‍👧‍👦🏳️‍🌈"),
):
    _titled(_name, _title)


def _encoded(name: str, encode: str, content_type: str, mark: bytes) -> None:
    """A fault whose good page comes in this encoding, under this type."""

    def serve(at: Setting) -> None:
        at.answer(reply(mark + at.page.encode(encode), content_type=content_type))

    FAULTS.append(Fault(name=f"encoded_{name}", serve=serve, reasons=_GOOD))


for _name, _encode, _type, *_mark in (
    ("in_utf_16_by_header", "utf-16-le", "text/html; charset=utf-16le"),
    ("in_utf_16_backwards", "utf-16-be", "text/html", b"\xfe\xff"),
    ("with_a_mark_against_its_header", "utf-8", "text/html; charset=iso-8859-1", b"\xef\xbb\xbf"),
    ("by_an_unknown_header", "utf-8", "text/html; charset=martian"),
    ("by_a_quoted_header", "cp1252", "text/html; charset='windows-1252'"),
    ("by_a_header_in_capitals", "cp1252", "TEXT/HTML; CHARSET=WINDOWS-1252"),
    ("by_an_empty_header", "utf-8", "text/html; charset="),
    ("as_xhtml", "utf-8", "application/xhtml+xml"),
    ("as_plain_text", "utf-8", "text/plain; charset=utf-8"),
    ("as_bytes", "utf-8", "application/octet-stream"),
    ("in_mac_letters", "mac-roman", "text/html; charset=macintosh"),
):
    _encoded(_name, _encode, _type, b"".join(_mark))


# --- parsers' nightmares --------------------------------------------------------------------------


def _hurts(name: str, body: str | bytes) -> None:
    """A fault whose page is refused, or has no article, and hurts nobody."""
    page = body if isinstance(body, bytes) else f"<html><body>{body}</body></html>".encode()

    def serve(at: Setting) -> None:
        at.answer(reply(page))

    FAULTS.append(Fault(name=name, serve=serve, reasons=_REFUSED))


_hurts("attribute_beyond_the_bound", f"<p data-x='{'x' * 10_000_000}'>x</p>")
_hurts("misnested_formatting", "<a><b><i><u><font><p>" * 20_000)
_hurts("million_line_breaks", "<br>" * 1_000_000)
_hurts("nested_tables", "<table><tr><td>" * 20_000)
_hurts("nested_lists", "<ul><li>" * 50_000)
_hurts("nested_forms_and_buttons", "<form><button>" * 50_000)
_hurts("nested_svg", "<svg><foreignObject>" * 30_000)
_hurts("nested_templates", "<template>" * 50_000)
_hurts("nested_selects", "<select><optgroup><option>" * 50_000)
_hurts("nested_quotes", "<blockquote><p>" * 50_000)
_hurts("unclosed_formatting", "".join(f"<b id='{n}'><p>" for n in range(20_000)))
_hurts("open_tags_without_ends", "<" * 2_000_000)
_hurts("ampersands", "&" * 3_000_000)
_hurts("word_of_a_megabyte", f"<article><p>{'x' * MEGABYTE}</p></article>")
_hurts("attributes_that_repeat", f"<p {'a=1 ' * 800_000}>x</p>")
_hurts("quote_that_never_ends", '<p class="' + "x<p>" * 500_000)


@fault()
def page_without_any_tags_of_its_frame(at: Setting) -> None:
    """No doctype, html, head or body."""
    start = at.page.index("<article>")
    at.answer(reply(at.page[start:].replace("</body></html>", "").encode()))


@fault()
def page_in_a_page(at: Setting) -> None:
    """Two documents, one inside the other."""
    at.answer(reply(f"<html><body>{at.page}</body></html>".encode()))


@fault()
def behind_a_declaration(at: Setting) -> None:
    """XML's declaration and a document type with entities before the page."""
    prolog = "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    at.answer(reply((prolog + at.page.removeprefix("<!doctype html>")).encode()))
