"""What of each article is not compared: its site's boilerplate, and what it says a second time.

    admit     a text bears its lines from now on        store.lines
    judge     are these lines boilerplate?              match.masks
    mask      what of an article is left out, so judged

Rule 1: a verdict is a function of the texts that bear the line, by their lowest numbers: of no
order in which they came. So it is judged again whenever one of these comes or goes.
Rule 2: an article's mask is a function of its text, its title and the verdicts, and is stored with
it, so that the keys that it holds can be made again. Whoever changes a verdict is told whose mask
may be another now, and fingerprints these in the same transaction.
Rule 3: a verdict that stands for very many texts stays: no transaction fingerprints a whole site.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scraper.match.masks import (
    JUDGED_MOST,
    SUSPECT_TEXTS,
    is_boilerplate,
    lines_borne,
    make_mask,
    read_lines,
    text_number,
    title_hash,
)
from scraper.match.words import read_words
from scraper.store import lines
from scraper.store.schema import site_line
from scraper.store.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import sqlalchemy as sa

    from scraper.match.masks import Lines
    from scraper.model import ArticleId, Mask
    from scraper.store.stored_text import StoredText

#: From so many texts on, a verdict stays; 3 ms each to fingerprint again. A guess at what a
#: transaction may take.
_SETTLED_TEXTS: Final = 1000
#: So many texts' lines are kept at hand; at about 6 KB each, 12 MB.
_AT_HAND: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What follows from a text that came: its mask, and the articles whose masks may be others."""

    mask: Mask
    touched: set[ArticleId]


class Masking:
    """Judges the lines of sites, each by at most ``judged_most`` of the texts that bear it."""

    def __init__(self, *, judged_most: int = JUDGED_MOST) -> None:
        self._judged_most = judged_most
        self._lines: OrderedDict[int, Lines] = OrderedDict()
        self._waiting: Waiting | None = None

    @contextmanager
    def gathering(self, connection: sa.Connection) -> Iterator[None]:
        """Meanwhile the lines of the texts that come wait for one another; in the end all are rows.

        What lies in between fails or succeeds as a whole: it is a transaction, or a part of one.
        """
        self._waiting = Waiting(site_line)
        try:
            yield
            self._waiting.write(connection)
        finally:
            self._waiting = None

    def mask(
        self, connection: sa.Connection, site: str | None, text: Lines, title: str | None
    ) -> Mask:
        """What of an article with these lines and this title is left out, by today's verdicts."""
        if site is None:
            return make_mask(text, title, frozenset())
        borne = lines_borne(text, title)
        return make_mask(text, title, lines.read_boilerplate(connection, site, borne))

    def masks(
        self, connection: sa.Connection, texts: Iterable[StoredText]
    ) -> dict[ArticleId, Mask]:
        """The masks of these articles, by today's verdicts."""
        return {
            text.id: self.mask(connection, text.site, self.read(text), text.title) for text in texts
        }

    def admit(
        self,
        connection: sa.Connection,
        site: str | None,
        number: int,
        text: Lines,
        title: str | None,
    ) -> Admission:
        """What follows from it that the site has this text now, by the verdicts that follow.

        ``number`` is the text's, see ``match.masks.text_number``.
        """
        if site is None:
            return Admission(mask=make_mask(text, title, frozenset()), touched=set())
        self._remember(number, text)
        borne = lines_borne(text, title)
        lines.add_text(connection, site, number, borne, waiting=self._waiting)
        boilerplate, touched = self._judge(connection, site, borne, came=number)
        return Admission(mask=make_mask(text, title, boilerplate), touched=touched)

    def dismiss(self, connection: sa.Connection, text: StoredText) -> set[ArticleId]:
        """The articles whose masks may be others now that this one no longer has its text.

        Its site may have the text in another article; then only the title may go.
        """
        if text.site is None:
            return set()
        number = text_number(text.text_sha256)
        same = lines.load_texts_of(connection, text.site, [number]).get(number, ())
        others = [title_hash(other.title) for other in same if other.id != text.id]
        kept = {title for title in others if title is not None}
        if others:
            kept |= self.read(text).hashes
        gone = lines_borne(self.read(text), text.title) - kept
        lines.remove_text(connection, text.site, number, gone, waiting=self._waiting)
        return self._judge(connection, text.site, gone)[1]

    def read(self, text: StoredText) -> Lines:
        """The lines of an archived text, kept at hand for the next verdict."""
        number = text_number(text.text_sha256)
        found = self._lines.get(number)
        if found is None:
            found = read_lines(text.text, read_words(text.text, text.language))
        self._remember(number, found)
        return found

    def _judge(
        self,
        connection: sa.Connection,
        site: str,
        asked: Collection[int],
        *,
        came: int | None = None,
    ) -> tuple[frozenset[int], set[ArticleId]]:
        """Which of these lines are boilerplate now, and the articles of whose lines one changed.

        ``came``: because of this new text.
        """
        samples, standing = lines.read_lines(
            connection, site, asked, most=self._judged_most, waiting=self._waiting
        )
        suspects = {
            line: sample
            for line, sample in samples.items()
            if len(sample) >= SUSPECT_TEXTS and (came is None or came in sample)
        }
        if came is not None and not suspects:
            return standing, set()
        verdicts = self._ask_samples(connection, site, set(suspects.values()))
        convicted = {line for line, sample in suspects.items() if verdicts[sample]} - standing
        freed = {line for line, sample in suspects.items() if not verdicts[sample]} & standing
        if came is None:
            freed |= standing - suspects.keys()
        if not convicted and not freed:
            return standing, set()
        bearers = lines.read_bearers(
            connection, site, convicted | freed, most=_SETTLED_TEXTS + 1, waiting=self._waiting
        )
        settled = {line for line, texts in bearers.items() if len(texts) > _SETTLED_TEXTS}
        convicted, freed = convicted - settled, freed - settled
        lines.save_verdicts(connection, site, convicted=convicted, freed=freed)
        touched = {text for line, texts in bearers.items() if line not in settled for text in texts}
        found = lines.load_texts_of(connection, site, touched)
        return (standing | convicted) - freed, {text.id for same in found.values() for text in same}

    def _ask_samples(
        self, connection: sa.Connection, site: str, samples: Collection[tuple[int, ...]]
    ) -> dict[tuple[int, ...], bool]:
        """For each of these sets of texts, whether what they have in common is boilerplate."""
        wanted = {text for sample in samples for text in sample}
        known = {text: self._lines[text] for text in wanted & self._lines.keys()}
        for text, same in lines.load_texts_of(connection, site, wanted - known.keys()).items():
            known[text] = self.read(same[0])
        return {
            sample: is_boilerplate([known[text] for text in sample if text in known])
            for sample in samples
        }

    def _remember(self, number: int, text: Lines) -> None:
        self._lines[number] = text
        self._lines.move_to_end(number)
        while len(self._lines) > _AT_HAND:
            self._lines.popitem(last=False)
