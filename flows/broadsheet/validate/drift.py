"""Drift: how far a release differs from the one before, so that a broken scraper is noticed.

Both sides are the figures in ``validation/results.json``; no row is read again. Two things are
compared with the release before: the whole, and what was added to it, because a field that a
scraper lost last month hardly moves the shares of ten years. Shares of a vocabulary are compared
by their total variation distance: half the sum of all differences, 0 for the same, 1 for nothing
in common.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from broadsheet.config import Drift
from broadsheet.records import ExpectationResult, Severity, Verdict
from broadsheet.verdicts import NO_ROWS

SUITE: Final = "broadsheet.drift"

_VOCABULARIES: Final = {
    "outlets": ("outlet", "outlets"),
    "languages": ("language", "languages"),
    "formats": ("source_format", "formats of raw records"),
    "precisions": ("published_precision", "precisions of the date"),
    "lengths": ("n_words", "lengths"),
}
_CLOSED: Final = ("languages", "formats", "precisions")
_MOST_NAMES: Final = 5

Figures = Mapping[str, Any]


def check_drift(current: Figures, previous: Figures, settings: Drift) -> Verdict:
    """Compare a release with the one before.

    Args:
        current: the results of the release that is being made, in the form of ``results.json``.
        previous: those of the release before.
        settings: the thresholds.

    Returns:
        A verdict with one result for each comparison that was possible. It passes unless
        ``settings.severity`` is critical and a threshold is passed.

    """
    severity = Severity(settings.severity)
    now, before = current["figures"], previous["figures"]
    results: list[ExpectationResult] = []
    if before["rows"] >= settings.least_rows:
        results = [
            _result(severity, comparison)
            for comparison in (
                _rows(now, before, settings),
                *_missing(now, before, settings, "all"),
                *_missing(_added(now, before), before, settings, "added"),
                *_distances(now, before, settings),
                *_vanished(now, before, settings),
                *_new_words(now, before),
                _quarantine(current["accounts"], previous["accounts"], settings),
            )
        ]
    faults = () if now["rows"] else (NO_ROWS,)
    return Verdict(
        suite=SUITE,
        data_sha256=current["release"]["data_sha256"],
        rows=now["rows"],
        results=tuple(results),
        faults=faults,
        passed=not faults
        and (severity is not Severity.CRITICAL or all(result.success for result in results)),
    )


Comparison = tuple[str, str | None, str, bool, str]
"""Id, column, the rule in words, whether it holds, what was found."""


def _result(severity: Severity, comparison: Comparison) -> ExpectationResult:
    name, column, rule, holds, found = comparison
    return ExpectationResult(
        id=f"drift.{name}",
        type="broadsheet_drift",
        description=rule,
        column=column,
        severity=severity,
        success=holds,
        evaluated=0,
        unexpected=0,
        observed=found,
    )


def _rows(now: Figures, before: Figures, settings: Drift) -> Comparison:
    drop = 1 - now["rows"] / before["rows"]
    return (
        "rows",
        None,
        f"The release has at most {settings.rows_drop:.0%} fewer articles than the one before.",
        drop <= settings.rows_drop,
        f"{before['rows']:,} before, {now['rows']:,} now",
    )


def _added(now: Figures, before: Figures) -> Figures:
    """Return the figures of the added rows, as the difference of both sides."""
    missing = {
        column: count - before["missing"][column]
        for column, count in now["missing"].items()
        if column in before["missing"]
    }
    return {"rows": now["rows"] - before["rows"], "missing": missing}


def _missing(now: Figures, before: Figures, settings: Drift, which: str) -> Iterator[Comparison]:
    """Compare the shares of rows without a value."""
    if now["rows"] < settings.least_rows:
        return
    those = "articles" if which == "all" else "added articles"
    for column, count in now["missing"].items():
        if column not in before["missing"] or not 0 <= count <= now["rows"]:
            continue  # rows were removed or changed, too, so that the difference tells nothing
        old, new = before["missing"][column] / before["rows"], count / now["rows"]
        yield (
            f"missing.{column}" if which == "all" else f"added.{column}",
            column,
            f"The share of {those} without {column} rises by at most {settings.missing_rise:.0%}.",
            new - old <= settings.missing_rise,
            f"{old:.1%} before, {new:.1%} {'now' if which == 'all' else 'of what was added'}",
        )


def _distances(now: Figures, before: Figures, settings: Drift) -> Iterator[Comparison]:
    if not now["rows"]:
        return
    for name, (column, words) in _VOCABULARIES.items():
        distance = _distance(_shares(now[name]), _shares(before[name]))
        yield (
            f"shares.{column}",
            column,
            f"The shares of {words} move by at most {settings.shares_distance:.0%} of all.",
            distance <= settings.shares_distance,
            f"{distance:.1%} moved",
        )


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values()) or 1
    return {str(name): count / total for name, count in counts.items()}


def _distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(abs(one.get(k, 0.0) - other.get(k, 0.0)) for k in {**one, **other}) / 2


def _vanished(now: Figures, before: Figures, settings: Drift) -> Iterator[Comparison]:
    """Look for outlets that had a real share and are gone."""
    notable = {name for name, count in before["outlets"].items() if count >= settings.least_rows}
    if notable:
        gone = sorted(notable - set(now["outlets"]))
        yield (
            "vanished.outlet",
            "outlet",
            f"No outlet of at least {settings.least_rows} articles vanishes.",
            not gone,
            _names(gone) or "none vanished",
        )


def _new_words(now: Figures, before: Figures) -> Iterator[Comparison]:
    """Look for values that the release before did not have."""
    for name in _CLOSED:
        column, words = _VOCABULARIES[name]
        fresh = sorted(set(now[name]) - set(before[name]))
        yield f"new.{column}", column, f"No new {words} appear.", not fresh, _names(fresh) or "none"


def _names(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _quarantine(now: Figures, before: Figures, settings: Drift) -> Comparison:
    old, new = (side["quarantined"] / max(side["raw"], 1) for side in (before, now))
    return (
        "quarantine",
        None,
        f"The share of quarantined records rises by at most {settings.quarantine_rise:.0%}.",
        new - old <= settings.quarantine_rise,
        f"{old:.1%} before, {new:.1%} now",
    )
