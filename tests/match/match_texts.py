"""Texts for the tests of matching: some written by hand, any number made from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass


def _unwrap(text: str) -> str:
    """The text with each paragraph on one line, as it is read from a page."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


HARBOUR = _unwrap("""\
The harbour council of Vennmouth voted on Tuesday to close the old fish market by the end of
March, after engineers found that the northern quay had sunk eleven centimetres since 2019.
Mayor Ingrid Solheim said the decision was the hardest of her nine years in office, but that
nobody could answer for the safety of the 140 people who work there every morning.

Traders were told of the vote by telephone. Rasmus Dahl, whose family has sold herring on the
quay since 1931, said he had been promised a hearing and never got one. He plans to take the
council to the regional court in Oldby, and forty other stallholders have signed his complaint.

The council wants to move the market to a former tram depot two kilometres inland, which would
need a cold store, a drainage system and a new road for lorries. An estimate by the town's own
surveyors puts the cost at 6.4 million crowns, of which the county has offered to pay a third.
The opposition says the figure is too low, because the depot's soil has never been examined for
heavy metals.

For the restaurants along the waterfront the closure comes at a bad moment. Bookings for the
summer season opened last week, and several owners said that guests came to Vennmouth to watch
the morning auction as much as to eat. "Without the auction we are a car park with a view," said
Mette Kragh, who runs the Blue Gull.

Divers are to examine the piles under the southern quay in April. If they are found to be sound,
a smaller market with about a dozen stalls could return there in the autumn of next year.""")

HARBOUR_TITLE = "Vennmouth closes its sinking fish market"

#: HARBOUR in other words: no sentence is left, every name and number is.
HARBOUR_REWORDED = _unwrap("""\
Vennmouth loses its century-old fish market: on Tuesday the members of the port's council agreed
to shut it before March is over. Surveys had revealed a subsidence of eleven centimetres at the
quay to the north since 2019. It was, admitted Mayor Ingrid Solheim, her toughest call in nine
years, yet no one could vouch for the 140 workers present there each day.

A phone call was how sellers learned of it. To Rasmus Dahl, of a family that has traded herring
here from 1931 onwards, a hearing had been pledged that never came; at Oldby, in the regional
court, he means to sue, with forty neighbours behind him.

Plans foresee a disused tram depot two kilometres from the sea, lacking cold storage, drains and
an access road so far. Surveyors employed by the town speak of 6.4 million crowns, a third of it
to be borne by the county. Critics call that optimistic: heavy metals in the ground were never
looked for.

Restaurant owners by the water are dismayed, with summer reservations open for just a week.
Guests of Vennmouth want to see the auction at dawn as well as dine, they say. In the words of
Mette Kragh from the Blue Gull, all that remains is parking and a nice outlook. In April a team
of divers will check the southern piles; a dozen stands may come back if those hold.""")

OBSERVATORY = _unwrap("""\
Astronomers at the Carrow observatory have lost contact with the mirror controller of their
largest telescope, and a spare part will not arrive before June. The controller, built in Turin
in 2004, keeps the 36 segments of the mirror in line; without it the images blur within seconds.

Director Paula Neri said that eleven research groups from seven countries would lose their
nights. The observatory, which lies at 2,900 metres in the Sierra Alta, has asked a workshop in
Leiden to rebuild the board from drawings. Two of the smaller instruments keep working, among
them the camera that discovered comet Neri-Olsen in 2017.""")

OBSERVATORY_TITLE = "Carrow telescope blind until June"

BREAD = _unwrap("""\
The price of a loaf of rye bread has risen by a fifth in Lommel province since the spring, and
bakers blame the drought that halved the harvest along the river Aar. The guild of bakers
counted 212 shops that have shortened their hours; eighteen have shut for good.

Minister Joost Verhagen told parliament that the state's grain reserve would be opened in
November for the first time since 1986. Economists at the university of Aarburg doubt that the
reserve will last longer than nine weeks, because the mills can only grind four thousand tonnes
of it a week.""")

BREAD_TITLE = "Lommel opens grain reserve as bread prices climb"


def weather_notice(city: str, seed: int) -> str:
    """A templated notice: the same words on every day, for every city, with other figures."""
    rng = random.Random(seed)  # noqa: S311 - texts, no secrets
    number = rng.randint
    sky = rng.choice(["clear", "cloudy", "hazy", "stormy", "bright", "grey"])
    later = rng.choice(["showers", "fog", "sleet", "drizzle", "thunder", "sunshine"])
    return (
        f"{city} weather for {number(1, 30)} {rng.choice(['May', 'June', 'July', 'August'])}: a "
        f"high of {number(15, 35)} degrees and a low of {number(1, 14)} degrees is expected. Winds "
        f"from the {rng.choice(['north', 'south', 'east', 'west'])} at {number(3, 60)} km/h, with "
        f"a {number(5, 95)}% chance of rain through the evening. Residents should expect {sky} "
        f"skies in the morning and {later} by late afternoon. The UV index will reach "
        f"{number(1, 11)}. Sunrise is at {number(4, 7)}:{number(10, 59)} and sunset at "
        f"{number(17, 21)}:{number(10, 59)}. The "
        "national weather service advises motorists to check conditions before travelling, and to "
        f"follow local guidance. Humidity will average {number(20, 95)}% and visibility will be "
        f"{number(2, 30)} kilometres."
    )


_SYLLABLES = (
    "bar den fel gor hul jan kel lim mor nes oda pri rus sol tav und ver wil yor zan".split()
)
_ROLES = "minister mayor judge engineer doctor farmer captain editor trainer banker".split()
_NOUNS = """\
bridge hospital harvest election factory tunnel festival ferry library stadium reactor vaccine
orchard railway museum prison glacier pipeline satellite theatre school airport forest canal
mine dam vineyard embassy bakery lighthouse""".split()
_VERBS = """\
opened closed doubled delayed praised rejected rebuilt sold inspected funded moved halved
cancelled defended""".split()
_REASONS = """after a long quarrel about money|because nobody had asked the neighbours|in spite of
several warnings from experts|as the season came to an end|while the courts were still
sitting|before the holidays had begun|although the figures were never published|when the
old contract ran out|without a word to the press|since the floods of the spring""".replace(
    "\n", " "
).split("|")
_CLOSES = """said at a press conference on the steps of the town hall|wrote in a letter that this
newspaper has seen|told a committee of the regional parliament|explained to listeners of
the morning programme|confirmed late in the evening""".replace("\n", " ").split("|")


@dataclass(frozen=True)
class Made:
    """An article made from a seed."""

    title: str
    text: str

    @property
    def sentences(self) -> list[str]:
        """The text's sentences, in order."""
        return [part + "." for part in self.text.replace("\n\n", " ").rstrip(".").split(". ")]


def make_article(seed: int, sentences: int = 24) -> Made:
    """An article about people, places and things of its own, four sentences a paragraph."""
    rng = random.Random(seed)  # noqa: S311 - texts, no secrets
    names = [_name(rng) for _ in range(8)]
    places = [_name(rng) for _ in range(4)]
    things = rng.sample(_NOUNS, 5)
    lines = [_sentence(rng, names, places, things) for _ in range(sentences)]
    paragraphs = [" ".join(lines[start : start + 4]) for start in range(0, sentences, 4)]
    title = f"{places[0]} {rng.choice(_VERBS)} {things[0]} of {names[0]}"
    return Made(title=title, text="\n\n".join(paragraphs))


def _name(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=3)).capitalize()


def _sentence(rng: random.Random, names: list[str], places: list[str], things: list[str]) -> str:
    return (
        f"The {rng.choice(_ROLES)} {rng.choice(names)} {rng.choice(_VERBS)} the "
        f"{rng.choice(things)} near {rng.choice(places)} for {rng.randint(2, 900)} thousand crowns "
        f"{rng.choice(_REASONS)}, {rng.choice(names)} {rng.choice(_CLOSES)}."
    )
