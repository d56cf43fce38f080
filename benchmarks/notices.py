"""Notices made from a few forms, no two of which are one story: how many are joined all the same.

usage: python benchmarks/notices.py [NOTICES]

NOTICES (5,000) of ten kinds, each with other numbers and names, on forty sites: with menus in title
case, in capitals throughout, with and without boilerplate, with the same title or one that names
the facts. Prints the stories that hold more than one notice, and the articles filed a second of
CPU.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import sqlalchemy as sa
from synthetic import SEED

from scraper.match.version import FINGERPRINT_VERSION
from scraper.pipeline.imports import import_lines
from scraper.store.archive import create_archive
from scraper.store.schema import article

NOTICES = 5_000
SITES = 40
SHOWN = 10

MENU = (
    "Home",
    "Top Stories",
    "Local News",
    "Business And Markets",
    "Sports Scores",
    "Weather Center",
    "Obituaries",
    "Classified Ads",
    "Photo Galleries",
    "Contact Our Newsroom",
)
PROMPTS = (
    "Sign up for our morning newsletter and never miss what happens in your town.",
    "Support local journalism by becoming a subscriber today.",
    "Copyright by the publisher. All rights reserved. No part may be reproduced without consent.",
    "Send news tips and corrections to the editors by the form on our contact page.",
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December"
WINDS = "north northeast east southeast south southwest west northwest".split()
SKIES = ("sunny", "partly cloudy", "cloudy", "rainy", "foggy", "clear", "overcast", "stormy")
CAUSES = ("fog", "a strike", "a technical fault", "late crew", "heavy snow", "a medical emergency")
FIRST = "Anna Bruno Clara David Emil Farah Georg Hanna Ivan Julia Karim Lena Marta Nils Olga Peter"
LAST = "Arden Bexley Calder Dorsey Ekman Falk Gruber Holt Irving Jonas Keller Lund Moreau Novak"
SYLLABLES = (
    "ba ker lin mor ton ves dar hol gra wick sen far mel ost bri cor nal ter ven sho".split()
)

#: Each kind: its titles, one of them the same for all, and its text.
FORMS = (
    (
        ("Quarterly results", "{company} reports results"),
        """
{company} said it earned {n3}.{n1} million crowns in the quarter, compared with {m3}.{m1}
million a year earlier.

Revenue came to {n4} million against {m4} million. Earnings per share were {n2} cents versus
{m2} cents.

The company, based in {town}, employs {p4} people. Chief executive {person} said the board would
propose a dividend of {p2} cents per share.
""",
    ),
    (
        ("Weather forecast", "Weather for {town}"),
        """
{sky} skies are expected over {town} on {day}, with a high of {n2} degrees and a low of {n1}
degrees. Winds from the {wind} at {p1} to {m2} kilometres per hour.

The chance of rain is {p2} percent. Sunrise is at 6.{q2}, sunset at 19.{r2}.
""",
    ),
    (
        ("Match report", "{team} beat {rival}"),
        """
{team} beat {rival} {n1}-{m1} on {day} in front of {n4} spectators in {town}. {person} scored in
the {n2}th minute and {other} in the {m2}th.

The home side had {p2} percent of possession and {p1} shots on target. They meet {third} next
{day2}.
""",
    ),
    (
        ("Death notice", "{person}, {n2}"),
        """
{person}, {n2}, of {town}, died on {day}, {month} {q2}, after a short illness. Born in {town2},
the deceased worked for {p2} years at {company} and is survived by {p1} children and {m1}
grandchildren.

The funeral will be held at the church of Saint {name} at {r1} o'clock on {day2}. Flowers are
kindly declined.
""",
    ),
    (
        ("Police log", "Arrest in {town}"),
        """
Police in {town} arrested a {n2}-year-old man on {street} street at {r1}.{q2} p.m. on {day} on
suspicion of theft. Officers recovered goods worth {n4} crowns.

Anyone who saw the incident is asked to call the station at {n3} {m4}. The case number is {n5}.
""",
    ),
    (
        ("Flight delayed", "{company} flight delayed in {town}"),
        """
Flight {code}{n3} from {town} to {town2} was delayed by {p1} hours and {q2} minutes on {day}
because of {cause}. The {m3} passengers were given vouchers of {n2} crowns.

The airline apologised and said that passengers would be rebooked free of charge.
""",
    ),
    (
        ("House sales", "House sold on {street} street"),
        """
A {p1}-bedroom house at {n3} {street} street in {town} was sold by {person} to {other} for
{n3},{m3} crowns on {month} {q2}. The property was built in 19{n2} and has {m4} square metres of
land.

It was last sold in 200{m1} for {p3},{q3} crowns.
""",
    ),
    (
        ("Product recall", "{company} recalls {name}"),
        """
{company} is recalling about {n5} units of its {name} because the {part} may fail. The units
were sold between {month} and {month2} at shops for about {n2} crowns.

The firm has received {p2} reports, {p1} of them of minor injuries. Consumers should stop using
it and call {n3} {m4} for a refund.
""",
    ),
    (
        ("Earthquake", "Quake near {town}"),
        """
An earthquake of magnitude {p1}.{m1} struck {n2} kilometres {wind} of {town} on {day} at {q2}
minutes past {r1}, at a depth of {m2} kilometres, the seismological office said.

There were no immediate reports of damage. A quake of {p1}.{n1} hit the area in {month} of last
year.
""",
    ),
    (
        ("New appointment", "{company} names {person}"),
        """
{company} has named {person} as its new director of {part} from {month} {q2}. The {n2}-year-old
succeeds {other}, who leaves after {p2} years.

Before that the new director worked at {company2} in {town}, where {m4} people reported to the
post. The company did not say what the salary will be.
""",
    ),
)

#: Half of all names are of these few, as on a local paper's pages.
FEW: tuple[str, ...] = tuple("Vennmouth Oldby Lommel Aarburg Carrow Selwick Tornby Halmar".split())


def deal_name(chance: random.Random) -> str:
    """A name: one of the few, or one invented of two or three syllables."""
    if chance.random() < 1 / 2:
        return chance.choice(FEW)
    return "".join(chance.sample(SYLLABLES, chance.randint(2, 3))).capitalize()


def deal_facts(chance: random.Random) -> dict[str, str]:
    """What is filled into a form."""
    facts = {
        f"{letter}{digits}": str(chance.randint(10 ** (digits - 1), 10**digits - 1))
        for letter in "nmpqr"
        for digits in range(1, 6)
    }
    facts |= {"q2": str(chance.randint(10, 28)), "r1": str(chance.randint(2, 11))}
    for place in ("town", "town2", "team", "rival", "third", "street", "name"):
        facts[place] = deal_name(chance)
    for firm in ("company", "company2"):
        facts[firm] = f"{deal_name(chance)} {chance.choice(('Group', 'Holding', 'Works', 'AG'))}"
    for who in ("person", "other"):
        facts[who] = f"{chance.choice(FIRST.split())} {chance.choice(LAST.split())}"
    facts |= {"day": chance.choice(DAYS), "day2": chance.choice(DAYS)}
    facts |= {"month": chance.choice(MONTHS.split()), "month2": chance.choice(MONTHS.split())}
    facts |= {"wind": chance.choice(WINDS), "sky": chance.choice(SKIES).capitalize()}
    facts |= {"cause": chance.choice(CAUSES), "code": deal_name(chance)[:2].upper()}
    facts["part"] = chance.choice(("battery", "sales", "handle", "finance", "valve", "research"))
    return facts


def make_line(number: int) -> bytes:
    """A notice as a line of JSON Lines: the same in every run."""
    chance = random.Random(SEED * 7 + number)
    site = chance.randrange(SITES)
    titles, form = FORMS[number % len(FORMS)]
    facts = deal_facts(chance)
    text = "\n\n".join(" ".join(part.split()) for part in form.strip().split("\n\n"))
    text, title = text.format(**facts), chance.choice(titles).format(**facts)
    style = random.Random(site)
    if style.random() < 1 / 4:
        text, title = text.upper(), title.upper()
    if style.random() < 1 / 2:
        menu = style.sample(MENU, style.randint(4, len(MENU)))
        text = "\n\n".join((*menu, title, text, *style.sample(PROMPTS, 2), *reversed(menu)))
    elif style.random() < 1 / 2:
        text = "\n\n".join((text, *style.sample(PROMPTS, 3)))
    published = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(7_000))
    return msgspec.json.encode(
        {
            "id": str(number),
            "url": f"https://site{site}.example/{number}",
            "title": title,
            "text": text,
            "published": published.isoformat() if style.random() < 3 / 4 else None,
        }
    )


def main() -> None:
    """Print what was joined."""
    notices = int(sys.argv[1]) if len(sys.argv) > 1 else NOTICES
    lines = [make_line(number) for number in range(notices)]
    with tempfile.TemporaryDirectory() as name:
        now = datetime.now(UTC)
        path = Path(name) / "archive.db"
        with create_archive(path, fingerprint_version=FINGERPRINT_VERSION, now=now) as archive:
            begun = time.process_time()
            import_lines(archive, lines, collection="bench", sites={})
            seconds = time.process_time() - begun
            with archive.read() as connection:
                rows = connection.execute(sa.select(article.c.external_id, article.c.story_id))
                members = defaultdict(list)
                for row in rows:
                    members[row.story_id].append(int(row.external_id))
    joined = [sorted(story) for story in members.values() if len(story) > 1]
    print(f"{notices} notices, {notices / seconds:.0f} a second of CPU")
    print(f"stories with more than one notice: {len(joined)}, {sum(map(len, joined))} notices")
    for story in joined[:SHOWN]:
        print(" ", len(story), "of kinds", sorted({number % len(FORMS) for number in story}))
        for number in story[:2]:
            print("   ", lines[number].decode())


main()
