"""Cases 73 to 83, 91 and 92, and the texts of cases 2 to 10: what a run makes of them, as a row."""

from datetime import date

import orjson
import pytest

from broadsheet.reasons import Reason

STORY = (
    "The council of Hollin voted on Tuesday for a new bridge, which is to open in June and will "
    "carry both trams and carts across the river."
)
URL = "https://hollin.example/2024/bridge"
UNSTATED = {"published_at": None, "published_on": None, "published_precision": "unknown"}

# What a record states, what its row is to be, and a note that it is to have.
DATES = {
    "73 80 KB of jan": ({"date": "jan " * 20_000}, UNSTATED, Reason.DATE_UNPARSED),
    "74 30 February": ({"date": "2024-02-30"}, UNSTATED, Reason.DATE_IMPOSSIBLE),
    "75 the year 0": ({"date": "0000-01-01"}, UNSTATED, None),
    "75 the year 9999": ({"date": "9999-12-31"}, UNSTATED, Reason.DATE_IMPLAUSIBLE),
    "75 the future": ({"date": "2031-05-05"}, UNSTATED, Reason.DATE_IMPLAUSIBLE),
    "76 yesterday": ({"date": "yesterday"}, UNSTATED, Reason.DATE_RELATIVE),
    "76 yesterday, crawled at a known time": (
        {"date": "yesterday", "date_download": "2024-03-05T10:00:00Z", "language": "en"},
        {"published_on": date(2024, 3, 4), "published_precision": "day"},
        Reason.DATE_RESOLVED,
    ),
    "77 an order that nobody knows": ({"date": "01/02/2024"}, UNSTATED, Reason.DATE_AMBIGUOUS),
}
URLS = {
    "78 a script": ("javascript:alert(1)", None, Reason.URL_SCHEME),
    "78 data": ("data:text/html,x", None, Reason.URL_SCHEME),
    "78 a file": ("file:///etc/passwd", None, Reason.URL_SCHEME),
    "79 userinfo": ("https://me:secret@hollin.example/a", "https://hollin.example/a", None),
    "80 two hosts": ("https://hollin.example\\@evil.example/a", None, Reason.URL_HOST),
    "81 a homoglyph": (
        "https://hоllin.example/a",
        "https://xn--hllin-jye.example/a",
        Reason.URL_HOMOGLYPH,
    ),
    "82 an unclosed bracket": ("http://[::1", None, Reason.URL_INVALID),
    "82 port 99999": ("https://hollin.example:99999/a", None, Reason.URL_INVALID),
    "83 a tab in the host": ("https://hol\tlin.example/a", None, None),
}
TEXTS = {
    "2 NUL bytes": STORY.replace(" ", "\0 "),
    "3 a lone surrogate": STORY.replace("river", "\ud800river"),
    "6 a byte-order mark": "\ufeff" + STORY,
    "8 overrides and zero width": f"\u202e{STORY[:9]}\u200b{STORY[9:]}",
    "10 combining marks": STORY + " a" + "\u0301" * 10_000,
}


@pytest.fixture
def row(worked):
    """Return a function that gives the row of a record, beside a good one."""

    def row_of(**values):
        lines = (
            {"text": STORY, "url": URL} | values,
            {"text": f"{STORY} Again.", "url": f"{URL}2"},
        )
        done = worked({"case.jsonl": b"".join(map(line, lines))}, privacy={"mask": MASKED})
        first, second = done.rows.to_pylist()
        assert second["url"] == f"{URL}2"
        return first

    return row_of


MASKED = ["email", "phone", "ip", "secret"]


def line(values):
    text = orjson.dumps({k: v.replace("\ud800", "<lone>") for k, v in values.items()})
    return text.replace(b"<lone>", rb"\ud800") + b"\n"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", DATES)
def test_dates(row, case):
    stated, expected, note = DATES[case]

    found = row(**stated)

    assert {name: found[name] for name in expected} == expected
    assert note is None or note in found["notes"]


@pytest.mark.parametrize("case", URLS)
def test_urls(row, case):
    url, expected, note = URLS[case]

    found = row(url=url)

    assert found["url"] == expected
    assert note is None or note in found["notes"]


@pytest.mark.parametrize("case", TEXTS)
def test_texts_are_clean(row, case):
    text = row(text=TEXTS[case])["text"]

    assert text.encode()  # which no surrogate survives
    assert not set(text) & {"\0", "\u202e", "\u200b", "\ufeff"}
    assert len(text) < len(STORY) + 100
    assert text.startswith("The council of Hollin voted")


def test_escapes_reach_no_terminal(worked):
    """Case 90: what a rejection shows of a record, and of a file's name, is printable."""
    done = worked(
        {
            "case.jsonl": b'{"title": "\x1b[31mred\x1b[0m\r\nPublished 1.0.0", ',
            "good.txt": STORY.encode(),
        }
    )

    assert len(done.rejections) == 2  # the line end makes two lines of it
    assert all((item.excerpt + item.detail).isprintable() for item in done.rejections)


PRIVATE = {
    "91 an e-mail address": ("mary@hollin.example", Reason.PRIVACY_EMAIL),
    "91 a phone number": ("+41 44 668 18 00", Reason.PRIVACY_PHONE),
    "91 a public address": ("8.8.4.4", Reason.PRIVACY_IP),
    "92 a secret": ("AKIA" + "Q3EGVZ7TYNCKXWLM", Reason.PRIVACY_SECRET),
}


@pytest.mark.parametrize("case", PRIVATE)
def test_what_is_private_is_masked_and_noted(row, case):
    secret, note = PRIVATE[case]

    found = row(text=f"{STORY} Write to {secret} for more.")

    assert secret not in found["text"]
    assert note in found["notes"]
