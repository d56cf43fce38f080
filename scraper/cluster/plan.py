"""The order of clustering: which rows each step sees.

    articles -> lines -> samples -> verdicts     which lines are a site's, and not the article's
    articles + verdicts -> fingerprints -> keys  what is left of each, and its keys
    keys -> pairs -> relations                   who shares keys, and what that comes to

A table is named after its rows, in the singular.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scraper.cluster import steps
from scraper.cluster.tables import (
    ARTICLE,
    FINGERPRINT,
    LINE,
    PAIR,
    RELATION,
    SAMPLE,
    UNREADABLE,
    VERDICT,
)
from scraper.errors import UsageError
from scraper.match.candidates import READ_MOST
from scraper.match.masks import JUDGED_MOST, SUSPECT_TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scraper.cluster.engine import Engine

#: What would make nonsense of all that follows, with what to say of it.
_FAULTS: Final = (
    ("SELECT id FROM article WHERE id IS NULL LIMIT 1", "an article has no id: give each one"),
    (
        "SELECT id FROM article GROUP BY id HAVING count(*) > 1 ORDER BY id LIMIT 1",
        "two articles have the id {id}: give each article once",
    ),
    (
        f"SELECT id FROM article WHERE attributions = '{UNREADABLE}' ORDER BY id LIMIT 1",  # noqa: S608 - our own
        "article {id} has attributions that nobody can read: write them as an export does",
    ),
)
#: The texts by which a line is judged: those with the lowest numbers, if there are enough.
_SAMPLE: Final = f"""
SELECT site, line, text FROM (
    SELECT site, line, text,
        row_number() OVER (PARTITION BY site, line ORDER BY text) AS place,
        count(*) OVER (PARTITION BY site, line) AS bearers
    FROM (SELECT DISTINCT site, line, text FROM line) AS bearing
) AS ranked
WHERE place <= {JUDGED_MOST} AND bearers >= {SUSPECT_TEXTS}
"""  # noqa: S608 - numbers of our own
#: The texts of each sample, each text once however many articles have it.
_SAMPLED_TEXT: Final = """
SELECT needed.site, needed.sample, article.text, article.language
FROM (SELECT DISTINCT site, sample, text FROM sample) AS needed
JOIN (SELECT site, text, min(article) AS article FROM line GROUP BY site, text) AS bearer
    ON bearer.site = needed.site AND bearer.text = needed.text
JOIN article ON article.id = bearer.article
"""
_MARKED_ARTICLE: Final = """
SELECT article.id, article.title, article.language, article.text, marked.boilerplate
FROM article LEFT JOIN (
    SELECT line.article, array_agg(line.line) AS boilerplate
    FROM line
    JOIN (SELECT DISTINCT sample.site, sample.line FROM sample
          JOIN verdict ON verdict.site = sample.site AND verdict.sample = sample.sample) AS judged
        ON judged.site = line.site AND judged.line = line.line
    GROUP BY line.article
) AS marked ON marked.article = article.id
"""
#: Of a key only its first holders are read; a key with one holder proposes nobody.
_HELD: Final = """
SELECT article, key, is_sampled, place FROM (
    SELECT article, key, is_sampled,
        row_number() OVER (PARTITION BY key ORDER BY article) AS place,
        count(*) OVER (PARTITION BY key) AS holders
    FROM (SELECT article, {unnest}(sampled) AS key, true AS is_sampled FROM fingerprint
          UNION ALL
          SELECT article, {unnest}(others) AS key, false AS is_sampled FROM fingerprint) AS key
) AS ranked
WHERE holders > 1
"""
_FOUND: Final = f"""
SELECT held.article, held.key, held.is_sampled, holder.article AS holder,
    own.containment_count AS own_count, theirs.containment_count AS holder_count
FROM held
JOIN held AS holder
    ON holder.key = held.key AND holder.article < held.article AND holder.place <= {READ_MOST + 1}
JOIN fingerprint AS own ON own.article = held.article
JOIN fingerprint AS theirs ON theirs.article = holder.article
"""  # noqa: S608 - a number of our own
_TEXTS_OF_PAIR: Final = """
SELECT pair.article, pair.other,
    a.title, a.language, a.text, own.masked, own.hides_title,
    b.title AS other_title, b.language AS other_language, b.text AS other_text,
    theirs.masked AS other_masked, theirs.hides_title AS other_hides_title
FROM pair
JOIN article AS a ON a.id = pair.article
JOIN fingerprint AS own ON own.article = pair.article
JOIN article AS b ON b.id = pair.other
JOIN fingerprint AS theirs ON theirs.article = pair.other
"""


def relate(engine: Engine, paths: Sequence[Path], columns: Sequence[str]) -> None:
    """Nothing; the engine holds ``article`` and ``relation``, made of these Parquet files.

    ``columns`` are those of ``tables.GIVEN`` that the files have. Raises UsageError for articles
    without an id, with the id of another, or with attributions that nobody can read.
    """
    engine.read("given", paths)
    given = f"SELECT {', '.join(columns)} FROM given"  # noqa: S608 - names of our own
    engine.map("article", steps.read_articles, given, ARTICLE)
    _check_articles(engine)
    engine.map(
        "line",
        steps.find_lines,
        "SELECT id, site, title, language, text FROM article WHERE site IS NOT NULL",
        LINE,
    )
    engine.map("sample", steps.name_samples, _SAMPLE, SAMPLE, by=("site", "line"), order=("text",))
    engine.map("verdict", steps.judge_samples, _SAMPLED_TEXT, VERDICT, by=("site", "sample"))
    engine.map("fingerprint", steps.fingerprint, _MARKED_ARTICLE, FINGERPRINT)
    engine.query("held", _HELD.format(unnest=engine.unnest))
    engine.map("pair", steps.propose, _FOUND, PAIR, by=("article",))
    engine.map("relation", steps.compare, _TEXTS_OF_PAIR, RELATION, by=("article",))


def _check_articles(engine: Engine) -> None:
    for sought, said in _FAULTS:
        for batch in engine.fetch(sought):
            for row in batch.to_pylist():
                raise UsageError(said.format(**row))
