"""An archive of an older schema brought to this program's, or refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.errors import ArchiveVersionError
from scraper.store import schema
from scraper.store.archive import Archive, check_version, found_revision, locate
from scraper.store.backup import copy_archive
from scraper.store.sqlite import SqliteFile

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.archive import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """The schema revisions before and after; ``backup`` is the archive as it was, if it was a file.

    They are equal where nothing was to be done.
    """

    before: str
    after: str
    backup: Path | None = None


def upgrade_archive(where: Where) -> Upgrade:
    """What was done: all migrations in one transaction, under the archive's lock.

    A copy of a file as it was stays beside it (``backup_before``). Raises ArchiveMissingError,
    ArchiveVersionError for an archive of a newer program, LockedError while another run lasts.
    """
    location = locate(where)
    location.find()
    with Archive(location) as archive:
        before = _refuse_newer(archive)
        if before == schema.REVISION:
            return Upgrade(before=before, after=before)
        with location.hold_lock():
            before = _refuse_newer(archive)  # it may have changed before we got the lock
            backup = None
            if isinstance(location, SqliteFile):
                backup = backup_before(location.path, before)
                copy_archive(archive, part := backup_before(location.path, f"{before}.part"))
                part.replace(backup)
            _migrate(archive, before)
            return Upgrade(before=before, after=schema.REVISION, backup=backup)


def backup_before(path: Path, revision: str) -> Path:
    """Where the archive as it was with this schema revision is kept when it is upgraded."""
    return path.with_name(f"{path.name}.before-upgrade-from-{revision}")


def list_backups(archive: Archive) -> list[Path]:
    """The copies of the archive's file that upgrades left beside it, by name."""
    if not isinstance(archive.location, SqliteFile):
        return []
    path = archive.location.path
    return sorted(path.parent.glob(backup_before(path, "*").name))


def _refuse_newer(archive: Archive) -> str:
    """The archive's revision; raises what ``check_version`` does where it is no older one."""
    found = found_revision(archive)
    if found is None or found > schema.REVISION:
        check_version(archive)
        raise AssertionError("check_version raises for these")
    return found


def _migrate(archive: Archive, before: str) -> None:
    from alembic.util import CommandError

    from scraper.store.migrate import upgrade_schema

    try:
        with archive.write() as connection:
            upgrade_schema(connection)
    except CommandError as exc:
        remedy = "that revision is unknown; was it made by a version in development?"
        location = str(archive.location)
        raise ArchiveVersionError(location, before, schema.REVISION, remedy) from exc
