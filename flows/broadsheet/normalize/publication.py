"""When an article was published: the witnesses of its date, weighed against one another.

An instant is kept only if its time of day and its zone are known; the calendar day is the
outlet's. Witnesses that agree raise the confidence, witnesses that disagree are noted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from broadsheet.config import Dates
from broadsheet.normalize.date_relative import read_relative
from broadsheet.normalize.dates import StatedDate, Unread, read_date
from broadsheet.normalize.locality import NOWHERE, Locality
from broadsheet.reasons import Reason
from broadsheet.records import Evidence, Precision, Witness

_MOST_CONFIDENCE = 0.999
_MOST_WITNESSES = 32
_LEAST_LEADING = 0.25
_ZONES_SPAN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and when an article was published, as far as it is known beside its date.

    Attributes:
        locality: languages, country, order of all-digit dates.
        zone: the outlet's time zone, else the configured one.
        crawled_at: when the page was fetched, UTC.
        founded: the year of the outlet's first issue; nothing of it is older.

    """

    locality: Locality = NOWHERE
    zone: ZoneInfo | None = None
    crawled_at: datetime | None = None
    founded: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """What one witness, or several that agree, say of an instant.

    Attributes:
        on: the calendar day at the outlet; None where the day is not stated.
        at: the instant, UTC, where it is known.
        precision: how much is stated and kept.
        witness: the witness that it comes from.
        confidence: estimated probability that it is right.
        days: the days that it can mean at the outlet; several where only UTC's is known.
        notes: what was assumed.

    """

    on: date | None
    at: datetime | None
    precision: Precision
    witness: Witness
    confidence: float
    days: frozenset[date] = frozenset()
    notes: tuple[Reason, ...] = ()

    def evidence(self, column: str) -> Evidence:
        """Return the evidence of a column that holds this dating."""
        w = self.witness
        return Evidence(field=column, rule=w.rule, confidence=self.confidence, excerpt=w.excerpt)


def date_article(
    witnesses: Iterable[Witness], place: Place, settings: Dates
) -> tuple[Dating | None, tuple[Reason, ...]]:
    """Weigh the witnesses of one date.

    Args:
        witnesses: those of one field, ``published`` or ``modified``, the most trusted first.
        place: what is known beside.
        settings: the plausible days and the order of all-digit dates.

    Returns:
        The dating that the witnesses support best, if there is one; and the reason codes of what
        was left out, assumed or in conflict.

    """
    asked = islice(witnesses, _MOST_WITNESSES)
    read = [(witness, _date(witness, place, settings)) for witness in asked]
    datings = [found for _, found in read if isinstance(found, Dating)]
    unread = [(witness, found) for witness, found in read if isinstance(found, Unread)]
    datings += _settle_ambiguous(unread, datings)
    if not datings:
        return None, tuple(dict.fromkeys(found.reason for _, found in unread))
    leaders = [dating for dating in datings if not _only_contradicts(dating)]
    if not leaders:
        return None, tuple(dict.fromkeys(found.reason for _, found in unread))
    best = max(
        (_together([d for d in datings if _agree(d, leader)], leader) for leader in leaders),
        key=lambda dating: dating.confidence,
    )
    conflict = any(not _agree(dating, best) for dating in datings)
    return best, best.notes + ((Reason.DATE_CONFLICT,) if conflict else ())


def _only_contradicts(dating: Dating) -> bool:
    """Tell whether a witness was handed on as the loser of a choice: it must not win here."""
    return dating.witness.is_joint and dating.witness.confidence < _LEAST_LEADING


def _date(witness: Witness, place: Place, settings: Dates) -> Dating | Unread:
    """Read one witness, and place what it states on the calendar of the outlet."""
    stated = read_date(witness.value, place.locality)
    if isinstance(stated, Unread) and stated.reason == Reason.DATE_UNPARSED:
        stated = read_date(witness.value)  # in any language, if its words mean one date in all
    notes: list[Reason] = []
    if isinstance(stated, Unread) and stated.reason == Reason.DATE_UNPARSED:
        relative = read_relative(witness.value, place.locality.languages, place.crawled_at)
        if isinstance(relative, StatedDate):
            notes.append(Reason.DATE_RESOLVED)
        stated = relative or stated
    if isinstance(stated, Unread):
        return stated
    on, at, doubts = _on_calendar(stated, place.zone)
    if not _is_plausible(stated, on, at, place, settings):
        return Unread(Reason.DATE_IMPLAUSIBLE)
    precision = stated.precision if at or not stated.time else Precision.DAY
    return Dating(
        on=on,
        at=at,
        precision=precision,
        witness=witness,
        confidence=witness.confidence,
        days=_possible_days(stated, on, doubts),
        notes=(*notes, *doubts),
    )


def _possible_days(
    stated: StatedDate, on: date | None, doubts: tuple[Reason, ...]
) -> frozenset[date]:
    """Return the days at the outlet that a witness can mean.

    A time in UTC is some other day's where the outlet is unknown; and where it is known, a page
    may print the day of UTC or of a reader all the same.
    """
    if on is None or stated.on is None:
        return frozenset()
    if Reason.DATE_UTC_DAY in doubts:
        return frozenset({on - _ZONES_SPAN, on, on + _ZONES_SPAN})
    return frozenset({on, stated.on})


def _on_calendar(
    stated: StatedDate, zone: ZoneInfo | None
) -> tuple[date | None, datetime | None, tuple[Reason, ...]]:
    """Return the day at the outlet, the instant in UTC, and what had to be assumed."""
    on = stated.on
    if on is None or not stated.time:
        return on, None, (Reason.DATE_MIDNIGHT,) if stated.is_midnight else ()
    at = stated.time.instant(on, zone)
    if at and zone and stated.time.is_utc:
        return at.astimezone(zone).date(), at, ()
    if at:  # an offset of its own is the publisher's clock, wherever its owner sits
        return on, at, (Reason.DATE_UTC_DAY,) if stated.time.is_utc else ()
    if zone and not stated.time.zone_name:
        naive = datetime.combine(on, stated.time.at)
        return on, naive.replace(tzinfo=zone).astimezone(UTC), (Reason.DATE_ZONE_ASSUMED,)
    return on, None, (Reason.DATE_ZONE_UNKNOWN,)


def _is_plausible(
    stated: StatedDate, on: date | None, at: datetime | None, place: Place, settings: Dates
) -> bool:
    if place.founded and stated.year < place.founded:
        return False
    if on is None:
        return settings.not_before.year <= stated.year <= settings.not_after.year
    if not settings.not_before <= on <= settings.not_after:
        return False
    if place.crawled_at is None:
        return True
    # Nothing was published after it was fetched; a day without its zone may begin a day early.
    if at:
        return at <= place.crawled_at + timedelta(hours=1)
    return on <= (place.crawled_at + _ZONES_SPAN).date()


def _settle_ambiguous(
    unread: Sequence[tuple[Witness, Unread]], datings: Sequence[Dating]
) -> list[Dating]:
    """Read ambiguous days by the one of their meanings that another witness states."""
    days = {dating.on for dating in datings}
    return [
        Dating(
            on=shared[0],
            at=None,
            precision=Precision.DAY,
            witness=witness,
            confidence=witness.confidence,
            days=frozenset(shared),
        )
        for witness, found in unread
        if len(shared := [day for day in found.candidates if day in days]) == 1
    ]


def _agree(one: Dating, other: Dating) -> bool:
    """Tell whether two datings can be of one day; one without a day contradicts nothing."""
    return not one.days or not other.days or bool(one.days & other.days)


def _origin(dating: Dating) -> str:
    """Return what an agreement counts once: a rule, or all places that were weighed as one."""
    return "joint" if dating.witness.is_joint else dating.witness.rule


def _together(agreeing: Sequence[Dating], leader: Dating) -> Dating:
    """Join datings that agree with a leader into one, as exact and as sure as they are together.

    Each further origin removes up to half of the doubt that its own confidence would remove if it
    were independent: pages repeat one date in several places.
    """
    doubt = 1 - leader.confidence
    days = [dating for dating in agreeing if dating.on is not None]  # a month confirms no day
    for origin in sorted({_origin(dating) for dating in days} - {_origin(leader)}):
        doubt *= 1 - max(d.confidence for d in days if _origin(d) == origin) / 2
    exact = next((d for d in (leader, *agreeing) if d.at), leader)
    local = [
        d.on
        for d in sorted(agreeing, key=lambda d: -d.confidence)
        if d.on and len(d.days) == 1 and d.days <= exact.days
    ]
    is_settled = bool(local)
    on = local[0] if local else exact.on
    return Dating(
        on=on,
        at=exact.at,
        precision=exact.precision,
        witness=exact.witness,
        confidence=min(max(1 - doubt, leader.confidence), _MOST_CONFIDENCE),
        days=frozenset({on}) if on and is_settled else exact.days,
        notes=tuple(n for n in exact.notes if not (is_settled and n == Reason.DATE_UTC_DAY)),
    )
