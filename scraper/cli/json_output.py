"""`--json`: what a command read, for programs."""

from __future__ import annotations

import sys

import click

from scraper.export.jsonl import encode_json

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def print_json(value: object) -> None:
    """Nothing; the value is on stdout as JSON in UTF-8, harmless to a terminal."""
    sys.stdout.buffer.write(encode_json(value, indent=2).encode() + b"\n")
