"""What stands around the body: title, standfirst, byline, date, trailer.

Each finder returns witnesses with the line that they were read from, so that a caller can leave
that line out of the body.
"""

import re
from itertools import pairwise
from typing import Final, NamedTuple

from broadsheet.parse.chrome import is_caption_credit, is_chrome_phrase
from broadsheet.parse.credits import (
    agencies_in,
    dateline_agency,
    is_tail_credit,
    without_agencies,
)
from broadsheet.parse.page import Page, witness
from broadsheet.records import Witness

SENTENCE_END: Final = (".", "!", "?", "…", "。", ".”", '."', "”", '"', ":", ")")

_WORD: Final = re.compile(r"\w+")
_DATE_LINE_REST: Final = 40  # characters that may stand beside a date, such as a section's name
_LEDE: Final = 90  # characters; a shorter line does not open a body
_STANDFIRST: Final = 300  # characters of the longest standfirst
_TITLE_WORDS: Final = range(4, 31)
_FEWEST_SHINGLES: Final = 5
_REPEATED: Final = 0.6  # share of a standfirst that the text repeats

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY: Final = r"[0-3]?\d(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:1[6-9]|20)\d\d"
_TIME: Final = (
    r"(?:[ ,|·•@–-]*(?:at )?[0-2]?\d[:.][0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\.?)?"
    r"(?: ?\(?(?:UTC|GMT|[ECMP][SD]?T|CET|CEST|BST|IST|AEST|AEDT|Z|[+-]\d\d:?\d\d)\)?)?)"
)
DATE: Final = re.compile(
    rf"(?<![\w/.-])(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
    rf"(?:{_MONTH} {_DAY},? {_YEAR}|{_DAY} (?:of )?{_MONTH},? {_YEAR}"
    rf"|{_YEAR}[-/.][01]?\d[-/.][0-3]?\d(?!\d)|[0-3]?\d[-/.][0-3]?\d[-/.]{_YEAR})"
    rf"(?:T[0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?|{_TIME})?",
    re.IGNORECASE,
)
_PREFIX_DATE: Final = re.compile(r"\s{0,3}date:? (\d{4}-\d\d-\d\d)(?=\s)")
_URL_DATE: Final = re.compile(
    r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-])"
)
_BYLINE: Final = re.compile(
    r"(?:(?:words|written|story|reported|text|posted|published|article) )?"
    r"by:? +(?P<who>\S.{1,120})$",
    re.IGNORECASE,
)
_HINT: Final = re.compile(r"interact with (?P<name>(?:the )?\S.{1,60}?)[.!]?$", re.IGNORECASE)


class PrefixDate(NamedTuple):
    """A date before the first sentence, and where that begins."""

    witness: Witness
    end: int


def prefix_date(text: str) -> PrefixDate | None:
    """Return the date that a collector put before the first sentence, if it did."""
    match = _PREFIX_DATE.match(text)
    if match is None:
        return None
    return PrefixDate(witness("published", match[1], "prefix.date", 0.97, match[0]), match.end())


def url_date(url: str) -> Witness | None:
    """Return the day that a URL's path states."""
    match = _URL_DATE.search(url)
    if match is None:
        return None
    day = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    return witness("published", day, "url.path", 0.9, url)


def byline(text: str, raw: str) -> list[Witness]:
    """Return the people and agencies that a line names as authors, if it is a byline."""
    match = _BYLINE.match(text)
    if match is None:
        return []
    who = DATE.sub("", match["who"]).strip(" ,|·•–-")
    people = without_agencies(who)
    found = [witness("agency", name, "byline.by", 0.9, raw) for name in agencies_in(who)]
    if people:
        found.append(witness("author", people, "byline.by", 0.9, raw))
    return found


def outlet_hint(text: str, raw: str) -> Witness | None:
    """Return the outlet that a call to readers names."""
    match = _HINT.match(text)
    return witness("outlet", match["name"], "hint.interact", 0.6, raw) if match else None


def read_trailer(page: Page) -> None:
    """Read the collector's "Original url:" and the calls to readers that name the outlet."""
    for index, (line, after) in enumerate(pairwise([*page.lines, None])):
        if line is None:
            break
        page.take(index, [outlet_hint(line.text, page.raw_line(index))])
        is_label = line.text.lower().rstrip(": ") == "original url"
        if is_label and after and after.text.startswith("http"):
            raw = page.raw_line(index + 1)
            stated = witness("url", after.text, "trailer.original-url", 0.97, raw)
            page.take(index + 1, [stated, url_date(after.text)])


def read_head(page: Page, *, is_bare: bool) -> None:
    """Read title, byline, date and standfirst from the lines before the body.

    Args:
        page: the page; lines that state something are taken out of its body.
        is_bare: the record has no head but the collector's date, so that its first line is text.

    """
    head = range(_body_start(page))
    for index in head:
        page.take(index, byline(page.lines[index].text, page.raw_line(index)))
    for index in head:
        line = page.lines[index]
        match = DATE.search(line.text)
        if (
            match
            and len(line.text) - len(match[0]) < _DATE_LINE_REST
            and not is_caption_credit(line.text)
        ):
            page.take(
                index, [witness("published", match[0], "line.date", 0.9, page.raw_line(index))]
            )
    if is_bare:
        _read_fused_standfirst(page)
        return
    title = _title(page, head)
    if title is not None:
        rule = "heading" if page.lines[title].heading else "line.first"
        raw = page.raw_line(title)
        page.take(title, [witness("title", page.lines[title].text, rule, 0.9, raw)])
        _read_repeated_standfirst(page)


def _body_start(page: Page) -> int:
    for index in page.body():
        text = page.lines[index].text
        if len(text) > _LEDE and text.endswith(SENTENCE_END):
            return index
    return 0


def _title(page: Page, head: range) -> int | None:
    headings = [i for i in head if page.lines[i].heading == 1]
    if headings:
        return headings[0]
    for i in head:
        line = page.lines[i]
        stands_apart = i + 1 < len(page.lines) and page.lines[i + 1].follows_blank
        is_other = is_chrome_phrase(line.text) or is_caption_credit(line.text)
        words = line.text.count(" ") + 1
        if stands_apart and not is_other and words in _TITLE_WORDS and line.text[-1] != ".":
            return i
    return None


def _read_fused_standfirst(page: Page) -> None:
    """Read a first line without a full stop as the standfirst, where the text begins after it."""
    if len(page.lines) < 2:  # noqa: PLR2004 - a standfirst and a text
        return
    text = page.lines[0].text
    is_sentence = text.endswith(SENTENCE_END)
    if not is_sentence and len(text) < _STANDFIRST and page.lines[1].text.endswith(SENTENCE_END):
        raw = page.raw_line(0)
        page.take(0, [witness("subtitle", text, "standfirst.unpunctuated", 0.7, raw)])


def _read_repeated_standfirst(page: Page) -> None:
    """Read a first sentence that a later paragraph says again as the standfirst.

    A standfirst sums up what the text then tells in nearly the same words; a lede does not.
    """
    body = page.body()
    if len(body) < 3 or len(page.lines[body[0]].text) > _STANDFIRST:  # noqa: PLR2004 - it, a lede, a repetition
        return
    shingles = _shingles(page.lines[body[0]].text)
    shared = max(len(shingles & _shingles(page.lines[i].text)) for i in body[1:8])
    if len(shingles) >= _FEWEST_SHINGLES and _REPEATED * len(shingles) <= shared < len(shingles):
        raw = page.raw_line(body[0])
        found = witness("subtitle", page.lines[body[0]].text, "standfirst.repeated", 0.6, raw)
        page.take(body[0], [found])


def _shingles(text: str) -> set[tuple[str, ...]]:
    """Return the runs of four words of a text."""
    words = _WORD.findall(text.lower())
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def read_credits(page: Page) -> None:
    """Read the agencies that the dateline of the first paragraph and the tail credit."""
    body = page.body()
    if body and (credit := dateline_agency(page.lines[body[0]].text)):
        page.found.append(witness("agency", credit[0], "dateline.agency", 0.97, credit[1]))
    for index, line in enumerate(page.lines):
        if is_tail_credit(line.text):
            raw = page.raw_line(index)
            named = agencies_in(line.text)
            page.found.extend(witness("agency", name, "tail.credit", 0.9, raw) for name in named)
