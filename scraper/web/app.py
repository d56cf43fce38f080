"""The pages joined into one application, and what is said where one cannot be shown."""

from __future__ import annotations

import logging
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from scraper.errors import ArchiveError
from scraper.metrics import METRICS_TYPE, print_metrics
from scraper.store.archive import check_version
from scraper.web.compare import show_comparison
from scraper.web.feed import show_feed
from scraper.web.guard import Guard
from scraper.web.page import render
from scraper.web.revisions import show_revisions
from scraper.web.sources import show_sources
from scraper.web.stories import show_stories
from scraper.web.story import show_story

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.requests import Request

    from scraper.store.archive import Archive

_log = logging.getLogger(__name__)


def create_app(archive: Archive, *, names: Collection[str] = ()) -> Guard:
    """The browser of this archive, as an ASGI application.

    It answers to addresses and to localhost, and to these host ``names``.
    """
    app = Starlette(
        routes=[
            Route("/", show_stories),
            Route("/story/{story}", show_story),
            Route("/article/{article}", show_revisions),
            Route("/compare", show_comparison),
            Route("/sources", show_sources),
            Route("/feed.atom", show_feed),
            Route("/healthz", _show_health),
            Route("/metrics", _show_metrics),
            Mount("/static", StaticFiles(directory=Path(__file__).with_name("static"))),
        ],
        exception_handlers={
            HTTPException: _explain,
            ArchiveError: _explain_archive,
            Exception: _explain_bug,
        },
    )
    app.state.archive = archive
    return Guard(app, names=names)


def _show_health(request: Request) -> Response:
    """That the archive can be read, for whoever watches over this server."""
    archive: Archive = request.app.state.archive
    check_version(archive)
    return PlainTextResponse("ok\n")


def _show_metrics(request: Request) -> Response:
    """The archive's measures for Prometheus."""
    return Response(print_metrics(request.app.state.archive), media_type=METRICS_TYPE)


def _explain(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)  # noqa: S101  # starlette hands over what is registered
    phrase = HTTPStatus(exc.status_code).phrase
    problem = exc.detail if exc.detail != phrase else "There is no such page."
    return render(request, "error.html", status=exc.status_code, heading=phrase, problem=problem)


def _explain_archive(request: Request, exc: Exception) -> Response:
    _log.warning("%s", exc)
    return render(
        request,
        "error.html",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        heading="The archive cannot be read",
        problem=str(exc),
    )


def _explain_bug(request: Request, _exc: Exception) -> Response:
    """What is said of a fault of ours; starlette raises it again, and the server logs it."""
    return render(
        request,
        "error.html",
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        heading="This page failed",
        problem="That is a fault of scraper's; its log says more.",
    )
