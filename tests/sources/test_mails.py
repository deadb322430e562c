import pytest

from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection

BODY = "The council of Hollin voted for the bridge."
PLAIN = f"""From: Ida Vell <ida@hollin.example>
Subject: =?utf-8?q?The_bridge_=E2=80=93_at_last?=
Date: Wed, 01 May 2024 10:00:00 +0200
Content-Type: text/plain; charset=utf-8

{BODY}
"""
NEWSLETTER = f"""From: The Hollin Post <news@hollin.example>
List-Id: <daily.hollin.example>
Subject: Today
Date: Wed, 01 May 2024 10:00:00 +0200
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=X

--X
Content-Type: multipart/alternative; boundary=Y

--Y
Content-Type: text/plain; charset=utf-8

Read it online.
--Y
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>{BODY} =E9</p>
--Y--
--X
Content-Type: image/png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--X--
"""
SAVED = f"""From: <Saved by Blink>
Snapshot-Content-Location: https://hollin.example/bridge
Subject: The bridge
Date: Wed, 1 May 2024 12:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="Z"

--Z
Content-Type: text/html
Content-Location: https://hollin.example/bridge

<html><p>{BODY}</p></html>
--Z
Content-Type: text/css
Content-Location: https://hollin.example/style.css

p {{}}
--Z--
"""


def test_a_plain_message(write, read):
    write("a.eml", PLAIN.replace("\n", "\r\n"))

    (record,) = read()

    assert record.text.strip() == BODY
    assert record.media == "text"
    assert record.fields == {
        "title": ("The bridge – at last",),
        "published": ("Wed, 01 May 2024 10:00:00 +0200",),
        "author": ("Ida Vell",),
    }


def test_a_newsletter_is_its_html_part_and_its_sender_is_the_outlet(write, read):
    write("a.eml", NEWSLETTER)

    record, skipped = read()

    assert record.text == f"<p>{BODY} é</p>"
    assert record.media == "html"
    assert record.fields["outlet"] == ("The Hollin Post",)
    assert "author" not in record.fields
    assert (skipped.reason, skipped.count) == (Reason.INPUT_PART, 2)


@pytest.mark.parametrize("name", ["a.mhtml", "a.mht"])
def test_a_page_that_a_browser_saved(write, read, name):
    write(name, SAVED.replace("\n", "\r\n"))

    record, skipped = read()

    assert BODY in record.text
    assert record.fields == {
        "title": ("The bridge",),
        "url": ("https://hollin.example/bridge",),
        "crawled": ("Wed, 1 May 2024 12:00:00 -0000",),
    }
    assert skipped.count == 1


def test_a_mailbox_is_one_record_a_message(write, read):
    envelope = "From ida@hollin.example Wed May  1 10:00:00 2024\n"
    raw = (
        f"{envelope}{PLAIN}\nFrom here on it is text, said the mayor in 2024 or so\n"
        f"\n{envelope}{PLAIN}"
    )
    path = write("a.mbox", raw)

    records = [item for item in read() if isinstance(item, RawRecord)]

    assert [BODY in record.text for record in records] == [True, True]
    assert "said the mayor" in records[0].text
    second = records[1].source
    assert path.read_bytes()[second.offset :][: second.length].startswith(envelope.encode())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("Content-Type: image/png\n\nabc", Reason.MAIL_DAMAGED),
        ("Content-Type: multipart/mixed; boundary=X\n\nno parts", Reason.MAIL_DAMAGED),
        ("Subject: x\n\n  \n", Reason.CONTENT_EMPTY),
        ("Content-Type: text/plain; charset=utf-8\n\n" + "\x01\x02" * 50, Reason.TYPE_MISMATCH),
    ],
)
def test_a_message_without_text_is_set_aside(write, read, raw, reason):
    write("a.eml", raw)

    assert [item.reason for item in read()] == [reason]


@pytest.mark.parametrize("depth", [50, 3_000])
def test_a_message_within_messages_is_read_or_set_aside(write, read, depth):
    write("a.eml", "Content-Type: message/rfc822\n\n" * depth + PLAIN)

    (item,) = [item for item in read() if isinstance(item, RawRecord | Rejection)]

    assert isinstance(item, RawRecord) or item.reason == Reason.MAIL_DAMAGED
