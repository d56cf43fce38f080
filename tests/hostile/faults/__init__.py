"""What strangers' servers do, by accident and on purpose, and what must come of each.

setting    what a fault is, and the list of them
the rest   faults by what they are about; importing them fills the list
"""

from tests.hostile.faults import (
    broken,
    framing,
    growing,
    markup,
    pages,
    redirects,
    robots,
    slow,
    statuses,
    walls,
)
from tests.hostile.faults.setting import FAULTS, MEGABYTE, PATH, Fault, Setting

__all__ = [
    "FAULTS",
    "MEGABYTE",
    "PATH",
    "Fault",
    "Setting",
    "broken",
    "framing",
    "growing",
    "markup",
    "pages",
    "redirects",
    "robots",
    "slow",
    "statuses",
    "walls",
]
