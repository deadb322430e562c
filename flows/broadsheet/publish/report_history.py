"""The releases before, as the report's trend shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from broadsheet.errors import StorageError

MOST_RELEASES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One release, this one or one before.

    Attributes:
        version: its version.
        published: its articles.
        quarantined: its quarantined records.
        failing: the share of failing rows by scope and id of the expectation, where it judged rows.

    """

    version: str
    published: int
    quarantined: int
    failing: Mapping[str, float] = field(default_factory=dict)


def read_history(results: Iterable[Path]) -> tuple[Past, ...]:
    """Return the last releases, the oldest first.

    Args:
        results: files in the form of ``results.json``, the oldest first; a missing one is left out.

    Raises:
        StorageError: a file may not be read, or is something else.

    """
    pasts = []
    for path in list(results)[-MOST_RELEASES:]:
        try:
            pasts.append(past_of(orjson.loads(path.read_bytes())))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StorageError(f"{path} cannot be read: {error.strerror}.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise StorageError(f"{path} holds no validation results: {error}.") from error
    return tuple(pasts)


def past_of(results: Mapping[str, Any]) -> Past:
    """Return a release's point in the trend from its results."""
    return Past(
        version=str(results["version"] or "this build"),
        published=results["accounts"]["published"],
        quarantined=results["accounts"]["quarantined"],
        failing={
            f"{scope}/{result['id']}": result["unexpected"] / result["evaluated"]
            for scope in ("release", "batches")
            for result in results[scope]["results"]
            if result["evaluated"]
        },
    )
