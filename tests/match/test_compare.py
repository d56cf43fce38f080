"""Compare: what one text is to another, and the passages that show it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.match import compare_texts
from scraper.match.compare import mirrored, oriented
from scraper.match.words import read_words
from scraper.model import ArticleId, Link, Relation, RelationKind
from tests.match.match_texts import (
    BREAD,
    BREAD_TITLE,
    HARBOUR,
    HARBOUR_REWORDED,
    HARBOUR_TITLE,
    OBSERVATORY,
    OBSERVATORY_TITLE,
    make_article,
    weather_notice,
)


def compare(a: str, b: str, title_a: str | None = None, title_b: str | None = None) -> Relation:
    """The relation of two texts that have one."""
    relation = compare_texts(a, b, title_a=title_a, title_b=title_b)
    assert relation is not None
    return relation


def test_a_verbatim_copy_is_identical() -> None:
    """Case and white space are not the text."""
    copy = HARBOUR.upper().replace("\n\n", " ")
    relation = compare(HARBOUR, copy)
    assert relation.kind is RelationKind.IDENTICAL
    assert relation.links
    assert (relation.coverage_a, relation.coverage_b, relation.similarity) == (1, 1, 1)
    [passage] = relation.passages
    assert HARBOUR[passage.a_start : passage.a_end] == HARBOUR.rstrip(".")


def test_a_first_fifth_is_an_excerpt_though_it_hardly_resembles_the_whole() -> None:
    """Containment, not resemblance, finds a topic page's teaser."""
    teaser = HARBOUR.split("\n\n")[0]
    relation = compare(teaser, HARBOUR)
    assert relation.kind is RelationKind.EXCERPT_OF
    assert relation.links
    assert relation.coverage_a == 1
    assert relation.coverage_b < 0.3
    assert relation.similarity < 0.3
    assert compare(HARBOUR, teaser).kind is RelationKind.CONTAINS


def test_an_edited_copy_is_a_near_duplicate() -> None:
    """A word changed here, a sentence dropped there: the passages bridge the former."""
    edited = (
        HARBOUR.replace("old fish market", "ageing fish market")
        .replace("said the decision was", "called the decision")
        .replace("by the town's own surveyors ", "")
        .replace(' "Without the auction we are a car park with a view," said', " So said")
    )
    relation = compare(HARBOUR, edited, HARBOUR_TITLE, HARBOUR_TITLE)
    assert relation.kind is RelationKind.NEAR_DUPLICATE
    assert relation.links
    assert relation.coverage_b > 0.9


def test_words_put_in_others_places_are_a_rewording() -> None:
    """A spinner swaps words one for one and leaves names and numbers alone."""
    swaps = {
        "council": "board", "voted": "chose", "close": "shut", "market": "bazaar", "quay": "pier",
        "decision": "verdict", "people": "persons", "work": "labour", "morning": "dawn",
        "traders": "dealers", "told": "informed", "vote": "ballot", "family": "clan",
        "sold": "vended", "promised": "pledged", "hearing": "audience", "plans": "intends",
        "court": "tribunal", "wants": "wishes", "move": "shift", "former": "onetime",
        "need": "require", "road": "lane", "estimate": "reckoning", "county": "shire",
        "figure": "sum", "closure": "shutdown", "season": "period", "guests": "visitors",
        "several": "various", "owners": "holders", "watch": "see", "found": "deemed",
        "sound": "firm", "smaller": "lesser", "return": "revert", "sunk": "dropped",
    }  # fmt: skip
    spun = " ".join(swaps.get(word.lower(), word) for word in HARBOUR.split())
    relation = compare(HARBOUR, spun)
    assert relation.kind is RelationKind.PARAPHRASE
    assert relation.links


def test_a_rewording_of_which_no_sentence_is_left_is_known_by_its_facts() -> None:
    """Names and numbers in the same order tell a paraphrase that shares no passage."""
    relation = compare(HARBOUR, HARBOUR_REWORDED)
    assert relation.kind is RelationKind.PARAPHRASE
    assert relation.links
    assert "names or numbers" in relation.why


def test_a_copy_in_another_order_is_still_a_copy() -> None:
    """Paragraphs may come in any order; there is a passage for each."""
    reordered = "\n\n".join(reversed(HARBOUR.split("\n\n")))
    relation = compare(HARBOUR, reordered)
    assert relation.kind in {RelationKind.IDENTICAL, RelationKind.NEAR_DUPLICATE}
    assert relation.links
    assert len(relation.passages) == 5


def test_a_paragraph_that_stands_twice_is_covered_twice() -> None:
    """A caption repeated under a second picture adds nothing that the other text lacks."""
    doubled = f"{OBSERVATORY}\n\n{OBSERVATORY}"
    relation = compare(doubled, OBSERVATORY)
    assert (relation.coverage_a, relation.coverage_b) == (1, 1)
    assert relation.links


def test_texts_on_one_subject_are_not_copies() -> None:
    """What is not copied has no relation, whatever it is about."""
    assert compare_texts(HARBOUR, BREAD) is None
    assert compare_texts(HARBOUR, OBSERVATORY) is None
    assert compare_texts(make_article(1).text, make_article(2).text) is None


def test_a_shared_quotation_joins_nothing() -> None:
    """Two reports that quote the same statement are two reports."""
    statement = (
        "Nobody could answer for the safety of the people who work there every morning, and so we "
        "have decided, with a heavy heart, to close what our grandparents built."
    )
    one = compare_texts(f"{BREAD}\n\n{statement}", f"{OBSERVATORY}\n\n{statement}")
    assert one is None or not one.links


@pytest.mark.parametrize("dress", [str, str.upper, str.title])
def test_notices_from_one_form_with_other_figures_are_not_copies(dress: type[str]) -> None:
    """Earnings, weather, results: same words, other facts, however they are capitalised."""
    notices = [
        weather_notice(city, seed) for seed, city in enumerate(["Porto", "Lyon", "Graz"] * 8)
    ]
    menu = "Home News Sport Weather Travel Contact Us Sign In Subscribe To Our Newsletter Today"
    pages = [f"{menu}\n\n{dress(notice)}\n\n{menu}" for notice in notices]
    for place, one in enumerate(pages):
        for other in pages[place + 1 :]:
            relation = compare_texts(one, other, title_a="The weather", title_b="The weather")
            assert relation is None or not relation.links


def test_figures_between_unbroken_passages_are_asked_as_well() -> None:
    """All that is shared is word for word, and all that it says stands in the blanks between."""
    menu = "Home News Sport Business Travel Weather Contact Us Sign In My Account Subscribe Now"
    form = (
        "THE FOURTH QUARTER INDEX FOR {} STOOD AT {}, {} {}% FROM A MONTH EARLIER, THE STATISTICS "
        "OFFICE SAID ON MONDAY. FOOD PRICES {} {}% WHILE ENERGY {} {}%. THE CENTRAL BANK OF {} "
        "MEETS ON {} {} TO DECIDE ON INTEREST RATES."
    )
    facts = (
        ("LOMMEL", 955.6, "UP", 0.5, "FELL", 0.4, "ROSE", 27.9, "AARBURG", "JUNE", 12),
        ("OLDBY", 89.2, "DOWN", 7.6, "ROSE", 0.9, "FELL", 13.1, "CARROW", "MAY", 6),
    )
    one, other = (f"{menu}\n\n{form.format(*fact)}\n\n{menu}" for fact in facts)
    relation = compare(one, other, "The price index", "The price index")
    assert len(relation.passages) > 1
    assert not relation.links


def test_the_same_notice_on_two_sites_is_a_copy() -> None:
    """The veto is for other facts, not for notices."""
    notice = weather_notice("Porto", 7)
    relation = compare(notice, f"Weather desk\n\n{notice}")
    assert relation.kind in {RelationKind.IDENTICAL, RelationKind.NEAR_DUPLICATE}
    assert relation.links


def test_a_text_in_a_round_up_is_its_piece_and_not_its_copy() -> None:
    """Where the rest is about something else, the relation is told but does not link."""
    roundup = f"{BREAD}\n\n{HARBOUR}\n\n{OBSERVATORY}"
    for text, title in ((HARBOUR, HARBOUR_TITLE), (BREAD, BREAD_TITLE)):
        relation = compare(text, roundup, title, "The week in brief")
        assert relation.kind is RelationKind.EXCERPT_OF
        assert not relation.links
        assert "something else" in relation.why


def test_an_item_under_its_own_headline_is_not_the_page() -> None:
    """Reports on one subject in one digest: what stands under another headline is another item."""
    first, second, third, *_, last = HARBOUR.split("\n\n")
    item, title = f"{second}\n\n{last}", "Stallholders of Vennmouth take the council to court"
    digest = f"{first}\n\n{title}\n\n{item}\n\nA depot nobody has examined\n\n{third}"
    assert "headline" in compare(item, digest, title, "Five things from Vennmouth").why
    assert not compare(item, digest, title, "Five things from Vennmouth").links
    assert compare(item, digest, title, title).links
    assert compare(item, digest.replace(title, ""), title, "Five things from Vennmouth").links


def test_a_pages_own_headline_makes_no_item() -> None:
    """A cut bears the headline that the whole has above its text, whatever the page is called."""
    cut = "\n\n".join(HARBOUR.split("\n\n")[:2])
    assert compare(cut, f"{HARBOUR_TITLE}\n\n{HARBOUR}", HARBOUR_TITLE, "Front page").links


def test_a_cut_that_was_edited_is_a_version() -> None:
    """An excerpt is cut out; who also rewrites every sentence makes a version of their own."""
    made = make_article(5)
    cut = " ".join(made.sentences[:10])
    assert compare(cut, made.text).kind is RelationKind.EXCERPT_OF
    edited = cut.replace(" the ", " that ").replace(" for ", " at around ")
    relation = compare(edited, made.text)
    assert relation.coverage_b > 0.3
    assert relation.kind is RelationKind.NEAR_DUPLICATE


def test_an_update_keeps_half_of_a_report_and_its_title() -> None:
    """Half of a text under the same title is a version, under another one is only shared."""
    made = make_article(6)
    morning = " ".join(made.sentences[:15])
    evening = " ".join(made.sentences[10:])
    assert compare(morning, evening, made.title, made.title).kind is RelationKind.NEAR_DUPLICATE
    assert compare(morning, evening, made.title, made.title).links
    other = compare(morning, evening, made.title, "Evening news")
    assert other.kind is RelationKind.PART
    assert not other.links


def test_a_form_whose_only_equal_facts_stand_in_one_passage() -> None:
    """Two notices may by chance agree in one sentence, and in nothing else that they say."""
    notice = (
        "Flight {} from {} to {} was delayed by {} hours and {} minutes on {} because of {}. The "
        "260 passengers were given vouchers of 21 crowns. The airline apologised for the "
        "inconvenience and said that passengers would be rebooked on the next available flight "
        "free of charge."
    )
    one = notice.format("QK939", "Oldby", "Lommel", 2, 39, "Friday", "fog")
    other = notice.format("AK240", "Carrow", "Aarburg", 9, 13, "Monday", "a strike")
    menu = "Home News Sport Business Travel Weather Contact Us Sign In My Account"
    for a, b in ((one, other), (one.upper(), f"{menu}\n\n{other.title()}\n\n{menu}")):
        relation = compare(a, b, "Flight delayed again", "Flight delayed again")
        assert not relation.links
    assert compare(f"{menu}\n\n{one}\n\n{menu}", f"{menu}\n\n{other}\n\n{menu}").links is False


def test_a_short_cut_with_two_figures_corrected_is_a_copy() -> None:
    """An editor corrects two facts of many; a form has others throughout."""
    cut = "\n\n".join(HARBOUR.split("\n\n")[:2])
    corrected = cut.replace("2019", "2018").replace("140", "150")
    assert compare(corrected, HARBOUR).links


FIRE = (
    "Firefighters from {} and {} were called to a blaze at a barn in {} Lane on Saturday {}. "
    "Nobody was hurt. 2 engines attended. The cause of the fire is not known and an investigation "
    "is under way, a spokesman for the brigade said."
)


@pytest.mark.parametrize("dress_a", [str, str.upper, str.title])
@pytest.mark.parametrize("dress_b", [str, str.upper, str.title])
def test_a_form_of_names_is_known_by_those_in_small_letters_and_at_its_ends(
    dress_a: type[str], dress_b: type[str]
) -> None:
    """Names at the head lie outside the shared passage; in capitals they look like any word."""
    one = dress_a(FIRE.format("Jorrud", "Pelrudtyn", "Vexsarith", "morning"))
    other = dress_b(FIRE.format("Ganlun", "Lunmaryar", "Ossdun", "night"))
    relation = compare_texts(one, other, title_a="Fire in a barn", title_b="Fire in a barn")
    assert relation is None or not relation.links
    copy = compare(one, dress_b(FIRE.format("Jorrud", "Pelrudtyn", "Vexsarith", "morning")))
    assert copy.links


def test_few_shared_words_need_titles_that_agree() -> None:
    """A teaser of one sentence is a copy if it bears the title, else perhaps a quotation."""
    teaser = HARBOUR.split(",")[0]
    assert compare(teaser, HARBOUR, HARBOUR_TITLE, HARBOUR_TITLE).links
    assert not compare(teaser, HARBOUR, "News in brief", HARBOUR_TITLE).links
    assert not compare(teaser, HARBOUR).links


@pytest.mark.parametrize(
    ("a", "b"), [("", ""), ("", HARBOUR), ("... !!", "... !!"), ("one", "two"), ("one", HARBOUR)]
)
def test_texts_with_nothing_to_compare_have_no_relation(a: str, b: str) -> None:
    """Without words, or with none in common, there is nothing to tell."""
    assert compare_texts(a, b) is None


def test_one_equal_word_is_identical_but_joins_nothing() -> None:
    """The shortest texts have a defined answer."""
    relation = compare("Hello!", "hello")
    assert relation.kind is RelationKind.IDENTICAL
    assert not relation.links
    assert compare("Hello!", "hello", "A fine title", "A fine title").links


def test_all_numbers_and_all_one_word_have_a_defined_answer() -> None:
    """Repetition, where every shingle is every other, is laid from left to right."""
    numbers = " ".join(str(number) for number in range(300))
    assert compare(numbers, numbers).kind is RelationKind.IDENTICAL
    assert compare(numbers[:500], numbers).kind is RelationKind.EXCERPT_OF
    assert compare("na " * 200, "na " * 300).coverage_a == 1


def test_a_link_is_stored_one_way() -> None:
    """An excerpt is said of the part, whichever it was compared as; other kinds of the lower id."""
    teaser = HARBOUR.split("\n\n")[0]
    whole, part = ArticleId(1), ArticleId(2)
    contains = Link(a=whole, b=part, relation=compare(HARBOUR, teaser))
    excerpt = Link(a=part, b=whole, relation=compare(teaser, HARBOUR))
    assert oriented(contains) == oriented(excerpt) == excerpt
    copy = Link(a=part, b=whole, relation=compare(HARBOUR, HARBOUR))
    assert (oriented(copy).a, oriented(copy).b) == (whole, part)


#: Pieces to build texts of that share, repeat, reorder and edit passages.
_PIECES = [
    *HARBOUR.split("\n\n"),
    *OBSERVATORY.split(". "),
    *make_article(5, sentences=6).sentences,
    weather_notice("Porto", 1),
    weather_notice("Lyon", 2),
    "\u6e2f\u53e3\u59d4\u5458\u4f1a\u661f\u671f\u4e8c\u6295\u7968\u51b3\u5b9a\u5173\u95ed\u65e7\u9c7c\u5e02\u573a\u3002",
    "42",
    "",
]
_texts = st.lists(st.sampled_from(_PIECES), max_size=8).map("\n\n".join)
_titles = st.sampled_from([None, HARBOUR_TITLE, OBSERVATORY_TITLE])


@settings(max_examples=300, deadline=None)
@given(_texts, _texts, _titles, _titles)
def test_a_relation_holds_for_all_texts_what_it_promises(
    a: str, b: str, title_a: str | None, title_b: str | None
) -> None:
    """It mirrors; shares are shares; passages lie in both texts, apart, and are mostly equal."""
    relation = compare_texts(a, b, title_a=title_a, title_b=title_b)
    back = compare_texts(b, a, title_a=title_b, title_b=title_a)
    if relation is None:
        assert back is None
        return
    assert back == mirrored(relation)
    assert 0 <= relation.coverage_a <= 1
    assert 0 <= relation.coverage_b <= 1
    assert 0 <= relation.similarity <= 1
    assert not (relation.links and relation.kind is RelationKind.PART)
    check_passages(a, b, relation)


def check_passages(a: str, b: str, relation: Relation) -> None:
    """Assert that the relation's passages are in range, apart in both texts, and shared."""
    in_b = sorted(relation.passages, key=lambda passage: passage.b_start)
    for one, other in pairwise(relation.passages):
        assert one.a_end <= other.a_start
    for one, other in pairwise(in_b):
        assert one.b_end <= other.b_start
    for passage in relation.passages:
        assert 0 <= passage.a_start < passage.a_end <= len(a)
        assert 0 <= passage.b_start < passage.b_end <= len(b)
        words_a = read_words(a[passage.a_start : passage.a_end]).hashes.tolist()
        words_b = set(read_words(b[passage.b_start : passage.b_end]).hashes.tolist())
        assert sum(word in words_b for word in words_a) >= 0.5 * len(words_a)


def test_a_passage_that_gave_way_leaves_no_stub_of_other_words() -> None:
    """Two sentences that differ at their heads lie on one: what is left of the second is none."""
    vote, told = HARBOUR.split("\n\n")[:2]
    form = (
        "{} near Wilhul for {} thousand crowns while the courts were still sitting, {} told a "
        "committee of the regional parliament."
    )
    doctor = form.format("The doctor Rustav rejected the bakery", 151, "Yortav")
    farmer = form.format("The farmer Barnes sold the bakery", 60, "Rustav")
    funded = (
        "The doctor Rustav funded the forest near Rusfel for 319 thousand crowns before the "
        "holidays had begun, Neshu explained to listeners of the morning programme."
    )
    a = f"{vote}\n\n{vote}\n\n{funded}\n\n{told}\n\n{doctor}"
    b = f"{vote}\n\n{doctor}\n\n{told}\n\n{told}\n\n{farmer}"
    relation = compare_texts(a, b)
    assert relation is not None
    check_passages(a, b, relation)


def test_captions_of_a_gallery_are_no_copy_of_one_picture() -> None:
    """What one text says again and again lies on one passage of the other: twice is enough."""
    caption = (
        "A woman {} a rally against the policy of the harbour council in the centre of Vennmouth, "
        "Tuesday, March 14. The council and the traders will meet in the old town hall on Monday."
    )
    doings = ("attends", "films", "leaves", "sings at", "paints", "reads at", "joins", "watches")
    gallery = "\n\n".join(caption.format(doing) for doing in doings)
    relation = compare_texts(gallery, f"{BREAD}\n\n{caption.format('attends')}\n\n{OBSERVATORY}")
    assert relation is None or not relation.links


def test_a_round_up_may_bear_the_title_of_its_first_piece() -> None:
    """One title joins no texts most of which are about two things."""
    first = "\n\n".join(HARBOUR.split("\n\n")[:3])
    page = f"{first}\n\n{BREAD}\n\n{OBSERVATORY}"
    relation = compare(page, HARBOUR, HARBOUR_TITLE, HARBOUR_TITLE)
    assert not relation.links
    assert "something else" in relation.why


def test_what_either_text_has_besides_is_judged() -> None:
    """Also of the text that is covered more: a round-up of a cut story and another one."""
    cut = "\n\n".join(HARBOUR.split("\n\n")[:3])
    relation = compare(f"{cut}\n\n{BREAD}", HARBOUR, "Morning briefing", HARBOUR_TITLE)
    assert relation.coverage_a > relation.coverage_b - 0.1
    assert not relation.links


def test_an_item_that_is_set_off_joins_nothing() -> None:
    """A page that carries a report above the previous one is about both, on one subject."""
    made = make_article(6)
    report, before = " ".join(made.sentences[:8]), " ".join(made.sentences[8:])
    page = f"{report}\n\nPrevious story:\n\n{before}"
    relation = compare(page, report, "Quay closed, says mayor", "The market moves")
    assert relation.kind is RelationKind.CONTAINS
    assert not relation.links
    assert compare(f"{report}\n\n{before}", report, "Quay closed, says mayor", "The market").links


def test_a_lead_under_the_very_title_is_a_teaser() -> None:
    """In a page that says more besides; under another title it is only shared."""
    lead = " ".join(HARBOUR.split()[:48])
    besides = (
        "Our readers' favourite gadgets for travel this winter, from lamps to light boots.",
        "All prices were checked when this was written and may have changed meanwhile.",
        "Subscribe to the paper and get the weekend magazine at your door for free.",
        "We may get a share of what you buy by way of links on this page.",
    )
    page = "\n\n".join((*besides[:2], lead, *besides[2:], *besides[:1]))
    relation = compare(page, HARBOUR, HARBOUR_TITLE, HARBOUR_TITLE)
    assert (relation.kind, relation.links) == (RelationKind.EXCERPT_OF, True)
    assert relation.coverage_a < 0.45
    other = compare_texts(page, HARBOUR, title_a="Gifts for winter", title_b=HARBOUR_TITLE)
    assert other is None or not other.links
