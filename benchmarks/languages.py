"""Copies in languages and scripts other than English: found, and unrelated texts kept apart.

usage: python benchmarks/languages.py

For each language 20 reports in invented prose of its letters and function words. Each is copied
twice: cut to its first third, and edited: a sentence less, one content word in 25 another, one
(keys proposed, texts compared), how many of 190 unrelated pairs are joined, and how many of 45
pairs of notices made of one form.
"""

# ruff: noqa: RUF001 - letters of other alphabets are not typing errors
from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from synthetic import SEED

from scraper.match.candidates import choose_candidates
from scraper.match.compare import compare_words
from scraper.match.fingerprint import make_keys
from scraper.match.words import read_words
from scraper.model import ArticleId

REPORTS = 20
NOTICES = 10

GRAMMAR = {
    "de": "der die das und in zu den nicht von sie ist des sich mit dem dass er es ein ich auf so",
    "ru": "и в не на с что он по как это но они к у из за то от для о же мы до или после",
    "ar": "في من على إلى أن عن مع ما لا هذا هذه كان قد بعد قبل بين كل ثم حتى عند هو هي",
    "zh": "的 一 是 了 在 不 有 和 人 这 中 大 为 上 个 他 我 到 时 说 也 于 与 对 就",
    "th": "ที่ และ ใน ของ ได้ มี ว่า เป็น ให้ ไป มา จะ ไม่ กับ โดย จาก นี้ แต่ ก็ หรือ",
}
LETTERS = {
    "de": ("bdfghklmnprstwz", "aeiouäöü"),
    "ru": ("бвгдзклмнпрстфш", "аеиоуяю"),
    "ar": ("بتجحدرزسشصطعفقكلمنه", "اوي"),
    "zh": (
        (
            "温茅斯港务委员会周二投票决定关闭历史悠久旧鱼市场工程师发现北侧码头下沉厘米情况恶化"
            "市长英格丽德表示任职年来最艰难选择没有能够保证安全清晨商贩搬运工家庭几代以此为生天文台"
        ),
        "",
    ),
    "th": ("กขคงจชดตถทนบปผพภมยรลวสหอ", "าีูเแโ"),
}
HAS_CAPITALS = {"de", "ru"}
UNSPACED = {"zh", "th"}
FORM_WORDS = 45
STOP = {"zh": "。", "th": " "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word, and whether it is a name or a figure."""

    text: str
    is_fact: bool = False


def deal_content(language: str, chance: random.Random) -> str:
    """An invented word."""
    consonants, vowels = LETTERS[language]
    if not vowels:
        return "".join(chance.sample(consonants, 2))
    syllables = chance.randint(2, 4)
    return "".join(chance.choice(consonants) + chance.choice(vowels) for _ in range(syllables))


def deal_fact(language: str, chance: random.Random) -> Word:
    """A figure or a name."""
    if chance.random() < 1 / 2:
        return Word(text=str(chance.randint(2, 9_999)), is_fact=True)
    name = deal_content(language, chance)
    return Word(text=name.capitalize() if language in HAS_CAPITALS else name, is_fact=True)


def deal_report(language: str, chance: random.Random) -> list[list[Word]]:
    """Sentences about one subject with its own words and facts."""
    grammar = GRAMMAR[language].split()
    subject = [deal_content(language, chance) for _ in range(70)]
    facts = [deal_fact(language, chance) for _ in range(14)]
    sentences = []
    for _ in range(chance.randint(12, 20)):
        sentence = []
        for _ in range(chance.randint(9, 18)):
            kind = chance.random()
            if kind < 0.4:  # noqa: PLR2004 - as many of news are grammar's, the most are meaning
                sentence.append(Word(text=chance.choice(grammar)))
            elif kind < 0.9:  # noqa: PLR2004 - the rest are facts
                sentence.append(Word(text=chance.choice(subject)))
            else:
                sentence.append(chance.choice(facts))
        sentences.append(sentence)
    return sentences


def print_report(language: str, sentences: list[list[Word]]) -> str:
    """The sentences as a text, three a paragraph."""
    between, stop = ("" if language in UNSPACED else " "), STOP.get(language, ". ")
    printed = []
    for sentence in sentences:
        text = between.join(word.text for word in sentence)
        printed.append((text[:1].upper() + text[1:] if language in HAS_CAPITALS else text) + stop)
    paragraphs = ("".join(printed[at : at + 3]) for at in range(0, len(printed), 3))
    return "\n\n".join(paragraphs)


def edit(language: str, sentences: list[list[Word]], chance: random.Random) -> list[list[Word]]:
    """The report without one sentence, some words and a tenth of the facts changed."""
    changed: dict[Word, Word] = {}

    def change(word: Word) -> Word:
        if word.is_fact:
            if word not in changed:
                is_changed = chance.random() < 1 / 10
                changed[word] = deal_fact(language, chance) if is_changed else word
            return changed[word]
        if chance.random() < 1 / 25:
            return Word(text=deal_content(language, chance))
        return word

    left = sentences[:]
    left.pop(chance.randrange(len(left)))
    return [[change(word) for word in sentence] for sentence in left]


def deal_notices(language: str, chance: random.Random) -> list[str]:
    """Notices of one form, each with other facts."""
    form = [word for sentence in deal_report(language, chance) for word in sentence][:FORM_WORDS]
    blanks = set(range(3, FORM_WORDS, 6))
    notices = []
    for _ in range(NOTICES):
        filled = [
            deal_fact(language, chance) if place in blanks else word
            for place, word in enumerate(form)
            if place in blanks or not word.is_fact
        ]
        notices.append(print_report(language, [filled[at : at + 15] for at in (0, 15, 30)]))
    return notices


def is_joined(language: str, one: str, other: str) -> bool:
    """Whether an archive that holds the one would take the other for a copy of it."""
    words, held = read_words(other, language), read_words(one, language)
    keys, held_keys = make_keys(words, None), make_keys(held, None)
    found = {key: (ArticleId(1),) for key in set(keys) & set(held_keys)}
    if not choose_candidates(keys, found, {ArticleId(1): held_keys.containment_count}):
        return False
    relation = compare_words(words, held)
    return relation is not None and relation.links


def main() -> None:
    """Print the table."""
    print("language  cuts found  edited found  unrelated joined  notices joined")
    for language in GRAMMAR:
        chance = random.Random(f"{SEED} {language}")
        reports = [deal_report(language, chance) for _ in range(REPORTS)]
        texts = [print_report(language, report) for report in reports]
        cuts = sum(
            is_joined(language, text, print_report(language, report[: len(report) // 3]))
            for text, report in zip(texts, reports, strict=True)
        )
        edited = sum(
            is_joined(language, text, print_report(language, edit(language, report, chance)))
            for text, report in zip(texts, reports, strict=True)
        )
        unrelated = [is_joined(language, *pair) for pair in itertools.combinations(texts, 2)]
        notices = itertools.combinations(deal_notices(language, chance), 2)
        forms = [is_joined(language, *pair) for pair in notices]
        print(
            f"{language:<8} {cuts:>8}/{REPORTS} {edited:>10}/{REPORTS}"
            f" {sum(unrelated):>12}/{len(unrelated)} {sum(forms):>11}/{len(forms)}"
        )


main()
