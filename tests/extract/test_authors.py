"""Bylines: the names in them, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract.authors import clean_authors


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Tove Ask", ["Tove Ask"]),
        ("By Tove Ask, Staff Writer", ["Tove Ask"]),
        ("By Tove Ask and Odd Brekke", ["Tove Ask", "Odd Brekke"]),
        ("Von Jonas Wieland und Petra Höss", ["Jonas Wieland", "Petra Höss"]),
        ("Par Léa Morel, envoyée spéciale", ["Léa Morel"]),
        ("Por Álvaro Núñez | 12 de marzo de 2024", ["Álvaro Núñez"]),
        ("Written by: Tove Ask", ["Tove Ask"]),
        ("Veröffentlicht von Jonas Wieland", ["Jonas Wieland"]),
        ("Tove Ask (Harbour Post)", ["Tove Ask"]),
        ("Von Jonas Wieland\nHafenkorrespondent", ["Jonas Wieland"]),
        ("Por Álvaro Núñez 27 de agosto 2019", ["Álvaro Núñez"]),
        ("Текст: Лида Буслаева", ["Лида Буслаева"]),
        ("Piše: P. Mucović", ["P. Mucović"]),
        ("By Tove Ask in Harlow and Odd Brekke in London", ["Tove Ask", "Odd Brekke"]),
        ("Text: Kaisa Saari, Foto: Olli Mäki", ["Kaisa Saari"]),
        ("By Dr. Tove Ask, MD, Ph.D.", ["Dr. Tove Ask"]),
        ("김철수 기자 kim@post.example", ["김철수"]),
        ("Par Léa Morel avec AFP", ["Léa Morel", "AFP"]),
        ("Opinion by Tove Ask", ["Tove Ask"]),
        ("Skrevet af Lars Holm", ["Lars Holm"]),
        ("Par Léa Morel, publié le 3 mars 2026, modifié le 4 mars 2026", ["Léa Morel"]),
        ("Sportreporter", []),
        ("© by Harbour Post", []),
        ("ferryman1984", ["ferryman1984"]),
        ("“Tove Ask'", ["Tove Ask"]),
        ("All about ferries. And the islands, too", []),
        ("Getty Images", []),
        ("Twitter Facebook", []),
        ("https://www.facebook.example/toveask", []),
        ("tove@harbourpost.example", []),
        ("admin", []),
        ("Senior political correspondent", []),
    ],
)
def test_byline_gives_names(printed: str, names: list[str]) -> None:
    """Prefixes, roles, dates, addresses and accounts are not names."""
    assert list(clean_authors([printed])) == names


def test_each_name_counts_once() -> None:
    """A name printed twice, in other letters, is one author, as first printed."""
    assert clean_authors(["Tove Ask", "TOVE ASK", "Odd Brekke"]) == ("Tove Ask", "Odd Brekke")


@given(st.lists(st.text(max_size=80), max_size=4))
def test_names_are_never_empty_or_endless(printed: list[str]) -> None:
    """Whatever is printed, a name is neither blank nor a sentence."""
    names = clean_authors(printed)
    assert all(name.strip() and len(name) <= 60 for name in names)
    assert not any("\n" in name for name in names)
