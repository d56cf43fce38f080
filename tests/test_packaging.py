"""What is shipped: a wheel that works in an empty environment, away from the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def call(*command: str | Path, cwd: Path) -> str:
    """What the command printed; it must end with 0."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the working copy."""
    folder = tmp_path_factory.mktemp("wheel")
    call(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, REPOSITORY,
        cwd=folder,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_what_the_program_reads(wheel: Path) -> None:
    """Migrations, the example config, the demo's world and the browser's pages are inside."""
    with zipfile.ZipFile(wheel) as files:
        names = set(files.namelist())
    assert "scraper/config.example.toml" in names
    assert "scraper/migrations/env.py" in names
    assert "scraper/py.typed" in names
    wanted = {
        f"scraper/{path.relative_to(REPOSITORY)}"
        for path in (REPOSITORY / "migrations" / "versions").glob("*.py")
    } | {
        str(path.relative_to(REPOSITORY))
        for folder in ("demo/texts", "demo/templates", "web/templates", "web/static")
        for path in (REPOSITORY / "scraper" / folder).rglob("*.*")
    }
    assert {"scraper/web/static/style.css", "scraper/web/templates/base.html"} <= names
    assert wanted <= names
    assert not [name for name in names if name.startswith("tests/")]


def test_an_installed_wheel_begins_an_archive_in_an_empty_folder(
    wheel: Path, tmp_path: Path
) -> None:
    """`pip install` into an empty environment, then `scraper init` in an empty folder."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    python = environment / "bin" / "python"
    call(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index",
        "--disable-pip-version-check", wheel,
        cwd=tmp_path,
    )  # fmt: skip
    # The libraries come from this environment: a test does not download them again.
    (site_packages,) = environment.glob("lib/python*/site-packages")
    (site_packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    folder = tmp_path / "empty"
    folder.mkdir()
    scraper = environment / "bin" / "scraper"
    where = call(python, "-c", "import scraper; print(scraper.__file__)", cwd=folder).strip()
    assert Path(where).is_relative_to(environment)
    call(scraper, "init", cwd=folder)
    assert {path.name for path in folder.iterdir()} >= {"config.toml", "archive.db"}
    call(scraper, "config", "check", cwd=folder)
    call(scraper, "status", cwd=folder)
    call(scraper, "db", "check", cwd=folder)
