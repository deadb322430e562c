"""What collectors and pages write around an article: date prefix, address, hints, credits."""

import re
from typing import Final, NamedTuple

from broadsheet.parse.credits import agencies_in, dateline_agency, is_tail_credit
from broadsheet.parse.openings import AROUND
from broadsheet.parse.page import Page, witness
from broadsheet.records import Witness

_PREFIX_DATE: Final = re.compile(r"\s{0,3}date:? (\d{4}-\d\d-\d\d)(?=\s)")
_URL_DATE: Final = re.compile(
    r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-])"
)
_LABELS: Final = ("original url", "original link", "source url", "url", "article url", "permalink")
_HINTS: Final = (
    ("hint.interact", re.compile(r"interact with (the \S.{1,60}?)[.!]?$", re.IGNORECASE)),
    (
        "hint.appeared-on",
        re.compile(
            r"the post .{1,200} (?:first )?appeared (?:first )?on (\S.{1,60}?)\.?$", re.IGNORECASE
        ),
    ),
)


class PrefixDate(NamedTuple):
    """A date before the first sentence, and where that begins."""

    witness: Witness
    end: int


def prefix_date(text: str) -> PrefixDate | None:
    """Return the date that a collector put before the first sentence, if it did."""
    match = _PREFIX_DATE.match(text)
    if match is None:
        return None
    found = witness("published", match[1], "prefix.date", 0.97, match[0])
    return PrefixDate(found, match.end())


def url_date(url: str) -> Witness | None:
    """Return the day that a URL's path states."""
    match = _URL_DATE.search(url)
    if match is None:
        return None
    day = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    return witness("published", day, "url.path", 0.85, url)


def read_trailer(page: Page) -> None:
    """Read the collector's "Original url:" and the calls to readers that name the outlet."""
    for index in page.marked[AROUND]:
        text = page.texts[index]
        if len(text) >= _LONGEST:
            continue
        page.take(index, [_hint(text, page.raw_line(index))])
        after = page.texts[index + 1] if index + 1 < len(page.texts) else ""
        if after.startswith("http") and text.lower().rstrip(": ") in _LABELS:
            page.is_body[index] = False
            stated = witness("url", after, "trailer.original-url", 0.97, page.raw_line(index + 1))
            page.take(index + 1, [stated, url_date(after)])


_LONGEST: Final = 280  # characters of a line that may be a call to readers


def _hint(text: str, raw: str) -> Witness | None:
    """Return the outlet that a call to readers names."""
    for rule, pattern in _HINTS:
        match = pattern.match(text)
        if match:
            return witness("outlet", match[1], rule, 0.6, raw)
    return None


def read_credits(page: Page) -> None:
    """Read the agencies that the dateline of the first paragraph and the tail credit."""
    body = page.body()
    if body and (credit := dateline_agency(page.texts[body[0]])):
        page.found.append(witness("agency", credit[0], "dateline.agency", 0.97, credit[1]))
    for index in page.marked[AROUND]:
        text = page.texts[index]
        if is_tail_credit(text):
            raw = page.raw_line(index)
            named = agencies_in(text)
            page.is_body[index] = False
            if index > page.start:  # above the body it credits a photograph
                page.found.extend(witness("agency", n, "tail.credit", 0.9, raw) for n in named)
