"""`scraper cluster`: a corpus in Parquet clustered at once, without an archive."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import MissingLibraryError, UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from scraper.cluster.engine import Engine


@click.command(
    "cluster",
    epilog=end_help(
        (
            "scraper cluster --input articles.parquet --output clustered",
            "an export of articles, with DuckDB in this process",
        ),
        (
            "scraper cluster --input 'a/*.parquet' --output b --engine spark --master spark://h:7077",
            "on a Spark cluster",
        ),
        exits=(0, 1, 2, 4, 130),
    ),
)
@click.option(
    "--input",
    "patterns",
    metavar="PARQUET",
    multiple=True,
    required=True,
    help="Files of articles, or a quoted pattern of them; may be given again.",
)
@click.option(
    "--output",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for stories.parquet and relations.parquet.",
)
@click.option(
    "--engine",
    "engine_name",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="Where the tables are joined: in this process, or on a Spark cluster.",
)
@click.option("--master", metavar="URL", default="local[*]", show_default=True, help="Of Spark.")
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 256),
    help="Processes beside DuckDB; one a core if not given.",
)
@pass_workspace
def command(
    workspace: Workspace,
    *,
    patterns: tuple[str, ...],
    output: Path,
    engine_name: str,
    master: str,
    workers: int | None,
) -> None:
    """Find the stories of a whole corpus at once, from Parquet to Parquet.

    Each article has an "id" and a "text", as `scraper export articles --format parquet` writes
    them. DIR gets stories.parquet, a row for every article, and relations.parquet. They say what
    `scraper rebuild` says of the same articles, but for people's decisions and the few things that
    only an archive knows.
    """
    try:
        from scraper.cluster.files import find_inputs
    except ImportError as absent:
        raise MissingLibraryError("pyarrow", extra="bulk") from absent
    from scraper.cluster.run import cluster
    from scraper.match.naming import agency_sites

    if engine_name == "duckdb" and master != "local[*]":
        raise UsageError("--master is Spark's: add --engine spark")
    paths, columns = find_inputs(patterns)
    config = workspace.config
    with _open(engine_name, master, workers) as engine:
        made = cluster(
            engine,
            paths,
            columns,
            output,
            agencies=agency_sites(config.agencies),
            priorities={site: settings.priority for site, settings in config.site.items()},
        )
    click.echo(
        f"{made.articles:,} articles, {made.stories:,} stories, {made.relations:,} relations"
    )


def _open(name: str, master: str, workers: int | None) -> AbstractContextManager[Engine]:
    if name == "spark":
        from scraper.cluster.spark import open_spark

        return open_spark(master)
    from scraper.cluster.duckdb import open_duckdb

    return open_duckdb(workers=workers or os.cpu_count() or 1)
