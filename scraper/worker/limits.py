"""What one document may take before its worker is ended."""

from __future__ import annotations

import signal
from dataclasses import dataclass

_MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``memory_bytes`` is address space, of which a worker has 70 MB from the start. The seconds
    are for one document; after so many ``documents`` a worker is replaced.
    """

    memory_bytes: int = 512 * _MEGABYTE
    cpu_seconds: float = 5.0
    wall_seconds: float = 15.0
    documents: int = 1_000

    def explain(self, returncode: int) -> str:
        """Why a worker ended with this code, in words for a person."""
        if returncode == OUT_OF_MEMORY:
            return f"parsing it took more than {self.memory_bytes // _MEGABYTE} MB"
        if returncode == -signal.SIGPROF:
            return f"parsing it took more than {self.cpu_seconds:g} s of CPU"
        if returncode < 0:
            names = {number.value: number.name for number in signal.Signals}
            return f"its worker was ended by {names.get(-returncode, f'signal {-returncode}')}"
        return f"its worker ended with code {returncode}"

    @property
    def overdue(self) -> str:
        """Why a worker was ended that gave no answer in time."""
        return f"parsing it took longer than {self.wall_seconds:g} s"


#: With one worker a document that takes its five seconds would hold up all others.
MIN_WORKERS = 2

#: The code with which a worker ends that may have no more memory.
OUT_OF_MEMORY = 86
