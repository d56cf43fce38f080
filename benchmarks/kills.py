"""Disturbs the program in every way that a machine can, and counts what came of it.

    python benchmarks/kills.py [KILLS] [PAIRS] [SECONDS]

KILLS (50) SIGKILLs at moments of chance in `run` with snapshots, and a fifth as many in each of
`forget`, `prune` and `rebuild articles`, each followed by `db check`; in the end the archive must
be that of an undisturbed run. PAIRS (20) of `run` started together. SECONDS (40) of `run` beside
`watch` beside a reader of `web` at 20 pages a second, while articles are published. Loopback only;
a quarter of an hour. Ends with a traceback where anything is lost or doubled.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.disturbances import kill_others, kill_runs, run_beside_others, run_pairs
from tests.disturbed import serve_press

PAPERS, ARTICLES = 6, 40


def main(kills: int = 50, pairs: int = 20, seconds: float = 40.0) -> None:
    """Print all figures."""
    chance = random.Random(1)
    with serve_press(PAPERS, ARTICLES) as press, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print(kill_runs(folder, press, kills, chance), flush=True)
        for told in kill_others(folder, press, max(1, kills // 5), chance):
            print(told, flush=True)
        print(run_pairs(folder, press, pairs), flush=True)
        print(run_beside_others(folder, press, seconds), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
