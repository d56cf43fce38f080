"""Bringing an archive's schema to the newest revision, by Alembic. Imported only to migrate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    import sqlalchemy as sa

#: The migrations lie inside an installed wheel, or at the top of the repository in a working copy.
_PACKAGE = Path(__file__).resolve().parent.parent
_PLACES = (_PACKAGE / "migrations", _PACKAGE.parent / "migrations")


def upgrade_schema(connection: sa.Connection) -> None:
    """Nothing; the connection's database has the newest schema, in the connection's transaction."""
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def newest_revision() -> str | None:
    """The revision of the newest migration file."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def alembic_config() -> AlembicConfig:
    """Alembic's configuration for the shipped migrations; there is no alembic.ini."""
    config = AlembicConfig()
    place = next(place for place in _PLACES if place.is_dir())
    config.set_main_option("script_location", str(place).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
