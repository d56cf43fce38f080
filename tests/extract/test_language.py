"""Languages: the declaration, unless the text plainly says otherwise."""

from __future__ import annotations

import pytest

from scraper.extract.language import judge_language, language_code

ENGLISH = (
    "The ferry that has carried islanders across the sound since 1951 made its last crossing on "
    "Monday, an hour late and with more passengers than seats, and nobody knows what comes next."
)
GERMAN = (
    "Der Gemeinderat hat am Donnerstagabend beschlossen, das alte Sägewerk nicht abzureißen, "
    "sondern zu einer Bücherei mit Werkstatt umzubauen, und dafür den Fluss umzuleiten."
)


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (ENGLISH, "en-GB", "en"),
        (ENGLISH, None, "en"),
        (GERMAN, "en", "de"),
        (GERMAN, "", "de"),
        ("Ja.", "nb_NO", "nb"),
        ("Ja.", None, None),
    ],
)
def test_declaration_is_checked_against_the_text(
    text: str, declared: str | None, language: str | None
) -> None:
    """A long text overrules a wrong declaration; a short one is not judged."""
    assert judge_language(text, declared) == language


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("de-AT", "de"),
        ("en_US", "en"),
        ("PT", "pt"),
        ("zh-Hant-TW", "zh"),
        ("english", None),
        (None, None),
    ],
)
def test_tags_become_codes(tag: str | None, code: str | None) -> None:
    """A language tag gives its primary language; a word is no tag."""
    assert language_code(tag) == code
