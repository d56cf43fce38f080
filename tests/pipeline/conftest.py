"""Articles written for archives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import prose

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def write_text() -> Callable[..., str]:
    """A writer of invented prose: the same seed gives the same text, another seed another."""
    return prose.write_text
