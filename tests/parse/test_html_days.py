"""Days in written dates, so that two statements of one day are told from statements of two."""

from datetime import date

import pytest

from broadsheet.normalize.date_words import date_words
from broadsheet.parse.html_days import days_in, stated_day
from broadsheet.parse.html_months import month_of


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-18T07:45:00+00:00", date(2024, 3, 18)),
        ("Published 18 March 2024 at 7.45am", date(2024, 3, 18)),
        ("March 18, 2024", date(2024, 3, 18)),
        ("Mon, Mar. 18th 2024", date(2024, 3, 18)),
        ("4. November 2022, 11:20 Uhr", date(2022, 11, 4)),
        ("27 mai 2023 à 09h12", date(2023, 5, 27)),
        ("3 de enero de 2019", date(2019, 1, 3)),
        ("14 października 2021", date(2021, 10, 14)),
        ("5 сентября 2020 г.", date(2020, 9, 5)),
        ("12 Ιανουαρίου 2018", date(2018, 1, 12)),
        ("1 Ağustos 2016", date(2016, 8, 1)),
        ("2021年10月3日 8時00分", date(2021, 10, 3)),
        ("2021년 10월 3일", date(2021, 10, 3)),
        ("31.12.99", date(1999, 12, 31)),
        ("26 | 01 | 2022", date(2022, 1, 26)),
        ("Mon Aug 03 12:45:00 EDT 2015", date(2015, 8, 3)),
        ("Jan 04 09:34 2021", date(2021, 1, 4)),
        ("الأربعاء، 07 أكتوبر 2020", date(2020, 10, 7)),
        ("24 نيسان / أبريل 2020", date(2020, 4, 24)),
        ("٧ أكتوبر ٢٠٢٠", date(2020, 10, 7)),
        ("7 באוקטובר 2020", date(2020, 10, 7)),
        ("7 अक्टूबर 2020", date(2020, 10, 7)),
        ("১৬ ফেব্রুয়ারি ২০২০", date(2020, 2, 16)),
    ],
)
def test_a_day_is_found_in_many_languages(text, day):
    assert [found.day for found in days_in(text, "DMY")] == [day]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30 February 2024",
        "call 2024 18 03 now",
        "version 3.11.2",
        "10:30",
        "Marching 2024",
        "Martin 5, 2020",
        "Maya 12, 2021",
        "3 Declan 2020",
        "Junior 4, 2022",
    ],
)
def test_what_is_no_day_is_none(text):
    assert list(days_in(text, "DMY")) == []


@pytest.mark.parametrize(
    ("text", "order", "day", "is_ambiguous"),
    [
        ("03/04/2024", "DMY", date(2024, 4, 3), True),
        ("03/04/2024", "MDY", date(2024, 3, 4), True),
        ("03.04.2024", "MDY", date(2024, 4, 3), True),
        ("25/04/2024", "MDY", date(2024, 4, 25), False),
        ("04/25/2024", "DMY", date(2024, 4, 25), False),
        ("04/04/2024", "DMY", date(2024, 4, 4), False),
    ],
)
def test_exchangeable_day_and_month_are_said_to_be(text, order, day, is_ambiguous):
    found = next(days_in(text, order))
    assert (found.day, found.is_ambiguous) == (day, is_ambiguous)


def test_a_compact_date_is_read_where_nothing_else_stands():
    assert stated_day("20240318", "DMY").day == date(2024, 3, 18)


@pytest.mark.parametrize(
    ("word", "month"),
    [
        ("March", 3),
        ("MAR", 3),
        ("Mar.", 3),
        ("Sept.", 9),
        ("März", 3),
        ("Marz", 3),
        ("février", 2),
        ("maart", 3),
        ("Июля", 7),
        ("мая", 5),
        ("grudnia", 12),
        ("Kasım", 11),
        ("ΙΑΝΟΥΑΡΙΟΣ", 1),
    ],
)
def test_months_are_known_by_their_names_and_abbreviations(word, month):
    assert month_of(word) == month


@pytest.mark.parametrize(
    "word", ["Martin", "Marchand", "Maya", "Junior", "Augusto", "Declan", "Janet", "newspaper", ""]
)
def test_a_word_that_only_begins_like_a_month_is_none(word):
    assert month_of(word) == 0


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pl", "ru", "el", "tr"])
def test_the_names_are_those_that_the_normaliser_reads(language):
    names = date_words((language,)).months
    long_enough = {name: month for name, month in names.items() if 3 <= len(name) <= 12}
    assert {name: month_of(name) for name in long_enough} == long_enough
