"""How many processes parse what is fetched or imported."""

from __future__ import annotations

import click

from scraper.worker.limits import MIN_WORKERS

#: More than a machine has cores for gain nothing; this many are a slip of the pen.
_MOST = 64

workers_option = click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(min=MIN_WORKERS, max=_MOST),
    default=MIN_WORKERS,
    show_default=True,
    help="Parse pages in so many processes.",
)
