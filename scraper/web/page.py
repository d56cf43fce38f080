"""Values become HTML: the one place that knows the templates. And where pages read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from scraper.web import shown

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import sqlalchemy as sa
    from starlette.requests import Request
    from starlette.responses import Response

    from scraper.store.archive import Archive


def _make_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("scraper.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for told in (
        shown.clock_time, shown.count, shown.day, shown.later, shown.line, shown.machine,
        shown.moment, shown.name, shown.number, shown.outward, shown.paragraphs, shown.percent,
        shown.published, shown.span, shown.tidy, shown.title, shown.words,
    ):  # fmt: skip
        environment.filters[told.__name__] = told
    return environment


_ENVIRONMENT = _make_environment()


def read_archive(request: Request) -> AbstractContextManager[sa.Connection]:
    """A connection that sees one unchanging state of the archive."""
    archive: Archive = request.app.state.archive
    return archive.read()


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401  # whatever the template shows
    """The page, with this status."""
    archive: Archive = request.app.state.archive
    html = _ENVIRONMENT.get_template(template).render(values, archive_name=archive.location.title)
    return HTMLResponse(html, status_code=status)
