import pytest

from broadsheet.reasons import Reason
from broadsheet.records import RawRecord

HEAD = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}"
    rb"{\f1\froman\fcharset204{\*\falt Times} Times Cyr;}{\f2\fcharset128 Mincho;}}"
)


def rtf(body: bytes) -> bytes:
    return HEAD + body + b"}"


CASES = {
    "paragraphs": (rb"The ferry\par ran\line on.\par\par\par No.", "The ferry\n\nran\non.\n\nNo."),
    "line ends of the file are none of the text": (b"The fer\r\nry\nran.", "The ferryran."),
    "runs": (rb"{\b The} {\i\fs24 ferry}{\cf1\highlight2  ran.}", "The ferry ran."),
    "escapes": (rb"a \{b\} \\c\~d", "a {b} \\c\xa0d"),
    "bytes of the code page": (rb"Troms\'f8 caf\'e9", "Tromsø café"),
    "bytes of the font's code page": (rb"{\f1 \'cc\'ee\'f1\'f2}, {\f0 \'e9}", "Мост, é"),
    "two bytes a character": (rb"{\f2 \'8b\'b4}", "橋"),
    "Unicode with a stand-in": (rb"\u8212 - \u8212\'97 \uc0\u8212 -", "— — —-"),
    "Unicode of two bytes' stand-in": (rb"\uc2\u27211\'8b\'b4 end", "橋 end"),
    "a surrogate pair": (rb"\uc0\u-10179 \u-8694 ", "\U0001f60a"),
    "quotation marks": (rb"\ldblquote Yes,\rdblquote  he said\emdash no.", "“Yes,” he said—no."),
    "what stands apart": (
        rb"{\info{\title Draft}}{\stylesheet{\s0 Normal;}}{\header 1}A.{\*\new x}{\pict 00}",
        "A.",
    ),
    "a link shows its words alone": (
        rb'See {\field{\*\fldinst{HYPERLINK "https://post.example/"}}{\fldrslt the {\ul Post}}}.',
        "See the Post.",
    ),
    "hidden and deleted text": (rb"A{\v secret}{\deleted gone}\v x\v0  b.", "A b."),
    "a table": (rb"\trowd\cellx1 One\cell Two\cell\row Next.", "One\tTwo\n\nNext."),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_running_text_is_read(write, read, case):
    body, text = CASES[case]
    write("a.rtf", rtf(body))

    (record,) = read()

    assert isinstance(record, RawRecord)
    assert record.text == text
    assert (record.media, record.source.format, record.notes) == ("text", "rtf", ())


def test_binary_data_is_passed_over_by_its_length(write, read):
    write("a.rtf", rtf(rb"A{\pict\bin9 }}}\par{{} b.} c."[:-4]) + b"")

    (record,) = read()

    assert record.text == "A b."


def test_bytes_that_the_code_page_lacks_are_noted(write, read):
    write("a.rtf", rtf(rb"A \'81 b"))

    (record,) = read()

    assert (record.text, record.notes) == ("A � b", (Reason.ENCODING_REPLACED,))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"Plain words.", Reason.TYPE_MISMATCH),
        (b"\xd0\xcf\x11\xe0 an old .doc", Reason.TYPE_MISMATCH),
        (rtf(b""), Reason.CONTENT_EMPTY),
        (rtf(rb"{\pict 00}\par"), Reason.CONTENT_EMPTY),
        (rtf(b"Words")[:-1], Reason.STREAM_TRUNCATED),
        (rtf(rb"\bin99 x"), Reason.STREAM_TRUNCATED),
        (rtf(b"{" * 20_000 + b"}" * 20_000), Reason.DOCUMENT_DAMAGED),
    ],
)
def test_what_is_no_article(write, read, raw, reason):
    write("a.rtf", raw)

    assert [item.reason for item in read()] == [reason]
