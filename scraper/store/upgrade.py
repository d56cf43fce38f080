"""An archive of an older schema brought to this program's, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import ArchiveMissingError, ArchiveVersionError
from scraper.store import schema
from scraper.store.archive import Archive, check_version, found_revision, hold_lock
from scraper.store.backup import copy_archive

if TYPE_CHECKING:
    from pathlib import Path


def upgrade_archive(path: Path) -> tuple[str, str]:
    """The schema revisions that the archive had and has; equal where nothing was to be done.

    A copy of the archive as it was stays beside it (``backup_before``). All migrations are one
    transaction, under the archive's lock. Raises ArchiveMissingError, ArchiveVersionError for an
    archive of a newer program, LockedError while another run lasts.
    """
    if not path.is_file():
        raise ArchiveMissingError(str(path))
    archive = Archive(path)
    try:
        before = _refuse_newer(path, archive)
        if before == schema.REVISION:
            return before, before
        with hold_lock(path):
            before = _refuse_newer(path, archive)  # it may have changed before we got the lock
            copy_archive(archive, part := backup_before(path, f"{before}.part"))
            part.replace(backup_before(path, before))
            _migrate(path, archive, before)
            return before, schema.REVISION
    finally:
        archive.close()


def backup_before(path: Path, revision: str) -> Path:
    """Where the archive as it was with this schema revision is kept when it is upgraded."""
    return path.with_name(f"{path.name}.before-upgrade-from-{revision}")


def _refuse_newer(path: Path, archive: Archive) -> str:
    """The archive's revision; raises what ``check_version`` does where it is no older one."""
    found = found_revision(archive)
    if found is None or found > schema.REVISION:
        check_version(path, found)
        raise AssertionError("check_version raises for these")
    return found


def _migrate(path: Path, archive: Archive, before: str) -> None:
    from alembic.util import CommandError

    from scraper.store.migrate import upgrade_schema

    try:
        with archive.write() as connection:
            upgrade_schema(connection)
    except CommandError as exc:
        remedy = "that revision is unknown; was it made by a version in development?"
        raise ArchiveVersionError(str(path), before, schema.REVISION, remedy) from exc
