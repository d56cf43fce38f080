"""Ours beside other ways to find near-duplicates: on one labelled set, in one run, on one thread.

usage: python benchmarks/match.py [FOLDER...]

FOLDER holds a labelled set (see ``labelled``); without one, a set is dealt by a fixed seed. Prints
for each program F1 over pairs, the adjusted Rand index, and texts a second of CPU from a warm
start, reading, proposing, verifying and joining included. The others, each with pairs joined into
stories by their connected components:

LSH        datasketch MinHashLSH: sets of five-word shingles, 128 permutations, Jaccard similarity
           of 0.5 or more, verified on the sets
ensemble   datasketch MinHashLSHEnsemble: the same sets, containment of 0.5 or more, verified
rensa      RMinHashLSH, 128 permutations in 32 bands, Jaccard of 0.5 or more, verified
TF-IDF     scikit-learn's vectors of words with logarithmic counts; cosine of so much or more: of
           0.5, 0.6, 0.7 and 0.8 the two that were best on labelled sets, which flatters it
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from math import comb
from pathlib import Path

import msgspec
from labelled import Labelled, LabelledSet, deal_set, read_folder

from scraper.match.candidates import READ_MOST, choose_candidates
from scraper.match.compare import compare_words
from scraper.match.fingerprint import make_keys
from scraper.match.story import judge_stories
from scraper.match.version import FINGERPRINT_VERSION
from scraper.match.words import read_words
from scraper.model import ArticleId, Link
from scraper.pipeline.imports import import_lines
from scraper.store.archive import create_archive, open_archive

#: Numerical libraries may start threads; all are measured on one.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[_name] = "1"

PERMUTATIONS = 128
SIMILAR = 0.5
SHINGLE = 5

Pairs = Iterable[tuple[int, int]]


def match_ours(texts: list[Labelled]) -> list[int]:
    """The story of each text, by matching alone: no archive, no masks."""
    holders: dict[int, list[ArticleId]] = {}
    words, sampled, links = [], {}, []
    for place, text in enumerate(texts):
        one = ArticleId(place)
        words.append(read_words(text.text))
        keys = make_keys(words[place], text.title)
        found = {key: holders[key][: READ_MOST + 1] for key in keys if key in holders}
        for other in choose_candidates(keys, found, sampled):
            relation = compare_words(
                words[place], words[other], title_a=text.title, title_b=texts[other].title
            )
            if relation is not None:
                links.append(Link(a=one, b=other, relation=relation))
        sampled[one] = keys.containment_count
        for key in set(keys):
            holders.setdefault(key, []).append(one)
    stories = judge_stories(map(ArticleId, range(len(texts))), links).stories
    found_in = {article: story[0] for story in stories for article in story}
    return [found_in[ArticleId(place)] for place in range(len(texts))]


def match_in_archive(texts: list[Labelled]) -> list[int]:
    """The story of each text, imported into an archive."""
    lines = [
        msgspec.json.encode({"id": str(place), "title": text.title, "text": text.text}) + b"\n"
        for place, text in enumerate(texts)
    ]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "archive.db"
        now = datetime.now(UTC)
        create_archive(path, fingerprint_version=FINGERPRINT_VERSION, now=now).close()
        with open_archive(path) as archive:
            import_lines(archive, lines, collection="bench", sites={})
            with archive.read() as connection:
                rows = connection.exec_driver_sql("SELECT external_id, story_id FROM article")
                story = dict(map(tuple, rows))
    return [story[str(place)] for place in range(len(texts))]


def shingles(texts: list[Labelled]) -> list[frozenset[bytes]]:
    """The five-word shingles of each text; all of it where it has fewer words."""
    sets = []
    for text in texts:
        words = re.findall(r"\w+", text.text.lower())
        last = max(1, len(words) - SHINGLE + 1)
        sets.append(frozenset(" ".join(words[at : at + SHINGLE]).encode() for at in range(last)))
    return sets


def match_lsh(texts: list[Labelled]) -> list[int]:
    """The story of each text, by datasketch's MinHashLSH."""
    from datasketch import MinHash, MinHashLSH

    sets = shingles(texts)
    index = MinHashLSH(threshold=SIMILAR, num_perm=PERMUTATIONS)
    pairs = []
    for place, sketch in enumerate(MinHash.generator(sets, num_perm=PERMUTATIONS)):
        pairs += [(place, other) for other in index.query(sketch) if jaccard(sets, place, other)]
        index.insert(place, sketch)
    return join(len(texts), pairs)


def match_ensemble(texts: list[Labelled]) -> list[int]:
    """The story of each text, by datasketch's MinHashLSHEnsemble."""
    from datasketch import MinHash, MinHashLSHEnsemble

    sets = shingles(texts)
    sketches = MinHash.bulk(sets, num_perm=PERMUTATIONS)
    index = MinHashLSHEnsemble(threshold=SIMILAR, num_perm=PERMUTATIONS, num_part=16)
    index.index((place, sketch, len(sets[place])) for place, sketch in enumerate(sketches))
    pairs = [
        (place, other)
        for place, sketch in enumerate(sketches)
        for other in index.query(sketch, len(sets[place]))
        if len(sets[place] & sets[other]) >= SIMILAR * len(sets[place])
    ]
    return join(len(texts), pairs)


def match_rensa(texts: list[Labelled]) -> list[int]:
    """The story of each text, by rensa."""
    from rensa import RMinHash, RMinHashLSH

    sets = shingles(texts)
    index = RMinHashLSH(threshold=SIMILAR, num_perm=PERMUTATIONS, num_bands=32)
    pairs = []
    for place, held in enumerate(sets):
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update(list(held))
        pairs += [(place, other) for other in index.query(sketch) if jaccard(sets, place, other)]
        index.insert(place, sketch)
    return join(len(texts), pairs)


def match_tfidf(texts: list[Labelled], least: float) -> list[int]:
    """The story of each text, by cosine of TF-IDF vectors."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(sublinear_tf=True).fit_transform([text.text for text in texts])
    likeness = (vectors @ vectors.T).tocoo()
    alike = likeness.data >= least
    return join(
        len(texts), zip(likeness.row[alike].tolist(), likeness.col[alike].tolist(), strict=True)
    )


def jaccard(sets: list[frozenset[bytes]], one: int, other: int) -> bool:
    """Whether two sets are similar enough."""
    return len(sets[one] & sets[other]) >= SIMILAR * len(sets[one] | sets[other])


def join(count: int, pairs: Pairs) -> list[int]:
    """The connected component of each text, named by its first."""
    parent = list(range(count))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for one, other in pairs:
        smaller, larger = sorted((root(one), root(other)))
        parent[larger] = smaller
    return [root(place) for place in range(count)]


def score(found: list[int], labelled: LabelledSet) -> tuple[float, float]:
    """F1 over the pairs that somebody could tell, and the adjusted Rand index over all."""
    told = [text.story for text in labelled.texts]
    both = _pairs_in(zip(told, found, strict=True))
    in_told, in_found = _pairs_in(told), _pairs_in(found)
    expected = in_told * in_found / comb(len(told), 2)
    mean = (in_told + in_found) / 2
    rand = (both - expected) / (mean - expected) if mean != expected else 1.0
    place = {text.id: at for at, text in enumerate(labelled.texts)}
    for one, other in map(tuple, labelled.left_aside):
        is_told = told[place[one]] == told[place[other]]
        is_found = found[place[one]] == found[place[other]]
        both -= is_told and is_found
        in_told -= is_told
        in_found -= is_found
    return 2 * both / ((in_told + in_found) or 1), rand


def _pairs_in(groups: Iterable[object]) -> int:
    return sum(comb(count, 2) for count in Counter(groups).values())


PROGRAMS = {
    "scraper, matching alone": match_ours,
    "scraper import": match_in_archive,
    "datasketch LSH": match_lsh,
    "datasketch ensemble": match_ensemble,
    "rensa": match_rensa,
    "TF-IDF cosine 0.6": partial(match_tfidf, least=0.6),
    "TF-IDF cosine 0.7": partial(match_tfidf, least=0.7),
}


def main() -> None:
    """Print the tables."""
    folders = [Path(name) for name in sys.argv[1:]]
    sets = [(str(folder), read_folder(folder)) for folder in folders] or [("dealt", deal_set())]
    for match in PROGRAMS.values():  # a warm start: libraries imported, words met
        match(list(sets[0][1].texts[:50]))
    for name, labelled in sets:
        texts = list(labelled.texts)
        print(f"{name}: {len(texts)} texts of {len({text.story for text in texts})} stories")
        print(f"{'':<24}    F1    ARI  texts/s")
        for program, match in PROGRAMS.items():
            begun = time.process_time()
            found = match(texts)
            seconds = time.process_time() - begun
            f1, rand = score(found, labelled)
            print(f"{program:<24} {f1:.3f}  {rand:.3f} {len(texts) / seconds:>8.0f}", flush=True)


main()
