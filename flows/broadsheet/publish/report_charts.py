"""The geometry of the report's charts, as numbers that the template draws.

All lengths are in the units of a view box; the template scales them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broadsheet.records import Accounts

FLOW_WIDTH: Final = 100.0
_FLOW: Final = 84.0  # height of all raw records
_SLOT: Final = 34.0  # least height of an outcome, so that its label fits
_GAP: Final = 6.0
_HAIRLINE: Final = 0.8  # least width of a band, so that one record in a million is seen
_MOST_MONTHS: Final = 72
_MOST_YEARS: Final = 80
_DECEMBER: Final = 12


@dataclass(frozen=True, slots=True)
class Band:
    """One outcome of the raw records: a ribbon from the left edge to the right one.

    Attributes:
        name: what became of them.
        records: how many.
        share: of all raw records, 0 to 1.
        path: the ribbon, as SVG path data.
        top: of the ribbon at the right edge.
        height: of the ribbon.
        label_at: middle of the ribbon at the right edge, as a share of the whole height.

    """

    name: str
    records: int
    share: float
    path: str
    top: float
    height: float
    label_at: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The way of the raw records to their outcomes."""

    raw: int
    height: float
    left_top: float
    left_height: float
    bands: tuple[Band, ...]


def flow(accounts: Accounts) -> Flow:
    """Return the diagram of what became of the raw records."""
    parts = (
        ("published", accounts.published),
        ("duplicates", accounts.duplicates),
        ("quarantined", accounts.quarantined),
    )
    raw = max(accounts.raw, 1)
    widths = [max(_FLOW * n / raw, _HAIRLINE if n else 0.0) for _, n in parts]
    slots = [max(width + _GAP, _SLOT) for width in widths]
    height = sum(slots)
    left = (height - sum(widths)) / 2
    left_top, slot_top = left, 0.0
    bands = []
    for (name, records), width, slot in zip(parts, widths, slots, strict=True):
        top = slot_top + (slot - width) / 2
        bands.append(
            Band(
                name=name,
                records=records,
                share=records / raw,
                path=_ribbon(left, top, width) if records else "",
                top=round(top, 2),
                height=round(width, 2),
                label_at=round((top + width / 2) / height, 4),
            )
        )
        left += width
        slot_top += slot
    return Flow(
        raw=accounts.raw,
        height=round(height, 2),
        left_top=round(left_top, 2),
        left_height=round(sum(widths), 2),
        bands=tuple(bands),
    )


def _ribbon(left: float, right: float, width: float) -> str:
    """Return a band between two edges as SVG path data, bent like an S."""
    half = FLOW_WIDTH / 2
    a, b, c, d = (round(y, 2) for y in (left, right, right + width, left + width))
    return f"M0 {a}C{half} {a} {half} {b} {FLOW_WIDTH} {b}V{c}C{half} {c} {half} {d} 0 {d}Z"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart over time or size."""

    label: str
    count: int
    share_of_most: float


def columns(counts: Iterable[tuple[str, int]]) -> tuple[Column, ...]:
    """Return the columns of a chart, heights as shares of the highest."""
    pairs = list(counts)
    most = max((count for _, count in pairs), default=0) or 1
    return tuple(Column(label, count, count / most) for label, count in pairs)


def over_time(months: Mapping[str, int]) -> tuple[Column, ...]:
    """Return articles over time without gaps: by month, else by year, else by decade."""
    if not months:
        return ()
    first, last = min(months), max(months)
    span = _months_between(first, last)
    if len(span) <= _MOST_MONTHS:
        return columns((month, months.get(month, 0)) for month in span)
    step = 1 if len(span) <= _MOST_YEARS * _DECEMBER else 10
    start, end = (int(month[:4]) // step * step for month in (first, last))
    by_step = dict.fromkeys(range(start, end + 1, step), 0)
    for month, count in months.items():
        by_step[int(month[:4]) // step * step] += count
    suffix = "" if step == 1 else "s"
    return columns((f"{year}{suffix}", count) for year, count in by_step.items())


def _months_between(first: str, last: str) -> Sequence[str]:
    start, end = (int(month[:4]) * _DECEMBER + int(month[5:]) - 1 for month in (first, last))
    return [f"{n // _DECEMBER:04d}-{n % _DECEMBER + 1:02d}" for n in range(start, end + 1)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart."""

    label: str
    count: int
    share: float
    share_of_most: float


def bars(counts: Mapping[str, int], total: int, most_bars: int = 12) -> tuple[Bar, ...]:
    """Return the first bars of counts in their order; the rest is summed as "all others"."""
    pairs = list(counts.items())
    shown = pairs if len(pairs) <= most_bars else pairs[: most_bars - 1]
    most = max((count for _, count in shown), default=0) or 1
    bars = [Bar(label, n, n / max(total, 1), n / most) for label, n in shown]
    if rest := pairs[len(shown) :]:
        # Many small ones together have no bar: it would dwarf those that are compared.
        count = sum(n for _, n in rest)
        bars.append(Bar(f"{len(rest):,} others", count, count / max(total, 1), 0.0))
    return tuple(bars)
