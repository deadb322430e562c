"""Cases 24 to 37: JSON and CSV. A bad entry is set aside alone; its neighbours are published."""

import pytest

from broadsheet.reasons import Reason

GOOD = b'{"text": "The ferry of Hollin ran aground."}'

JSON_CASES = {
    "24 depth": (b'{"text":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, Reason.JSON_DEPTH),
    "25 a number of 5,000 digits": (b'{"text":"a","n":' + b"7" * 5_000 + b"}", Reason.JSON_NUMBER),
    "26 NaN": (b'{"text":"a","n":NaN}', Reason.JSON_NUMBER),
    "26 Infinity": (b'{"text":"a","n":-Infinity}', Reason.JSON_NUMBER),
    "27 one key twice": (b'{"text":"a","text":"b"}', Reason.JSON_DUPLICATE_KEY),
    "29 a bad line": (b'{"text":"a",}', Reason.JSON_SYNTAX),
    "30 no object": (b'["a"]', Reason.SCHEMA_TYPE),
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("case", JSON_CASES)
def test_json(outcomes, case):
    raw, expected = JSON_CASES[case]

    assert outcomes({"case.jsonl": b"\n".join([GOOD, raw, GOOD])}) == ["P", expected, "P"]
    assert outcomes({"case.jsonl": GOOD, "case.json": raw}) == [expected, "P"]


def test_28_a_truncated_last_line(outcomes):
    assert outcomes({"case.jsonl": GOOD + b"\n" + GOOD[:-9]}) == ["P", Reason.JSON_SYNTAX]


CSV_CASES = {
    "31 an unclosed quote": (b'b,"open\n', Reason.CSV_QUOTE),
    "32 too few fields": (b"b\n", Reason.CSV_COLUMNS),
    "32 too many fields": (b"b,c,d\n", Reason.CSV_COLUMNS),
    "34 a field of 200 KB": (b"b," + b"x" * 200_000 + b"\n", "P"),
    "35 a formula": (b"b,=cmd|' /C calc'!A0\n", "P"),
    "36 NA": (b"NA,NA\n", "P"),
}


@pytest.mark.parametrize("case", CSV_CASES)
def test_csv(outcomes, case):
    raw, expected = CSV_CASES[case]

    assert outcomes({"case.csv": b"title,text\na,one\n" + raw + b"c,two\n"}) == ["P", expected, "P"]


def test_33_a_duplicate_header(outcomes):
    assert outcomes({"case.csv": b"text,text\na,b\n"}) == [Reason.CSV_HEADER]


def test_37_bare_carriage_returns(outcomes):
    assert outcomes({"case.csv": b"title,text\ra,one\rb,two\r"}) == ["P", "P"]
