"""A corpus clustered at once is what an archive of the same articles is after a rebuild."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

pa = pytest.importorskip("pyarrow", reason="install the extra: pip install '.[bulk]'")
pytest.importorskip("duckdb", reason="install the extra: pip install '.[bulk]'")

import sqlalchemy as sa  # noqa: E402 - after what may be missing
from pyarrow import parquet  # noqa: E402

from scraper.cluster.duckdb import open_duckdb  # noqa: E402
from scraper.cluster.files import find_inputs  # noqa: E402
from scraper.cluster.run import cluster  # noqa: E402
from scraper.export.wish import Wish  # noqa: E402
from scraper.export.writing import export_to_stream  # noqa: E402
from scraper.pipeline.imports import import_lines  # noqa: E402
from scraper.store import schema  # noqa: E402
from tests.prose import write_text  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.cluster.engine import Engine
    from scraper.store.archive import Archive

Row = dict[str, Any]
MENU = "Home | News | Harbour Weather | Sport Results | Arts"


@pytest.fixture
def corpus(archive: Archive) -> Archive:
    """An archive of reports with their reposts, cuts, a round-up and notices, among menus."""
    reports = [write_text(seed, sentences=30) for seed in range(1, 9)]
    lines: list[Row] = []

    def add(site: str, title: str, text: str, **more: object) -> None:
        url = f"https://{site}.example/{len(lines)}"
        lines.append({"id": f"t{len(lines)}", "url": url, "title": title, "text": text} | more)

    for number, text in enumerate(reports):
        day = f"2026-03-0{number + 1}T08:00:00Z"
        add("menus", f"Report of day {number}", f"{MENU}\n\n{text}\n\nTop | End", published=day)
        add("plain", f"From the wire {number}", text, published=f"2026-03-0{number + 1}")
        add("cuts", "In short", f"{text[:600]} ...", is_paywalled=True)
    for number in range(70):
        add(f"copy{number}", "Copied", reports[0])
    add("round", "The week", "\n\n".join(text[:900] for text in reports[1:5]))
    for number in range(6):
        add("works", "Water is off", f"{write_text(99)[:500]}", published=f"2026-04-0{number + 1}")
    encoded = [json.dumps(line).encode() for line in lines]
    import_lines(archive, encoded, collection="test", sites={})
    return archive


def write_parquet(archive: Archive, path: Path) -> None:
    """The archive's articles, exported."""
    with path.open("wb") as file:
        export_to_stream(archive, Wish(what="articles", file_format="parquet"), file)


def run_cluster(engine: Engine, folder: Path, *patterns: str) -> tuple[list[Row], list[Row]]:
    """The stories' and the relations' rows."""
    paths, columns = find_inputs(patterns)
    cluster(engine, paths, columns, folder)
    return tuple(
        parquet.read_table(folder / f"{name}.parquet").to_pylist()
        for name in ("stories", "relations")
    )


def stories_of(archive: Archive) -> set[tuple[object, ...]]:
    """Each article's story, by whom it joined, whether it is a round-up, and the canonical."""
    article, story = schema.article.c, schema.story.c
    with archive.read() as connection:
        rows = connection.execute(
            sa.select(
                article.id,
                article.story_id,
                article.joined_by,
                article.is_roundup,
                story.canonical_id == article.id,
                story.canonical_reason,
            ).join(schema.story, story.id == article.story_id)
        )
        return {tuple(row) for row in rows}


def relations_of(archive: Archive) -> set[tuple[object, ...]]:
    """The relations, rounded as the archive rounds them."""
    with archive.read() as connection:
        rows = connection.execute(sa.select(schema.relation)).all()
    return {(row.a, row.b, row.kind, row.links, row.why) for row in rows}


def test_duckdb_says_what_the_archive_says(corpus: Archive, tmp_path: Path) -> None:
    """Stories, canonicals with their reasons, round-ups and relations are those of the archive."""
    write_parquet(corpus, tmp_path / "articles.parquet")
    with open_duckdb(workers=1) as engine:
        stories, relations = run_cluster(engine, tmp_path / "out", str(tmp_path / "*.parquet"))
    told = {
        (
            *(row["article"], row["story"], row["joined_by"], row["is_roundup"]),
            *(row["is_canonical"], row["canonical_reason"]),
        )
        for row in stories
    }
    assert told == stories_of(corpus)
    assert {
        (row["a"], row["b"], row["relation"], row["links"], row["why"]) for row in relations
    } == relations_of(corpus)
    assert {"identical", "excerpt_of"} <= {row["relation"] for row in relations}


def test_files_in_any_cut_give_the_same_bytes(corpus: Archive, tmp_path: Path) -> None:
    """Articles in one file or in three, by one process or two: the files come out the same."""
    write_parquet(corpus, tmp_path / "whole.parquet")
    table = parquet.read_table(tmp_path / "whole.parquet")
    third = table.num_rows // 3
    for number in range(3):
        part = table.slice(number * third, third if number < 2 else table.num_rows)
        parquet.write_table(part, tmp_path / f"part{number}.parquet")
    for workers, name in ((1, "whole"), (2, "part?")):
        with open_duckdb(workers=workers) as engine:
            run_cluster(engine, tmp_path / f"out{workers}", str(tmp_path / f"{name}.parquet"))
    for made in ("stories.parquet", "relations.parquet"):
        assert (tmp_path / "out1" / made).read_bytes() == (tmp_path / "out2" / made).read_bytes()


@pytest.mark.slow
def test_spark_writes_the_same_bytes(corpus: Archive, tmp_path: Path) -> None:
    """Spark in local mode and DuckDB write the same files."""
    pytest.importorskip("pyspark", reason="install the extra: pip install '.[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17")
    from scraper.cluster.spark import open_spark

    write_parquet(corpus, tmp_path / "articles.parquet")
    with open_duckdb(workers=1) as engine:
        run_cluster(engine, tmp_path / "duckdb", str(tmp_path / "articles.parquet"))
    with open_spark("local[2]") as engine:
        run_cluster(engine, tmp_path / "spark", str(tmp_path / "articles.parquet"))
    for made in ("stories.parquet", "relations.parquet"):
        assert (tmp_path / "duckdb" / made).read_bytes() == (tmp_path / "spark" / made).read_bytes()
