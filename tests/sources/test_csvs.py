import csv
import hashlib
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord
from broadsheet.sources.blobs import Blob
from broadsheet.sources.csvs import read_csv


def outcomes(items) -> list[str]:
    return [item.text if isinstance(item, RawRecord) else item.reason for item in items]


def rows(raw: bytes, **changes: object) -> list:
    blob = Blob(path="a.csv", name="a.csv", stream=io.BytesIO(raw))
    return list(read_csv(blob, Sources.model_validate(changes)))


def test_a_row_is_a_record_with_its_address(write, read):
    raw = b'title,text\r\nFerry,"A ferry,\r\nran ""aground""."\r\nHarbour,Frozen over.\r\n'
    write("export.csv", raw)

    first, second = read()

    assert first.text == 'A ferry,\nran "aground".'
    assert first.fields == {"title": ("Ferry",)}
    assert raw[first.source.offset :][: first.source.length] == (
        b'Ferry,"A ferry,\r\nran ""aground""."'
    )
    assert second.source.offset == raw.index(b"Harbour")
    assert second.source.sha256 == hashlib.sha256(b"Harbour,Frozen over.").hexdigest()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter, end):
    raw = end.join(delimiter.join(row) for row in (("title", "text"), ("Ferry", "Aground.")))

    (record,) = rows(raw.encode())

    assert (record.text, record.fields) == ("Aground.", {"title": ("Ferry",)})


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "NA", "0012", "null"])
def test_cells_are_taken_as_they_stand(cell):
    (record,) = rows(f"text,title\n{cell},{cell}\n".encode())

    assert (record.text, record.fields) == (cell, {"title": (cell,)})


def test_a_long_field_is_read():
    (record,) = rows(b"text\n" + b"x" * 200_000)

    assert len(record.text) == 200_000


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"one", Reason.CSV_COLUMNS),
        (b"one,two,three", Reason.CSV_COLUMNS),
        (b'a,"b"c', Reason.CSV_QUOTE),
        (b"a,", Reason.CONTENT_EMPTY),
    ],
)
def test_a_bad_row_is_set_aside_alone(row, reason):
    assert outcomes(rows(b"title,text\na,before\n" + row + b"\nb,after\n")) == [
        "before",
        reason,
        "after",
    ]


def test_an_unclosed_quote_takes_its_own_line_alone():
    found = rows(b'title,text\na,before\nb,"never closed\nc,after\nd,last\n')

    assert outcomes(found) == ["before", Reason.CSV_QUOTE, "after", "last"]


def test_a_quote_that_opens_in_mid_field_is_a_character():
    (record,) = rows(b'title\ttext\n5" pipe\tThe 5" pipe burst.\n')

    assert record.text == 'The 5" pipe burst.'


def test_a_quoted_field_over_the_limit_is_set_aside_alone():
    raw = b'text\n"' + b"line\n" * 5_000 + b'"\nafter\n'

    found = outcomes(rows(raw, max_record_bytes=2_048))

    assert found[0] == Reason.CSV_QUOTE
    assert found[-1] == "after"


@pytest.mark.parametrize("header", [b"text,text", b"", b" , ", b'"text', b"a,b,a"])
def test_a_bad_header_sets_the_file_aside(write, read, header):
    write("export.csv", header + b"\na,b\n")

    (rejection,) = read()

    assert rejection.reason == Reason.CSV_HEADER


def test_one_encoding_for_all_lines_that_are_not_utf8(write, read):
    text = "Über die Brücke gingen am Sonntag viele Gäste aus Grünhausen"
    write("export.csv", f"titel,text\nx,{text}\ny,für\n".encode("cp1252"))

    first, second = read()

    assert first.text == text
    assert second.text == "für"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.text('abc\n",;')),
        max_size=10,
    )
)
def test_what_was_written_is_read(cells):
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("title", "text"), *[(title, f"x{text}") for title, text in cells]])

    found = rows(buffer.getvalue().encode())

    assert [item.text for item in found] == [f"x{text}" for _, text in cells]
    assert [item.fields.get("title", ("",))[0] for item in found] == [t.strip() for t, _ in cells]
