"""What a run says while it works: events with figures, as words or as JSON lines on stderr."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

LOGGER = logging.getLogger("broadsheet.run")


def tell(event: str, **figures: Any) -> None:  # noqa: ANN401 - JSON values
    """Log an event of a run, such as ``batch.done``, with what is known of it."""
    LOGGER.info(event, extra={"figures": figures})


class JsonLines(logging.Formatter):
    """One JSON object a line: ``at`` (UTC), ``event``, and the event's figures."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        figures = getattr(record, "figures", {})
        value = {"at": at, "event": record.getMessage(), **figures}
        return json.dumps(value, ensure_ascii=False, default=str)


def log_as_json() -> None:
    """Write all further events to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
