"""Nothing that a site wrote steers a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.cli.terminal import make_line, make_text


@given(st.text())
def test_line_is_one_printable_line(text: str) -> None:
    """Whatever comes in, what goes out is one line of characters that only stand there."""
    line = make_line(text)
    assert not any(char in line for char in "\n\r\x1b\x07\x9b\u202e\u2066\u2028\u200f")
    assert all(char.isprintable() or ord(char) > 0x9F for char in line)
    assert make_line(line) == line


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"]), max_size=30))
def test_plain_text_stays(text: str) -> None:
    """Letters, digits, punctuation of any script are untouched, white space made single."""
    assert make_line(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b2Jgone", "gone"),
        ("\x1b]0;window title\x07text", "text"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1bPq#0;2\x1b\\sixel", "sixel"),
        ("\x1b]0;never closed", ""),
        ("\x1bcreset", "reset"),
        ("a\x08\x08b", "ab"),
        ("a\r\nb\tc", "a b c"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("क्\u200dष 👩\u200d🚀", "क्\u200dष 👩\u200d🚀"),
        ("lone\ud800half", "lonehalf"),
    ],
)
def test_what_is_left(sent: str, left: str) -> None:
    """Escape sequences go as a whole, joiners that scripts need stay."""
    assert make_line(sent) == left


def test_text_keeps_its_lines() -> None:
    """Paragraphs stay apart, and an escape sequence does not reach from one line into the next."""
    assert make_text("one\r\n\r\ntwo\x1b[1m\tand\nthree") == "one\n\ntwo and\nthree"
