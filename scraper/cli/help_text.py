"""What every command's help ends with: worked examples and the exit codes to expect.

Click's mark for text that must not be re-wrapped, a lone backspace, stays in this file.
"""

from __future__ import annotations

#: What the exit codes mean (DESIGN 7); a command names those that it can end with.
EXIT_CODES = {
    0: "done",
    1: "failed",
    2: "wrong usage",
    3: "a source failed or has been given up, or a page failed for a reason that may pass",
    4: "bad configuration",
    5: "nothing found: no article in the page, or no copy in the archive",
    10: "no archive, or one of another version",
    11: "another run holds the lock",
    130: "interrupted",
}


def end_help(*examples: tuple[str, str], exits: tuple[int, ...]) -> str:
    """The epilog of a command's help: (command line, what it does) pairs, then the exit codes."""
    return "\n\n".join(
        (
            _verbatim("Examples:", [line for example in examples for line in _show(*example)]),
            _verbatim("Exit codes:", [f"  {code:>3}  {EXIT_CODES[code]}" for code in exits]),
        )
    )


def _show(line: str, effect: str) -> tuple[str, str]:
    return f"  $ {line}", f"      {effect}"


def _verbatim(heading: str, lines: list[str]) -> str:
    return "\n".join(("\b", heading, *lines))
