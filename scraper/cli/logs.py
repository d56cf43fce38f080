"""Where log lines go, and what they look like: configured here and nowhere else."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from scraper.cli.terminal import make_line
from scraper.config import LogConfig

#: Levels by how often -v was given.
_BY_VERBOSITY = (logging.INFO, logging.DEBUG)


class TextFormatter(logging.Formatter):
    """Lines for people, that cannot steer a terminal, whatever a site put into them."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """The line, made of printable characters only; a traceback follows as it is."""
        return make_line(super().formatMessage(record))


class JsonFormatter(logging.Formatter):
    """Lines for programs: one JSON object each, times in UTC, a traceback inside it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what is not ASCII is escaped, control characters included."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure_logging(
    verbosity: int = 0, log_format: str | None = None, config: LogConfig | None = None
) -> None:
    """Nothing; log lines go to stderr, as the command line says and otherwise the config.

    ``verbosity`` 1 is what is done, 2 every detail.
    """
    config = config or LogConfig()
    is_json = (log_format or config.format) == "json"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if is_json else TextFormatter())
    level = _BY_VERBOSITY[min(verbosity, 2) - 1] if verbosity else config.level.upper()
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # That a pass lasts longer than a tick is no warning of ours.
    logging.getLogger("apscheduler").setLevel(logging.DEBUG if verbosity > 1 else logging.ERROR)
