"""Labelled plain pages to train and test on: the development sets, as lines with labels.

Two sources, both from the folder of development sets: its plain pages with a label a line, and its
web pages, rendered here to text and to Markdown, with the labels that their segments, titles,
dates and authors give. Nothing of them is kept in the project.
"""

import bisect
import random
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html2text
import inscriptis
import pyarrow.parquet as pq

from broadsheet.parse.columns import Line
from broadsheet.parse.lines import read_lines
from broadsheet.parse.markup import is_marked_up
from broadsheet.parse.trailer import prefix_date
from broadsheet.text import clean

FOLDS = 5
BODY, CHROME = 1, 0
_TWO_PART_SUFFIXES = (".co.uk", ".com.au", ".co.nz", ".org.uk", ".co.za", ".com.br")
_LONGEST_HTML = 3_000_000


@dataclass(slots=True)
class LabelledPage:
    """A page with what is known of it.

    Attributes:
        id: name of the page in its set.
        site: registrable domain; pages of a site share a fold.
        style: crop, md, full, prefix, swap or ablate.
        raw: the text as a scraper left it.
        labels: for each line of ``raw``, BODY, CHROME or None.
        title: headline, where ``known`` has it.
        authors: people, where ``known`` has them.
        date: ISO day, where ``known`` has it.
        known: fields whose truth is known; null then means that none is stated.
        is_scored: it is a page of the plain development set, not a rendered web page.
        lines: from :func:`broadsheet.parse.lines.read_lines`.
        line_labels: the label of each of them.
        url: the address that the page states at its end.

    """

    id: str
    site: str
    style: str
    raw: str
    labels: list[int | None]
    title: str | None
    authors: list[str] | None
    date: str | None
    known: tuple[str, ...]
    is_scored: bool
    markdown: bool = False
    lines: list[Line] = field(default_factory=list)
    line_labels: list[int | None] = field(default_factory=list)
    url: str | None = None

    @property
    def fold(self) -> int:
        """The fold that holds this page out."""
        return zlib.crc32(self.site.encode()) % FOLDS


def load_pages(bench: Path) -> list[LabelledPage]:
    """Return all labelled pages of a folder of development sets, lines read."""
    web = pq.read_table(bench / "html_dev.parquet").to_pylist()
    plain = pq.read_table(bench / "text_dev.parquet").to_pylist()
    sites = {row["id"]: site_of(row["url"], row["id"]) for row in web}
    pages = [*_plain_pages(plain, sites), *_rendered_pages(web)]
    for page in pages:
        _read(page)
    return [page for page in pages if page.lines]


def site_of(url: str | None, otherwise: str) -> str:
    """Return the registrable domain of a URL, roughly."""
    host = (urlsplit(url).hostname if url else None) or otherwise
    return ".".join(host.split(".")[-3 if host.endswith(_TWO_PART_SUFFIXES) else -2 :])


def _plain_pages(rows: list[dict[str, Any]], sites: dict[str, str]) -> Iterator[LabelledPage]:
    by_id = {row["id"]: row for row in rows}
    for row in rows:
        if row["contested"]:
            continue
        labels = row["line_labels"]
        lines = row["raw"].split("\n")
        if len(lines) != len(labels):  # lines were taken out; their labels are the original's
            original = by_id.get(row["id"].rpartition("@")[0])
            labels = _carried_over(lines, original) if original else [None] * len(lines)
        base = row["id"].partition("@")[0]
        yield LabelledPage(
            id=row["id"],
            site=sites.get(base, base),
            style=row["style"],
            raw=row["raw"],
            labels=[None if label is None else int(label == BODY) for label in labels],
            title=row["title"],
            authors=row["authors"],
            date=row["date"],
            known=tuple(row["known"]),
            is_scored=True,
        )


def _carried_over(lines: list[str], original: dict[str, Any]) -> list[int | None]:
    before, labels = original["raw"].split("\n"), original["line_labels"]
    carried: list[int | None] = []
    at = 0
    for line in lines:
        found = at
        while found < len(before) and before[found] != line:
            found += 1
        is_found = found < len(before) and (line.strip() or found - at < 3)  # noqa: PLR2004
        carried.append(labels[found] if is_found else None)
        at = found + 1 if is_found else at
    return carried


def _rendered_pages(rows: list[dict[str, Any]]) -> Iterator[LabelledPage]:
    cut = random.Random(1)  # noqa: S311 - where to cut a page needs no secret
    markdown = html2text.HTML2Text()
    markdown.body_width = 0
    for row in rows:
        # The plain set was made from these two sets already.
        if row["dataset"] in {"news_en", "news_body"} or row["contested"]:
            continue
        html = row["html"].decode("utf-8", "replace")
        if len(html) > _LONGEST_HTML:
            continue
        for style, text in (("full", inscriptis.get_text(html)), ("md", markdown.handle(html))):
            yield from _styles(row, style, text, cut)


def _styles(
    row: dict[str, Any], style: str, text: str, cut: random.Random
) -> Iterator[LabelledPage]:
    """Yield a rendered page as a whole, and cut to the article with some chrome around it."""
    lines = re.sub(r"\n{3,}", "\n\n", "\n".join(map(str.rstrip, text.split("\n")))).split("\n")
    labels = _segment_labels(lines, row["keep"] or [], row["drop"] or [])
    title = _squash(row["title"] or "")
    known = tuple(name for name in ("title", "date", "authors") if row[name])
    titles = [i for i, line in enumerate(lines) if title and _squash(line.lstrip("# ")) == title]
    body = [i for i, label in enumerate(labels) if label == BODY]

    def page(first: int, last: int, style: str, name: str) -> LabelledPage:
        return LabelledPage(
            id=f"{row['id']}@{name}",
            site=site_of(row["url"], row["id"]),
            style=style,
            raw="\n".join(lines[first:last]),
            labels=labels[first:last],
            title=row["title"],
            authors=row["authors"],
            date=row["date"],
            known=known,
            is_scored=False,
        )

    if style == "full" or not (body or titles):
        yield page(0, len(lines), style, style)
    if body or titles:
        start = min([*body[:1], *[t for t in titles if not body or t < body[0]][-1:]])
        end = body[-1] if body else start + 60
        first = max(0, start - int(cut.expovariate(1 / 15)))
        last = min(len(lines), end + 1 + int(cut.expovariate(1 / 15)))
        yield page(first, last, "crop" if style == "full" else "md", f"{style}.crop")


def _squash(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _segment_labels(lines: list[str], keep: list[str], drop: list[str]) -> list[int | None]:
    kept = [s for s in map(_squash, keep) if len(s) >= 3]  # noqa: PLR2004
    dropped = [s for s in map(_squash, drop) if len(s) >= 3]  # noqa: PLR2004
    labels: list[int | None] = []
    for line in lines:
        text = _squash(re.sub(r"\]\([^)]*\)", "]", line))
        is_body = any(s in text or (len(text) > 25 and text in s) for s in kept)  # noqa: PLR2004
        is_chrome = any(s in text and 2 * len(s) > len(text) for s in dropped)
        labels.append(None if not text or is_body == is_chrome else int(is_body))
    return labels


def _read(page: LabelledPage) -> None:
    """Read a page's lines and carry its labels over to them."""
    raw, _ = clean(page.raw)
    prefix = prefix_date(raw)
    shown = " " * prefix.end + raw[prefix.end :] if prefix else raw
    page.markdown = is_marked_up(raw)
    page.lines = read_lines(shown, markdown=page.markdown)
    stated = re.search(r"original url:?\s*<?(https?://[^\s>]+)", raw, re.IGNORECASE)
    page.url = stated[1] if stated else None
    starts = [0]
    for line in raw.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    if len(starts) - 1 != len(page.labels):
        page.line_labels = [None] * len(page.lines)
        return
    for line in page.lines:
        first = bisect.bisect_right(starts, line.offset) - 1
        last = bisect.bisect_left(starts, line.offset + line.length)
        labels = Counter(label for label in page.labels[first:last] if label is not None)
        page.line_labels.append(labels.most_common(1)[0][0] if labels else None)
