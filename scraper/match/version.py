"""The version of the fingerprints; who only asks for it imports nothing slow."""

from __future__ import annotations

from typing import Final

#: Raised whenever the same text would get other keys.
#: 2: lines of the site, and what a text repeats, are left out.
FINGERPRINT_VERSION: Final = 2
