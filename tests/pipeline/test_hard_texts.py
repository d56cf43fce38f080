"""Texts that no editor wrote: through import, and asked about by `check` and `compare_texts`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from scraper.cli.app import cli
from scraper.match import compare_texts
from scraper.store import schema
from scraper.store.check import check_archive

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.archive import Archive

#: What is peculiar -> the text.
TEXTS = {
    "one word": "word",
    "one sign": "?",
    "one number": "7",
    "capitals throughout": "THE HARBOUR BRIDGE OF ARDEN IS CLOSED UNTIL FRIDAY. " * 12,
    "numbers throughout": " ".join(str(number * number) for number in range(400)),
    "one number again and again": "1 " * 3_000,
    "Chinese": "阿登港的旧桥将关闭至星期五工程师正在检查桥墩和钢索市长说没有其他办法" * 6,
    "Thai": "สะพานเก่าของท่าเรือจะปิดจนถึงวันศุกร์วิศวกรกำลังตรวจสอบเสาและสายเคเบิล" * 6,
    "Arabic": "سيغلق الجسر القديم في الميناء حتى يوم الجمعة ويفحص المهندسون الأعمدة والكابلات. "
    * 6,
    "mixed scripts": "The bridge 旧桥 ปิด الجسر мост closes on 5 May, said 市长 Northam. " * 12,
    "combining marks alone": "\u0301" * 500,
    "a NUL and halves of pairs": "The bridge\0 is closed \ud800 until \udfff Friday. " * 20,
    "signs that turn the line": "\u202ebridge\u202c \u2066closed\u2069 \ufeff until Friday. " * 20,
    "5 MB of one line": "The harbour bridge of Arden is closed until Friday. " * 96_000,
}
#: The most that a text is compared by, here where time matters to the suite.
_LONG = 1_000_000


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hard_text_is_imported_and_found_again(
    text: str, archive: Archive, tmp_path: Path
) -> None:
    """Its copy joins it or not, but is one import each; what is stored can be stored and read."""
    lines = [
        {"id": "a", "url": "https://a.example/1", "title": "A bridge is closed", "text": text},
        {"id": "b", "url": "https://b.example/1", "title": "A bridge is closed", "text": text},
    ]
    file = tmp_path / "hard.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    typed = tmp_path / "typed.txt"
    typed.write_bytes(text.encode("utf-8", "replace"))

    def run(*args: str) -> str:
        result = CliRunner().invoke(cli, ["--archive", archive.location.address, *args])
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    assert "2 new, 0 revised, 0 unchanged, 0 skipped" in run("import", str(file))
    assert "0 new, 0 revised, 2 unchanged, 0 skipped" in run("import", str(file))
    assert isinstance(json.loads(run("check", str(typed), "--json")), list)
    assert check_archive(archive) == ()
    with archive.read() as connection:
        told = connection.execute(sa.select(schema.article.c.text)).scalars().all()
    assert told[0] == told[1]
    assert not {"\0", *map(chr, range(0xD800, 0xE000))} & set(told[0])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_hard_texts_compare(text: str) -> None:
    """With itself a text is identical, or has too few words; with any other there is an answer."""
    text = text[:_LONG]
    same = compare_texts(text, text)
    assert same is None or (same.kind == "identical" and same.coverage_a == same.coverage_b == 1)
    for other in ("", "The bridge is closed.", TEXTS["mixed scripts"], TEXTS["Chinese"]):
        one, reverse = compare_texts(text, other), compare_texts(other, text)
        assert (one is None) == (reverse is None)
