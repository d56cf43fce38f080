"""A story as a Markdown file (CommonMark): front matter, the canonical text, its mirrors.

Rule 1: what a site wrote is text. Every character that Markdown or HTML would take for a mark is
escaped, so that a page made from the file shows what the archive holds, and runs nothing.
Rule 2: a file's name is made of the story's number alone.
Rule 3: front matter is YAML whose values are JSON, which every YAML reader reads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper.export.harmless import clean, clean_line, is_web_address
from scraper.export.jsonl import encode_json
from scraper.export.shapes import print_published, print_utc

if TYPE_CHECKING:
    from scraper.model import StoryId
    from scraper.store.query import FullStory, Mirror

#: So many stories stand in a folder: file managers and git take a thousand well.
PER_FOLDER = 1_000

#: Marks inside a line; "<" and "&" are written as HTML writes them, for readers that know no
#: backslash there.
_MARKS = re.compile(r"[\\`*_\[\]~|${}#]|=(?==)")
#: What opens a list, a definition or a rule at the beginning of a line: its last character.
_OPENING = re.compile(r"^([0-9]{1,9}(?=[.)])|(?=[-+:=]))", re.MULTILINE)
_LINK_UNSAFE = re.compile(r"[<>\s\\]")


def name_file(story: StoryId) -> str:
    """The file's name below the export's folder: "0012/12345.md"."""
    return f"{story // PER_FOLDER:04}/{story}.md"


def write_story(story: FullStory) -> bytes:
    """The file's content, UTF-8."""
    content = story.canonical.content
    title = escape(clean_line(content.title or "")) or f"Story {story.id}"
    parts = [_write_front_matter(story), f"# {title}\n", f"{_write_text(content.text)}\n"]
    if content.url is not None:
        parts.append(f"Canonical: {_write_link(content.url, story.canonical.site)}\n")
    parts.append(f"Chosen because: {escape(clean_line(story.canonical_reason))}\n")
    if story.mirrors:
        parts.append("## Mirrors\n")
        parts.append("".join(f"- {_write_mirror(mirror)}\n" for mirror in story.mirrors))
    return "\n".join(parts).encode()


def escape(text: str) -> str:
    """The text as Markdown that shows it."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _OPENING.sub(r"\g<0>\\", _MARKS.sub(r"\\\g<0>", plain))


def _write_front_matter(story: FullStory) -> str:
    content = story.canonical.content
    fields = {
        "story": story.id,
        "title": content.title,
        "url": content.url,
        "site": story.canonical.site,
        "authors": list(content.authors),
        "published": print_published(content.published, content.published_precision),
        "language": content.language,
        "canonical_reason": story.canonical_reason,
        "primary_source_url": story.primary_source_url,
        "first_seen": print_utc(story.first_seen),
        "updated": print_utc(story.updated),
    }
    lines = [f"{name}: {encode_json(value)}\n" for name, value in fields.items()]
    if not story.mirrors:
        return f"---\n{''.join(lines)}mirrors: []\n---\n"
    mirrors = "".join(f"  - {encode_json(_shape_mirror(mirror))}\n" for mirror in story.mirrors)
    return f"---\n{''.join(lines)}mirrors:\n{mirrors}---\n"


def _shape_mirror(mirror: Mirror) -> dict[str, object]:
    return {
        "url": mirror.article.content.url,
        "site": mirror.article.site,
        "title": mirror.article.content.title,
        "relation": mirror.relation,
        "coverage": mirror.coverage,
        "first_seen": print_utc(mirror.article.first_seen),
    }


def _write_text(text: str) -> str:
    """Paragraphs as the archive has them; a line begins with no space, which would make code."""
    lines = (line.strip() for line in clean(text).replace("\t", " ").split("\n"))
    return escape("\n".join(lines)).strip("\n")


def _write_mirror(mirror: Mirror) -> str:
    url, title = mirror.article.content.url, clean_line(mirror.article.content.title or "")
    where = _write_link(url, mirror.article.site) if url else "imported without an address"
    what = mirror.relation.replace("_", " ")
    share = "" if mirror.coverage is None else f", {mirror.coverage:.0%} of its words"
    return f"{where}: {what}{share}" + (f": {escape(title)}" if title else "")


def _write_link(url: str, site: str | None) -> str:
    if not is_web_address(url):
        return escape(clean_line(url))
    address = _LINK_UNSAFE.sub(lambda found: quote(found[0]), clean(url))
    return f"[{escape(clean_line(site or url))}](<{address}>)"
