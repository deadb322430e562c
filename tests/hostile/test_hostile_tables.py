"""Cases 24 to 37: JSON and CSV. A bad entry is set aside alone; its neighbours are published.

With them Parquet and Arrow files that grow.
"""

import io

import pyarrow as pa
import pyarrow.parquet as pq
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


@pytest.mark.timeout(60)
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


def bomb(rows: int) -> bytes:
    """Return a Parquet file that holds one long text once and claims it for every row."""
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * rows), ["Growing. " * 5_000])
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": repeated}), sink, compression="zstd")
    return sink.getvalue()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("rows", [9_000, 60_000])
def test_a_table_that_grows(outcomes, rows):
    raw = bomb(rows)

    shown = outcomes({"case.parquet": raw})

    assert len(raw) < 100_000
    assert Reason.ARCHIVE_RATIO in shown
    assert set(shown) <= {"P", Reason.ARCHIVE_RATIO}
    assert shown.count("P") < rows / 5


def test_a_table_whose_footer_claims_rows_that_are_not_there(outcomes):
    raw = bomb(1_000)
    footer = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
    rows = b"\xd0\x0f"  # 1,000 as a zigzag variable-length integer
    lies = raw[:footer] + raw[footer:].replace(rows, b"\xfe\x7f")

    shown = outcomes({"case.parquet": lies}, batch_records=500)

    assert lies != raw
    assert set(shown) <= {"P", Reason.TABLE_DAMAGED, Reason.ARCHIVE_RATIO}
    assert set(shown) & {Reason.TABLE_DAMAGED, Reason.ARCHIVE_RATIO}
