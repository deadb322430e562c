"""When it was published: several witnesses, one calendar, and what is said of the doubt."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from broadsheet.config import Dates
from broadsheet.normalize.locality import Locality
from broadsheet.normalize.publication import Place, date_article
from broadsheet.reasons import Reason
from broadsheet.records import Precision, Witness

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
SETTINGS = Dates()
NO_PLACE = Place()


def witness(value, rule="meta.published", confidence=0.9):
    return Witness(field="published", value=value, rule=rule, confidence=confidence, excerpt=value)


def dated(*values, place=NO_PLACE, settings=SETTINGS):
    """Date an article by witnesses of one rule each, in falling confidence."""
    witnesses = [
        witness(value, f"rule.{number}", 0.9 - number / 10) for number, value in enumerate(values)
    ]
    return date_article(witnesses, place, settings)


@pytest.mark.parametrize(
    ("found", "zone", "at", "on", "notes"),
    [
        # zone stated, outlet known: the day is the outlet's
        ("2024-03-01T00:30+09:00", TOKYO, (2024, 2, 29, 15, 30), (2024, 3, 1), ()),
        ("2024-02-29T15:30Z", TOKYO, (2024, 2, 29, 15, 30), (2024, 3, 1), ()),
        ("2024-03-01T03:30Z", NEW_YORK, (2024, 3, 1, 3, 30), (2024, 2, 29), ()),
        # zone stated, outlet unknown: the day as written
        ("2024-03-01T00:30+09:00", None, (2024, 2, 29, 15, 30), (2024, 3, 1), ()),
        ("2024-03-01T03:30Z", None, (2024, 3, 1, 3, 30), (2024, 3, 1), (Reason.DATE_UTC_DAY,)),
        # zone not stated
        (
            "2024-03-01 09:30",
            TOKYO,
            (2024, 3, 1, 0, 30),
            (2024, 3, 1),
            (Reason.DATE_ZONE_ASSUMED,),
        ),
        ("2024-03-01 09:30", None, None, (2024, 3, 1), (Reason.DATE_ZONE_UNKNOWN,)),
        ("March 1, 2024 9:30 AM ET", None, (2024, 3, 1, 14, 30), (2024, 3, 1), ()),
        ("July 1, 2024 9:30 AM ET", None, (2024, 7, 1, 13, 30), (2024, 7, 1), ()),
        # an abbreviation of several zones is believed if it is the outlet's own
        (
            "1 March 2024 9:30 IST",
            ZoneInfo("Asia/Kolkata"),
            (2024, 3, 1, 4, 0),
            (2024, 3, 1),
            (),
        ),
        ("1 March 2024 9:30 IST", None, None, (2024, 3, 1), (Reason.DATE_ZONE_UNKNOWN,)),
        # no time of day
        ("2024-03-01", TOKYO, None, (2024, 3, 1), ()),
        ("2024-03-01T00:00:00Z", NEW_YORK, None, (2024, 3, 1), (Reason.DATE_MIDNIGHT,)),
    ],
)
def test_an_instant_needs_time_and_zone_and_the_day_is_the_outlets(found, zone, at, on, notes):
    dating, said = dated(found, place=Place(zone=zone))

    assert dating.at == (datetime(*at, tzinfo=UTC) if at else None)
    assert dating.on == date(*on)
    assert said == notes


@pytest.mark.parametrize(
    ("found", "precision"),
    [
        ("2024-03-01T12:30:45Z", Precision.SECOND),
        ("2024-03-01T12:30Z", Precision.MINUTE),
        ("2024-03-01 12:30", Precision.DAY),  # without a zone the time is not kept
        ("2024-03-01", Precision.DAY),
        ("March 2024", Precision.MONTH),
        ("2024", Precision.YEAR),
    ],
)
def test_precision_says_how_much_is_kept(found, precision):
    dating, _ = dated(found)

    assert dating.precision == precision


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ("2024-02-30", Reason.DATE_IMPOSSIBLE),
        ("9999-01-01", Reason.DATE_IMPLAUSIBLE),
        ("1492-10-12", Reason.DATE_IMPLAUSIBLE),
        ("2028-01-01", Reason.DATE_IMPLAUSIBLE),
        ("3024", Reason.DATE_IMPLAUSIBLE),
        ("01/02/2024", Reason.DATE_AMBIGUOUS),
        ("yesterday", Reason.DATE_RELATIVE),
        ("3 hours ago", Reason.DATE_RELATIVE),
        ("on Monday", Reason.DATE_RELATIVE),
        ("jan " * 20_000, Reason.DATE_UNPARSED),
    ],
)
def test_a_date_that_cannot_be_kept_is_null_with_its_reason(found, reason):
    assert dated(found) == (None, (reason,))


CRAWLED = datetime(2024, 3, 6, 1, 0, tzinfo=UTC)  # a Wednesday; Tuesday in New York


@pytest.mark.parametrize(
    ("found", "languages", "on"),
    [
        ("yesterday", ("en",), date(2024, 3, 4)),
        ("3 hours ago", ("en",), date(2024, 3, 5)),
        ("on Monday", ("en",), date(2024, 3, 4)),
        ("Tuesday", ("en",), date(2024, 3, 5)),
        ("vor 2 Tagen", ("de",), date(2024, 3, 3)),
        ("2 часа назад", ("ru",), date(2024, 3, 5)),
    ],
)
def test_a_relative_date_counts_back_from_the_crawl_at_the_outlet(found, languages, on):
    place = Place(
        locality=Locality(languages=languages),
        zone=NEW_YORK,
        crawled_at=CRAWLED.astimezone(NEW_YORK),
    )

    dating, notes = dated(found, place=place)

    assert (dating.on, dating.at, notes) == (on, None, (Reason.DATE_RESOLVED,))


@pytest.mark.parametrize("place", [NO_PLACE, Place(crawled_at=CRAWLED)])
def test_a_relative_date_of_another_clock_is_left_unread(place):
    assert dated("0D0Z", place=place) == (None, (Reason.DATE_UNPARSED,))


def test_nothing_is_published_after_it_was_fetched():
    place = Place(crawled_at=CRAWLED)

    assert dated("2024-03-09", place=place) == (None, (Reason.DATE_IMPLAUSIBLE,))


@pytest.mark.parametrize(
    ("found", "founded", "is_kept"),
    [
        ("2010-05-01", 2011, False),
        ("2010", 2011, False),
        ("May 2010", 2011, False),
        ("2011-01-01", 2011, True),
        ("2012-05-01T09:30Z", 2011, True),
        ("2010-05-01", None, True),
    ],
)
def test_nothing_is_older_than_its_outlet(found, founded, is_kept):
    dating, notes = dated(found, place=Place(founded=founded))

    assert bool(dating) == is_kept
    assert is_kept or notes == (Reason.DATE_IMPLAUSIBLE,)


def test_another_witness_dates_what_one_sets_before_the_outlet_was_founded():
    dating, notes = dated("1 May 2001", "2012-05-01", place=Place(founded=2011))

    assert (dating.on, notes) == (date(2012, 5, 1), ())


def test_agreement_raises_confidence_and_the_most_exact_witness_gives_the_instant():
    dating, notes = dated("2024-03-01", "2024-03-01T12:30:45+01:00")

    assert dating.at == datetime(2024, 3, 1, 11, 30, 45, tzinfo=UTC)
    assert dating.witness.rule == "rule.1"
    assert 0.9 < dating.confidence < 1
    assert notes == ()


def test_an_agreement_that_was_counted_before_raises_no_confidence():
    page = [
        Witness(
            field="published", value=value, rule=rule, confidence=0.9, excerpt=value, is_joint=True
        )
        for value, rule in (("2024-03-01", "path"), ("2024-03-01T12:30+01:00", "jsonld.published"))
    ]
    header = witness("1 Mar 2024", "field.published", 0.8)

    alone, _ = date_article(page, NO_PLACE, SETTINGS)
    confirmed, _ = date_article([*page, header], NO_PLACE, SETTINGS)

    assert alone.at == datetime(2024, 3, 1, 11, 30, tzinfo=UTC)
    assert alone.confidence == pytest.approx(0.9)
    assert confirmed.confidence > 0.9


def test_a_month_that_agrees_confirms_no_day():
    dating, notes = dated("2024-03-01", "March 2024")

    assert dating.on == date(2024, 3, 1)
    assert dating.confidence == pytest.approx(0.9)
    assert notes == ()


def test_two_witnesses_outweigh_one_and_the_conflict_is_noted():
    dating, notes = dated("2024-03-05", "2024-03-01", "March 1, 2024", "1 Mar 2024")

    assert dating.on == date(2024, 3, 1)
    assert notes == (Reason.DATE_CONFLICT,)


def test_a_surer_witness_wins_a_conflict():
    dating, notes = dated("2024-03-05", "2024-03-01")

    assert dating.on == date(2024, 3, 5)
    assert notes == (Reason.DATE_CONFLICT,)


def test_a_local_day_settles_a_day_of_utc():
    dating, notes = dated("2024-03-01T03:30:00Z", "Feb. 29, 2024")

    assert dating.on == date(2024, 2, 29)
    assert dating.at == datetime(2024, 3, 1, 3, 30, tzinfo=UTC)
    assert notes == ()


def test_the_day_that_the_page_prints_settles_a_time_in_utc():
    dating, notes = dated("2024-03-01T03:30:00Z", "Mar. 1, 2024", place=Place(zone=NEW_YORK))

    assert dating.on == date(2024, 3, 1)
    assert notes == ()


def test_an_offset_of_its_own_is_the_publishers_clock():
    dating, _ = dated("2024-03-01T09:00:00+09:00", place=Place(zone=NEW_YORK))

    assert dating.on == date(2024, 3, 1)


def test_another_witness_settles_an_ambiguous_day():
    dating, notes = dated("01/02/2024", "2024-02-01")

    assert dating.on == date(2024, 2, 1)
    assert notes == ()
    assert dating.confidence > 0.8


def test_no_witness_no_date():
    assert dated() == (None, ())


def test_the_loser_of_a_choice_contradicts_but_never_wins():
    def joint(value, confidence):
        return Witness(
            field="published",
            value=value,
            rule="jsonld.published",
            confidence=confidence,
            excerpt=value,
            is_joint=True,
        )

    loser = joint("2019-02-03", 0.04)
    best, notes = date_article([joint("2024-06-11", 0.96), loser], NO_PLACE, SETTINGS)
    unread, _ = date_article([joint("sometime", 0.96), loser], NO_PLACE, SETTINGS)

    assert (best.on, notes) == (date(2024, 6, 11), (Reason.DATE_CONFLICT,))
    assert unread is None
