"""Where a command works: the config and the archive that options, environment and defaults name.

Nothing is read before it is asked for, so that `scraper extract` runs beside a broken config.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.logs import configure_logging
from scraper.config import ArchiveConfig, find_config, load_config
from scraper.errors import ConfigError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from scraper.config import Config, SiteConfig
    from scraper.store.archive import Archive, Where


class Workspace:
    """What the global options name; commands receive it by ``@pass_workspace``.

    Log lines are as the options say from the start; what these leave open, the config says, once a
    command has asked for it.
    """

    def __init__(
        self,
        *,
        config_file: str | None = None,
        archive: str | None = None,
        verbosity: int = 0,
        log_format: str | None = None,
        pages: bool = True,
    ) -> None:
        self._config_file = config_file
        self._archive = archive
        self._verbosity = verbosity
        self._log_format = log_format
        #: Whether what is longer than the screen goes through a pager.
        self.pages = pages
        configure_logging(verbosity, log_format)

    @cached_property
    def config_path(self) -> Path | None:
        """The config file in use; None where there is none. Raises ConfigError."""
        return find_config(self._config_file)

    @cached_property
    def config(self) -> Config:
        """The checked config; every default where there is no file. Raises ConfigError."""
        config = self.read_config()
        configure_logging(self._verbosity, self._log_format, config.log)
        return config

    def read_config(self) -> Config:
        """The checked config as the file is now. Raises ConfigError."""
        config = load_config(self.config_path)
        if self.config_path is not None and config.site:
            from scraper.urls import site_of  # reads the list of public suffixes

            for name, settings in config.site.items():
                _check_selectors(self.config_path, name, settings)
                site = site_of(f"https://{name}")
                if name != site and ":" not in name:
                    problem = f'is no site of its own: write [site."{site}"]'
                    raise ConfigError(self.config_path, f'site."{name}"', problem)
        return config

    def write_metrics(self) -> None:
        """Nothing; the textfile that the config asks for has the archive's measures as of now.

        A relative path starts at the config's folder. Raises FileError.
        """
        textfile = self.config.metrics.textfile
        if textfile is None or self.config_path is None:
            return
        from scraper.metrics import write_metrics  # for what few ask for

        write_metrics(self.config_path.parent / Path(textfile).expanduser(), self.open_archive)

    @cached_property
    def archive_path(self) -> Where:
        """The archive's file or database, whether or not it exists. Raises ConfigError, UsageError.

        A relative path starts here where the command line or environment gives it, and at the
        config's folder where the config does.
        """
        if self._archive:
            return self.locate(self._archive)
        from scraper.store.archive import archive_path  # SQLAlchemy, not for `config check`

        named = self.config.archive
        folder = self.config_path.parent if self.config_path else Path()
        return archive_path(named.path, folder, _snapshots_dir(named, folder))

    def locate(self, typed: str) -> Where:
        """The file or database that a person named. Raises ConfigError, UsageError."""
        from scraper.store.archive import archive_path

        if "://" not in typed:
            return archive_path(typed, Path())
        folder = self.config_path.parent if self.config_path else Path()
        return archive_path(typed, Path(), _snapshots_dir(self.config.archive, folder))

    def places_for_new(self) -> tuple[Path, Where]:
        """Where a config and an archive belong that are to be made: as named, or here.

        An archive that no option names lies where the config says, if there is one already.
        Raises ConfigError, UsageError.
        """
        from scraper.store.archive import archive_path

        config = Path(self._config_file or "config.toml")
        if self._archive:
            return config, archive_path(self._archive, Path())
        named = load_config(config).archive if config.exists() else ArchiveConfig()
        folder = config.parent
        return config, archive_path(named.path, folder, _snapshots_dir(named, folder))

    def open_archive(self) -> Archive:
        """The archive, its version checked; a context manager that closes it.

        Raises ConfigError, UsageError, ArchiveError.
        """
        from scraper.store.archive import open_archive

        return open_archive(self.archive_path)

    def open_to_match(self) -> Archive:
        """As ``open_archive``, for commands that relate articles.

        Raises FingerprintsError where its fingerprints are not this program's.
        """
        from scraper.match.version import FINGERPRINT_VERSION
        from scraper.store.archive import check_fingerprints

        archive = self.open_archive()
        try:
            check_fingerprints(archive, FINGERPRINT_VERSION)
        except BaseException:
            archive.close()
            raise
        return archive

    def hold_lock(self) -> AbstractContextManager[None]:
        """The archive's lock while the context lasts; raises LockedError where another holds it."""
        from scraper.store.archive import hold_lock

        return hold_lock(self.archive_path)


def _snapshots_dir(config: ArchiveConfig, folder: Path) -> Path | None:
    """Where a database's WARC files are; None where the config does not say."""
    named = config.snapshots_dir
    return None if named is None else folder / Path(named).expanduser()


def _check_selectors(path: Path, name: str, settings: SiteConfig) -> None:
    chosen = {"text_css": settings.text_css, "title_css": settings.title_css}
    for key, css in chosen.items():
        if css is None:
            continue
        from scraper.extract.selected import is_selector  # the HTML parser, for what few set

        if not is_selector(css):
            raise ConfigError(path, f'site."{name}".{key}', f"{css!r} is no CSS selector")


pass_workspace = click.make_pass_decorator(Workspace)
