"""The filters of `stories`, `search` and `export`, as one set of options.

``@narrowing_options`` gives a command all of them, and hands it their values as one: ``wanted``.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scraper.cli.moments import Moment
from scraper.errors import UsageError
from scraper.model import RelationKind
from scraper.store.filters import MIRROR_KINDS, Wanted
from scraper.typed import read_language, read_name, read_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_Command = TypeVar("_Command", bound="Callable[..., Any]")
_Option = TypeVar("_Option", bound="Callable[..., Any]")


class Typed(click.ParamType[str]):
    """What ``read`` makes of what is typed; its UsageError is wrong usage of the option."""

    def __init__(self, name: str, read: Callable[[str], str]) -> None:
        self.name = name
        self._read = read

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        """The value read."""
        try:
            return self._read(str(value))
        except UsageError as exc:
            self.fail(str(exc), param, ctx)


_SITE = Typed("site", read_site)

#: The options in the order in which the help shows them; "since" stands before them.
_OPTIONS = (
    click.option(
        "--until",
        metavar="DATE",
        type=Moment(end_of_day=True),
        help="First seen then or earlier; a day is taken whole.",
    ),
    click.option("--site", metavar="SITE", type=_SITE, help="With an article of this site."),
    click.option(
        "--language",
        metavar="TAG",
        type=Typed("language", read_language),
        help="Whose canonical article is in it: en, pt-br.",
    ),
    click.option(
        "--author",
        metavar="NAME",
        type=Typed("author", read_name),
        help="With an article by somebody whose name has this in it.",
    ),
    click.option(
        "--mirrors-min",
        metavar="N",
        type=click.IntRange(min=0, max=1_000_000_000),
        default=0,
        help="With so many mirrors.",
    ),
    click.option("--mirrored", is_flag=True, help="With mirrors: --mirrors-min 1."),
    click.option(
        "--relation",
        type=click.Choice([kind.value for kind in MIRROR_KINDS]),
        help="With a mirror that is this to the article by which it joined.",
    ),
    click.option(
        "--copied-from",
        metavar="SITE",
        type=_SITE,
        help="With mirrors, and a canonical article of this site.",
    ),
)


def narrowing_options(command: _Command) -> _Command:
    """The command with every filter as an option; it is called with ``wanted``, their values."""
    return name_narrowing_options(command, since="--since")


def name_narrowing_options(command: _Command, *, since: str) -> _Command:
    """The same for a command that says ``--since`` of something else: the filter is called so."""
    first_seen = click.option(
        since,
        "since",
        metavar="DATE",
        type=Moment(),
        help="First seen then or later: 2026-11-22, 2026-11-22T10:00, yesterday, 7d.",
    )

    @wraps(command)
    def narrowed(
        *args: object,
        since: datetime | None,
        until: datetime | None,
        site: str | None,
        language: str | None,
        author: str | None,
        mirrors_min: int,
        mirrored: bool,
        relation: str | None,
        copied_from: str | None,
        **rest: object,
    ) -> object:
        wanted = Wanted(
            since=since,
            until=until,
            site=site,
            language=language,
            author=author,
            mirrors_min=max(mirrors_min, int(mirrored)),
            relation=RelationKind(relation) if relation else None,
            copied_from=copied_from,
        )
        return command(*args, wanted=wanted, **rest)

    given: Any = narrowed
    for option in reversed((first_seen, *_OPTIONS)):
        given = option(given)
    return given  # type: ignore[no-any-return]  # the command, decorated


def limit_option(*, default: int | None, most: int) -> Callable[[_Option], _Option]:
    """The option ``limit``: so many are shown or written at most; None is all."""
    return click.option(
        "--limit",
        metavar="N",
        type=click.IntRange(min=1, max=most),
        default=default,
        show_default=default is not None,
        help="So many at most." if default is not None else "So many at most; otherwise all.",
    )
