"""Keys: which texts share them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from scraper.match.fingerprint import Keys, make_keys, minimum_hashes
from scraper.match.words import read_words
from tests.match.match_texts import (
    BREAD,
    HARBOUR,
    HARBOUR_REWORDED,
    HARBOUR_TITLE,
    OBSERVATORY,
    make_article,
)


def keys_of(text: str, title: str | None = None) -> Keys:
    """The keys of a text."""
    return make_keys(read_words(text), title)


def test_the_same_text_has_the_same_keys_in_any_case() -> None:
    """Keys of shingles are made of words, not of letters' case or of white space."""
    one, other = keys_of(HARBOUR), keys_of(HARBOUR.upper().replace(" ", "  "))
    assert (one.bands, one.containment) == (other.bands, other.containment)
    assert len(one.bands) == 16


def test_unrelated_texts_share_no_key() -> None:
    """Nothing proposes a pair that has nothing in common."""
    texts = [HARBOUR, OBSERVATORY, BREAD, *(make_article(seed).text for seed in range(20))]
    keys = [set(keys_of(text)) for text in texts]
    for place, one in enumerate(keys[:3]):
        assert all(not one & other for other in keys[place + 1 :])


def test_a_cut_shares_containment_keys_though_it_shares_no_band() -> None:
    """A first fifth resembles its whole too little for bands; this is what containment is for."""
    for seed in range(40):
        whole = make_article(seed, sentences=60)
        cut = " ".join(whole.sentences[:12])
        one, other = keys_of(whole.text), keys_of(cut)
        assert len(set(one.containment) & set(other.containment)) >= 2
        assert set(other.containment) <= set(one.containment)


def test_a_light_edit_shares_a_band() -> None:
    """With one sentence in twelve gone, the wholes still resemble each other."""
    whole = make_article(3, sentences=24)
    edited = " ".join(whole.sentences[:11] + whole.sentences[13:])
    assert set(keys_of(whole.text).bands) & set(keys_of(edited).bands)


def test_a_rewording_that_keeps_the_facts_shares_an_anchor_key() -> None:
    """Names and numbers in the same order find a copy of which no sentence was left."""
    one, other = keys_of(HARBOUR), keys_of(HARBOUR_REWORDED)
    assert set(one.anchors) & set(other.anchors)
    assert not set(one.bands) & set(other.bands)


def test_a_title_of_three_words_is_a_key_and_a_shorter_one_is_not() -> None:
    """Too many pages are called "Live updates", or the like."""
    assert keys_of(HARBOUR, HARBOUR_TITLE).title == keys_of(BREAD, HARBOUR_TITLE.upper()).title
    assert len(keys_of(HARBOUR, HARBOUR_TITLE).title) == 1
    assert keys_of(HARBOUR, "Live updates").title == keys_of(HARBOUR, None).title == ()


def test_short_texts_have_a_defined_answer() -> None:
    """A text without words has no keys; one of fewer than five words is one shingle."""
    assert len(keys_of("")) == len(keys_of("... !?")) == 0
    assert keys_of("hello").bands == keys_of("HELLO!").bands
    assert keys_of("hello").bands != keys_of("goodbye").bands
    assert keys_of("hello").containment == ()


@given(st.text())
def test_keys_are_signed_64_bit_integers_each_once(text: str) -> None:
    """What SQL stores as INTEGER or bigint; a kind's keys are never another kind's."""
    keys = list(keys_of(text, text))
    assert len(keys) == len(set(keys)) == len(keys_of(text, text))
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_a_very_long_text_has_a_bounded_number_of_keys() -> None:
    """A text of 200,000 words costs the index no more than 4,200 rows."""
    text = " ".join(str(number) for number in range(200_000))
    assert keys_of(text).containment_count == 4096
    assert len(keys_of(text)) < 4200


def test_importing_the_room_does_not_import_datasketch() -> None:
    """The library takes most of a second: only a process that makes keys pays for it."""
    program = (
        "import sys, scraper.match, scraper.match.fingerprint, scraper.match.compare\n"
        "sys.exit('datasketch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@given(hashes=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50))
def test_minimum_hashes_are_those_of_datasketch(hashes: list[int]) -> None:
    """Another program finds the same MinHash with the library's own class."""
    sketch = MinHash(16, scheme="affine32", hashfunc=int)
    sketch.update_batch([value >> 32 for value in hashes])
    assert minimum_hashes(np.array(hashes, np.uint64), 16).tolist() == sketch.digest().tolist()


def test_minimum_hashes_of_a_long_text_are_those_of_its_parts() -> None:
    """What is hashed in pieces, because it is long, has the least hashes of all pieces."""
    hashes = np.random.default_rng(1).integers(0, 2**64, 10_000, np.uint64)
    parts = [minimum_hashes(part, 16) for part in np.array_split(hashes, 50)]
    assert minimum_hashes(hashes, 16).tolist() == np.min(parts, axis=0).tolist()
