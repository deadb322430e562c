import importlib.util
from pathlib import Path

import pytest

from broadsheet.reasons import Reason
from broadsheet.records import RawRecord

SEEDS = Path(__file__).parents[2] / "seeds" / "formats"
SPEC = importlib.util.spec_from_file_location("make_raw_for_pdf", SEEDS / "make_raw.py")
MAKE_RAW = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(MAKE_RAW)

PAGE = MAKE_RAW.pdf_of("(The ferry of Hollin) ' (ran aground.) ' ")
LOCK = (
    b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <"
    + b"42" * 32 + b"> >> /ID [<00> <00>] /Root"
)  # fmt: skip


def test_the_text_layer_is_read_line_by_line(write, read):
    write("a.pdf", PAGE)

    (record,) = read()

    assert isinstance(record, RawRecord)
    assert record.text == "The ferry of Hollin\nran aground."
    assert (record.media, record.source.format) == ("text", "pdf")
    assert record.source.length == len(PAGE)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"Plain words.", Reason.TYPE_MISMATCH),
        (PAGE[:40], Reason.DOCUMENT_DAMAGED),
        (b"%PDF-1.4\n" + b"\0" * 1_000, Reason.DOCUMENT_DAMAGED),
        (MAKE_RAW.pdf_of(""), Reason.CONTENT_EMPTY),
        (PAGE.replace(b"/Root", LOCK), Reason.DOCUMENT_ENCRYPTED),
    ],
)
def test_what_is_no_article(write, read, raw, reason):
    write("a.pdf", raw)

    assert [item.reason for item in read()] == [reason]


def test_a_text_over_the_limit_is_set_aside(write, read):
    write("a.pdf", MAKE_RAW.pdf_of("(words of it) ' " * 60))

    assert isinstance(read()[0], RawRecord)
    assert [item.reason for item in read(max_record_bytes=1_024)] == [Reason.SIZE_RECORD]
