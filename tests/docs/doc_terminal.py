"""Where pages of docs/ are typed: what a reader types works, and prints what the page shows.

The pages' sites are those of the demo. Here they are served on loopback, so that in what is typed
``https://HOST`` becomes the address at which that site is served, and a bare ``HOST`` its site
("127.0.0.21:8400"); in what is printed the same is turned round. After `scraper init` the config is
allowed to reach these addresses, and need not wait between requests.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from click.testing import CliRunner

from scraper.cli.app import cli
from scraper.demo.sites import SITES
from tests.docs.doc_pages import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.demo.server import RunningWorld

#: What a page says to save, by the language of its block, and as which file.
FILES = {"jsonl": "articles.jsonl", "toml": "config.toml", "python": "ask.py", "sql": "query.sql"}
#: What only a shell understands.
_SHELL = re.compile(r"[|<>;&]|^(?!scraper )")


class Step(NamedTuple):
    """A command of the page, what the page shows of its output, and the exit code it implies."""

    typed: str
    shown: str
    exit_code: int


def read_steps(console: str) -> Iterator[Step]:
    """The commands of a console block; one that is not followed by `echo $?` ends with 0."""
    sessions = [part for part in re.split(r"^\$ ", console, flags=re.MULTILINE) if part]
    parts = [part.partition("\n")[::2] for part in sessions]
    for (typed, shown), (then, said) in zip(parts, [*parts[1:], ("", "")], strict=True):
        if typed != "echo $?":
            yield Step(typed, shown, int(said) if then == "echo $?" else 0)


def matches(printed: str, shown: str) -> bool:
    """Whether this is what the page shows: "..." stands for anything, spacing does not count."""
    parts = [" ".join(part.split()) for part in shown.split("...")]
    pattern = ".*".join(rf"\s*{re.escape(part)}\s*" for part in parts)
    return re.fullmatch(pattern, " ".join(printed.split()), re.DOTALL) is not None


class Terminal:
    """Where the page is typed: commands run in this process, in a folder of their own."""

    def __init__(self, world: RunningWorld, folder: Path) -> None:
        self._folder = folder
        self._allowed = world.allow_addresses
        self._hosts = [
            (site.host, world.addresses[site.key].removeprefix("http://"))
            for site in SITES
            if site.key in world.addresses
        ]

    def localise(self, text: str) -> str:
        """The text with the addresses at which the sites are served."""
        for host, address in self._hosts:
            text = text.replace(f"https://{host}", f"http://{address}").replace(host, address)
        return text

    def globalise(self, text: str) -> str:
        """The text with the sites' own addresses."""
        for host, address in self._hosts:
            text = text.replace(f"http://{address}", f"https://{host}").replace(address, host)
        return text

    def type(self, typed: str) -> tuple[int, str]:
        """The command's exit code and what it prints, stderr included.

        Commands of ours run in this process, what a shell must read in one of its own.
        """
        if _SHELL.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", typed)):
            return self._type_to_shell(self.localise(typed))
        arguments = shlex.split(self.localise(typed))[1:]
        result = CliRunner().invoke(cli, arguments, prog_name="scraper")
        if arguments == ["init"] and result.exit_code == 0:
            self._open_world()
        return result.exit_code, self.globalise(result.output)

    def save(self, name: str, content: str) -> None:
        """Nothing; the file ends with this content."""
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(self.localise(content))

    def run_page(self, page: str) -> int:
        """How many commands were typed: all of the page's console blocks, from top to bottom.

        Each must end with the code that the page implies and print what it shows. What the page
        says to save is saved, settings that it names are set.
        """
        count = 0
        for language, content in BLOCK.findall(page):
            if language in FILES:
                self.save(FILES[language], content)
            elif language == "console":
                for step in read_steps(content):
                    exit_code, printed = self.type(step.typed)
                    assert exit_code == step.exit_code, f"{step.typed}: {printed}"
                    assert matches(printed, step.shown), f"{step.typed}: {printed}"
                    count += 1
        return count

    def _type_to_shell(self, typed: str) -> tuple[int, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        ran = subprocess.run(
            ["/bin/sh", "-c", typed],
            cwd=self._folder,
            env=os.environ | {"PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,  # what would go on for ever is no page's to type
        )
        return ran.returncode, self.globalise(ran.stdout)

    def _open_world(self) -> None:
        config = self._folder / "config.toml"
        text = config.read_text(encoding="utf-8")
        addresses = ", ".join(f'"{address}"' for address in self._allowed)
        for before, after in (
            ("allow_addresses = []", f"allow_addresses = [{addresses}]"),
            ("min_delay_seconds = 1.0", "min_delay_seconds = 0.0"),
        ):
            assert text.count(before) == 1
            text = text.replace(before, after)
        config.write_text(text, encoding="utf-8")
