"""What a stated date says, and what it does not."""

import unicodedata
from datetime import UTC, date, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.normalize.dates import MOST_CHARACTERS, StatedDate, Unread, read_date
from broadsheet.normalize.locality import Locality
from broadsheet.reasons import Reason
from broadsheet.records import Precision


@pytest.mark.parametrize(
    ("found", "day"),
    [
        ("2024-03-01", date(2024, 3, 1)),
        ("20240301", date(2024, 3, 1)),
        ("2024/3/1", date(2024, 3, 1)),
        ("1.3.2024", date(2024, 3, 1)),
        ("25/12/2023", date(2023, 12, 25)),
        ("12/25/2023", date(2023, 12, 25)),
        ("March 1, 2024", date(2024, 3, 1)),
        ("Published: 1 March 2024", date(2024, 3, 1)),
        ("Friday, 1st of March, 2024", date(2024, 3, 1)),
        ("1-Mar-2024", date(2024, 3, 1)),
        ("Mar. 1, 2024 · 5 min read", date(2024, 3, 1)),
        ("1 marzo 2024", date(2024, 3, 1)),
        ("1er mars 2024", date(2024, 3, 1)),
        ("am 1. März 2024", date(2024, 3, 1)),
        ("1 de março de 2024", date(2024, 3, 1)),
        ("d’abril 3, 2024", date(2024, 4, 3)),
        ("1 марта 2024 г.", date(2024, 3, 1)),
        ("2024年3月1日", date(2024, 3, 1)),
        ("2024年03月01", date(2024, 3, 1)),
        ("令和6年3月1日", date(2024, 3, 1)),
        ("2024년 3월 1일", date(2024, 3, 1)),
        ("ngày 1 tháng 3 năm 2024", date(2024, 3, 1)),
        ("1 มีนาคม 2567", date(2024, 3, 1)),
        ("١ مارس ٢٠٢٤", date(2024, 3, 1)),
        ("1 במרץ 2024", date(2024, 3, 1)),
        ("2024. március 1.", date(2024, 3, 1)),
        ("2024. gada 1. marts", date(2024, 3, 1)),
        ("29 February 2024", date(2024, 2, 29)),
        ("March 1, 2024 | Updated March 2, 2024", date(2024, 3, 1)),
        (
            "Posted: Mar 1, 2024 EST | Last Updated: December 21, 2024 10:27 AM EST",
            date(2024, 3, 1),
        ),
        ("1. März 2024, aktualisiert am 2. März 2024", date(2024, 3, 1)),
    ],
)
def test_a_day_is_read_in_any_language_and_order(found, day):
    stated = read_date(found)

    assert isinstance(stated, StatedDate)
    assert (stated.on, stated.time, stated.precision) == (day, None, Precision.DAY)


def hours(offset):
    return timezone(timedelta(hours=offset))


@pytest.mark.parametrize(
    ("found", "at", "offset", "precision"),
    [
        ("2024-03-01T00:30+09:00", time(0, 30), hours(9), Precision.MINUTE),
        ("2024-03-01T12:30:45Z", time(12, 30, 45), UTC, Precision.SECOND),
        ("2024-03-01T12:30:45.123Z", time(12, 30, 45), UTC, Precision.SECOND),
        ("2024-03-01 12:30:45", time(12, 30, 45), None, Precision.SECOND),
        ("2024-03-01T12:30:45-0500", time(12, 30, 45), hours(-5), Precision.SECOND),
        ("20240301T123045Z", time(12, 30, 45), UTC, Precision.SECOND),
        ("20240301T12:30:45Z", time(12, 30, 45), UTC, Precision.SECOND),
        ("20240301T123045+0200", time(12, 30, 45), hours(2), Precision.SECOND),
        ("20240301123045", time(12, 30, 45), None, Precision.SECOND),
        ("2024-03-01T12:30:5Z", time(12, 30, 5), UTC, Precision.SECOND),
        (
            "Fri Mar 01 2024 12:30:45 GMT+0100 (Central European Standard Time)",
            time(12, 30, 45),
            hours(1),
            Precision.SECOND,
        ),
        ("1 mar 2024 12:30", time(12, 30), None, Precision.MINUTE),
        ("Fri, 01 Mar 2024 12:30:45 +0100", time(12, 30, 45), hours(1), Precision.SECOND),
        ("Fri, 1 Mar 2024 12:30:45 EST", time(12, 30, 45), hours(-5), Precision.SECOND),
        ("1709296245", time(12, 30, 45), UTC, Precision.SECOND),
        ("1709296245123", time(12, 30, 45), UTC, Precision.SECOND),
        ("March 1, 2024 at 12:30 PM", time(12, 30), None, Precision.MINUTE),
        ("March 1, 2024 12:05 a.m. EDT", time(0, 5), hours(-4), Precision.MINUTE),
        ("1 March 2024, 3pm GMT", time(15, 0), UTC, Precision.MINUTE),
        ("1 March 2024 15:00 (UTC+3)", time(15, 0), hours(3), Precision.MINUTE),
        ("01.03.2024 um 14.30 Uhr", time(14, 30), None, Precision.MINUTE),
        ("1 mars 2024 à 14h30", time(14, 30), None, Precision.MINUTE),
        ("2024年3月1日 下午3:04", time(15, 4), None, Precision.MINUTE),
        ("2024. 3. 1. 오후 3:04", time(15, 4), None, Precision.MINUTE),
        ("1 de marzo de 2024, 3:04 p. m.", time(15, 4), None, Precision.MINUTE),
        ("Fri 1 Mar 2024 12.30 CET", time(12, 30), hours(1), Precision.MINUTE),
        ("vendredi 1er mars 2024 à 17 h 15", time(17, 15), None, Precision.MINUTE),
        ("2024年3月1日 17時15分", time(17, 15), None, Precision.MINUTE),
        ("2024年3月1日 下午3时05分", time(15, 5), None, Precision.MINUTE),
        # what stands before the date of a change is kept to its end
        ("March 1, 2024 9:30 PM Updated 10:00 PM", time(21, 30), None, Precision.MINUTE),
        ("March 1, 2024 9:30 PM | Updated March 2", time(21, 30), None, Precision.MINUTE),
        ("1 March 2024 21:30 CET, last updated 22:00", time(21, 30), hours(1), Precision.MINUTE),
        ("2024-03-01 21:30 EST (updated 2 March)", time(21, 30), hours(-5), Precision.MINUTE),
        ("2024-03-01T12:30Z Updated 2 March", time(12, 30), UTC, Precision.MINUTE),
    ],
)
def test_a_time_of_day_is_read_with_its_zone(found, at, offset, precision):
    stated = read_date(found)

    assert isinstance(stated, StatedDate)
    assert stated.on == date(2024, 3, 1)
    assert stated.time
    assert (stated.time.at, stated.time.offset, stated.precision) == (at, offset, precision)


@pytest.mark.parametrize(
    "found", ["2024-03-01T00:00:00Z", "2024-03-01 00:00", "Fri, 01 Mar 2024 00:00:00 +0000"]
)
def test_exact_midnight_stands_for_no_time(found):
    stated = read_date(found)

    assert isinstance(stated, StatedDate)
    assert (stated.on, stated.time, stated.is_midnight) == (date(2024, 3, 1), None, True)


@pytest.mark.parametrize(
    ("found", "precision"),
    [
        ("March 2024", Precision.MONTH),
        ("2024-03", Precision.MONTH),
        ("2024年3月", Precision.MONTH),
        ("2024", Precision.YEAR),
    ],
)
def test_a_day_that_is_not_stated_is_not_made_up(found, precision):
    stated = read_date(found)

    assert isinstance(stated, StatedDate)
    assert (stated.on, stated.precision) == (None, precision)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ("2024-02-30", Reason.DATE_IMPOSSIBLE),
        ("30 February 2024", Reason.DATE_IMPOSSIBLE),
        ("2023-02-29T10:00:00Z", Reason.DATE_IMPOSSIBLE),
        ("2024-13-01", Reason.DATE_IMPOSSIBLE),
        ("32/01/2024", Reason.DATE_IMPOSSIBLE),
        ("March 1, 2024 25:00", Reason.DATE_IMPOSSIBLE),
        ("0000-01-01", Reason.DATE_IMPOSSIBLE),
        ("01/02/2024", Reason.DATE_AMBIGUOUS),
        ("01/02/03", Reason.DATE_AMBIGUOUS),
        ("", Reason.DATE_UNPARSED),
        ("jan " * 20_000, Reason.DATE_UNPARSED),
        ("5 reasons why it may rain in 2024", Reason.DATE_UNPARSED),
        ("Chapter 12 March 5 2024", Reason.DATE_UNPARSED),
        ("March 1, 2024 | March 2, 2024", Reason.DATE_UNPARSED),
        ("+1 (555) 010-0199", Reason.DATE_UNPARSED),
        ("192.168.1.1", Reason.DATE_UNPARSED),
        ("yesterday", Reason.DATE_UNPARSED),
        ("listopad 3, 2024", Reason.DATE_UNPARSED),  # November in Polish, October in Croatian
    ],
)
def test_what_states_no_day_gives_a_reason(found, reason):
    stated = read_date(found)

    assert isinstance(stated, Unread)
    assert stated.reason == reason


@pytest.mark.parametrize(
    ("found", "locality", "day"),
    [
        ("01/02/2024", Locality(languages=("de",)), date(2024, 2, 1)),
        ("01/02/2024", Locality(languages=("en",), country="US"), date(2024, 1, 2)),
        ("01/02/2024", Locality(languages=("en",), country="GB"), date(2024, 2, 1)),
        ("01/02/2024", Locality(languages=("en-US",)), date(2024, 1, 2)),
        ("01/02/2024", Locality(languages=("en",), order="DMY"), date(2024, 2, 1)),
        ("13/02/2024", Locality(languages=("en",), country="US"), date(2024, 2, 13)),
        ("24. 3. 1.", Locality(languages=("ko",)), date(2024, 3, 1)),
        ("01.03.24", Locality(languages=("de",)), date(2024, 3, 1)),
        ("3 listopada 2024", Locality(languages=("pl",)), date(2024, 11, 3)),
        ("3. listopada 2024.", Locality(languages=("hr",)), date(2024, 10, 3)),
        ("1/3/2567", Locality(languages=("th",)), date(2024, 3, 1)),
    ],
)
def test_the_locale_settles_what_is_ambiguous(found, locality, day):
    stated = read_date(found, locality)

    assert isinstance(stated, StatedDate)
    assert stated.on == day


def test_an_english_date_in_digits_stays_ambiguous_where_the_country_is_unknown():
    stated = read_date("01/02/2024", Locality(languages=("en",)))

    assert stated == Unread(Reason.DATE_AMBIGUOUS, (date(2024, 1, 2), date(2024, 2, 1)))


@given(st.dates(date(1605, 1, 1), date(2099, 12, 31)))
def test_an_iso_day_comes_back_as_it_is(day):
    stated = read_date(day.isoformat())

    assert isinstance(stated, StatedDate)
    assert stated.on == day


@given(st.text(max_size=2 * MOST_CHARACTERS))
def test_any_text_is_read_or_refused_with_a_reason(found):
    stated = read_date(found)

    assert isinstance(stated, StatedDate | Unread)


@given(st.text(max_size=MOST_CHARACTERS))
def test_every_number_of_a_read_day_is_in_the_text(found):
    stated = read_date(found)
    digits = unicodedata.normalize("NFKC", found)

    assert isinstance(stated, Unread) or any(c.isdecimal() for c in digits)
