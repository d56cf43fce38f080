"""The page of sources: which of them want attention."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper import clock
from scraper.store.schema import feed_entry, source

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.archive_builder import ArchiveBuilder


def test_those_that_want_attention_come_first(client: TestClient, builder: ArchiveBuilder) -> None:
    """State, pace, last error and what was announced, a row for each."""
    now = clock.now()
    hour = timedelta(hours=1)
    known: dict[str, object] = {
        "kind": "feed",
        "origin": "person",
        "added_at": now,
        "reason": None,
        "detail": None,
    }
    checked: dict[str, object] = {
        "last_check_at": now - hour,
        "next_check_at": now + hour,
        "failures": 0,
    }
    rows: list[dict[str, object]] = [
        {"name": "Well", "state": "active", "every_minutes": 90.0},
        {"name": "Paused", "state": "paused", "every_minutes": 0.5},
        {
            "name": "Late", "state": "active", "every_minutes": None,
            "next_check_at": now - 30 * hour,
        },
        {"name": "Given up", "state": "paused", "every_minutes": 180.0, "failures": 10},
        {
            "name": "Failing", "state": "failing", "every_minutes": 4320.0, "failures": 2,
            "reason": "timeout", "detail": "no answer in 20 <s>",
        },
    ]  # fmt: skip
    page = builder.page("https://well.example/1")
    with builder.archive.write() as connection:
        for number, row in enumerate(rows, 1):
            url = f"https://{number}.example/feed"
            connection.execute(
                source.insert().values(known | checked | {"id": number, "url": url} | row)
            )
        connection.execute(
            feed_entry.insert().values(
                source_id=1, page_id=page, url="https://well.example/1", first_seen=now
            )
        )
    html = client.get("/sources").text
    names = re.findall(r'<th scope="row"[^>]*><a[^>]*><bdi>([^<]*)</bdi>', html)
    assert names == ["Given up", "Failing", "Late", "Paused", "Well"]
    assert "5 sources: 1 well, 1 paused, 1 late, 1 failing, 1 given up." in html
    assert "no answer in 20 &lt;s&gt;" in html
    for pace in ("every 90 min", "every 30 s", "as configured", "every 3 h", "every 3 d"):
        assert pace in html
    assert html.count('<rect class="fill"') == 1  # one link, today
    assert '<rect class="fill" x="116"' in html
