"""The pages of docs/ as tests read them: fenced blocks, tables, and names in code."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

#: A fenced block: its language and what stands in it.
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def read_page(name: str) -> str:
    """The page's text."""
    return (DOCS / name).read_text(encoding="utf-8")


def fenced_blocks(page: str, language: str) -> list[str]:
    """The contents of the fenced blocks of this language, in their order."""
    return [content for named, content in BLOCK.findall(page) if named == language]


def without_blocks(page: str) -> str:
    """The page's prose: everything but its fenced blocks."""
    return BLOCK.sub("", page)


def code_spans(prose: str) -> list[str]:
    """What stands in backticks."""
    return _CODE.findall(prose)


def section(page: str, heading: str) -> str:
    """What stands below this heading, its marks included ("## Asking"), up to the next as high.

    Raises ValueError where there is no such heading.
    """
    marks = heading.split(" ", 1)[0]
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(marks)}}} |\Z)",
        page,
        re.MULTILINE | re.DOTALL,
    )
    if found is None:
        raise ValueError(f"no heading {heading!r}")
    return found[1]


def table_rows(text: str) -> list[tuple[str, ...]]:
    """The cells of all table rows in the text; headings and rules left out."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]
    rules = {number for number, row in enumerate(cells) if set("".join(row)) <= {"-", ":"}}
    return [
        row for number, row in enumerate(cells) if number not in rules and number + 1 not in rules
    ]
