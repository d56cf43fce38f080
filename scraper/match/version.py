"""The version of the fingerprints; who only asks for it imports nothing slow."""

from __future__ import annotations

from typing import Final

#: Raised whenever the same texts would get other keys or other relations.
#: 2: lines of the site, and what a text repeats, are left out.
#: 3: menus count as no part of a text; what it has besides is judged in both texts.
FINGERPRINT_VERSION: Final = 3
