"""Corpora of generated news for the other benchmarks: HTML in WARC, or text in JSON lines.

    python benchmarks/corpora.py FOLDER --kind html --articles 10000

Every text is made here. Words are drawn letter by letter from the trigram tables of langdetect
(Apache-2.0), so that detectors recognise each of the languages; they follow Zipf's law within an
article. 5 % of the articles are exact copies of an earlier one on another page, 5 % near copies
with some words exchanged; 1 % of the records are bad in one of four ways. The same arguments give
the same bytes.
"""

import argparse
import gzip
import io
import json
import random
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from pathlib import Path

import numpy as np
import orjson

LANGUAGES = {
    "en": 0.40, "es": 0.10, "de": 0.08, "fr": 0.08, "ru": 0.07, "pt": 0.06, "it": 0.05,
    "ar": 0.04, "nl": 0.03, "pl": 0.03, "tr": 0.02, "uk": 0.02, "el": 0.01, "vi": 0.01,
}  # fmt: skip
EXACT, NEAR, BAD = 0.05, 0.05, 0.01
VOCABULARY_WORDS = 8_000
ARTICLE_WORDS = 430
RECENT = 5_000
RECORDS_PER_FILE = {"html": 1_000, "text": 2_500}
BAD_KINDS = ("empty", "binary", "short", "cut")
HOSTS = 60


@dataclass(frozen=True, slots=True)
class Page:
    """One record: its number, its address, and what is on the page; ``bad`` names the fault."""

    number: int
    host: str
    language: str
    title: str
    author: str
    date: str
    paragraphs: tuple[str, ...]
    bad: str = ""

    @property
    def url(self) -> str:
        """The page's address."""
        return f"https://{self.host}/{self.date[:7].replace('-', '/')}/story-{self.number}"


class Words:
    """The words of a language, made from its trigrams; the common ones come first."""

    def __init__(self, language: str, seed: int) -> None:
        profile = files("langdetect") / "profiles" / language
        counts: dict[str, int] = json.loads(profile.read_text(encoding="utf-8"))["freq"]
        grams: dict[str, dict[str, int]] = defaultdict(dict)
        for gram, count in counts.items():
            if len(gram) == 3:  # noqa: PLR2004 - a trigram
                grams[gram[:2]][gram[2]] = count
            elif len(gram) == 2 and gram[0] == " ":  # noqa: PLR2004 - how words begin
                grams[""][gram] = count
        follows = {g: (list(after), list(accumulate(after.values()))) for g, after in grams.items()}
        chance = random.Random(f"{language}-{seed}")  # noqa: S311 - reproducible, guards nothing
        words: dict[str, None] = {}
        while len(words) < VOCABULARY_WORDS:
            word = _drawn(chance, follows[""])
            while len(word) < 14 and word[-2:] in follows and word[-1:] != " ":  # noqa: PLR2004 - no longer words
                word += _drawn(chance, follows[word[-2:]])
            if len(word.strip()) > 1:
                words[word.strip()] = None
        self.words = sorted(words, key=lambda word: len(word) + chance.random() * 4)
        shares = 1 / np.arange(1, len(words) + 1)
        self.edges = np.cumsum(shares / shares.sum())

    def sentence(self, chance: np.random.Generator, length: int) -> str:
        """Return a sentence of so many words."""
        drawn = np.searchsorted(self.edges, chance.random(length))
        text = " ".join(self.words[min(i, len(self.words) - 1)] for i in drawn)
        return text[:1].upper() + text[1:] + "."

    def paragraphs(self, chance: np.random.Generator) -> tuple[str, ...]:
        """Return the paragraphs of an article."""
        left = int(ARTICLE_WORDS * (0.4 + 1.2 * chance.random()))
        paragraphs: list[list[str]] = [[]]
        while left > 0:
            length = int(chance.integers(6, 26))
            paragraphs[-1].append(self.sentence(chance, length))
            left -= length
            if len(paragraphs[-1]) >= chance.integers(2, 5):
                paragraphs.append([])
        return tuple(" ".join(sentences) for sentences in paragraphs if sentences)


def _drawn(chance: random.Random, choices: tuple[list[str], list[int]]) -> str:
    """Return one of some letters, by their cumulated counts."""
    letters, edges = choices
    return letters[bisect(edges, chance.random() * edges[-1])]


@cache
def tables_of(seed: int) -> dict[str, Words]:
    """Return the words of each language."""
    return {language: Words(language, seed) for language in LANGUAGES}


def pages(count: int, seed: int = 0) -> Iterator[Page]:
    """Yield the records of a corpus; a longer corpus begins with the same ones."""
    chance = np.random.default_rng(seed)
    tables = tables_of(seed)
    names, weights = list(LANGUAGES), np.array(list(LANGUAGES.values()))
    recent: list[Page] = []
    for number in range(count):
        draw = chance.random()
        origin = recent[chance.integers(len(recent))] if recent and draw < EXACT + NEAR else None
        language = origin.language if origin else names[chance.choice(len(names), p=weights)]
        words = tables[language]
        paragraphs = origin.paragraphs if origin else words.paragraphs(chance)
        if origin and draw >= EXACT:
            paragraphs = _edited(paragraphs, words, chance)
        day = int(chance.integers(0, 700))
        page = Page(
            number=number,
            host=f"www.{words.words[500 + number % HOSTS].encode('idna').decode()}.example",
            language=language,
            title=origin.title
            if origin
            else words.sentence(chance, int(chance.integers(5, 12)))[:-1],
            author=" ".join(w.title() for w in words.sentence(chance, 2)[:-1].split()),
            date=str(np.datetime64("2023-01-01") + day) + f"T{day % 24:02d}:{number % 60:02d}:00Z",
            paragraphs=paragraphs,
            bad=BAD_KINDS[number % 4] if chance.random() < BAD else "",
        )
        yield page
        if not (origin or page.bad):
            recent.append(page)
            recent = recent[-RECENT:]


def _edited(
    paragraphs: tuple[str, ...], words: Words, chance: np.random.Generator
) -> tuple[str, ...]:
    """Exchange a few words, and now and then drop the last paragraph."""
    edited = [paragraph.split(" ") for paragraph in paragraphs]
    for _ in range(int(chance.integers(2, 9))):
        paragraph = edited[chance.integers(len(edited))]
        paragraph[chance.integers(len(paragraph))] = words.words[chance.integers(200)]
    if len(edited) > 3 and chance.random() < 1 / 3:  # noqa: PLR2004 - enough is left
        edited.pop()
    return tuple(" ".join(paragraph) for paragraph in edited)


def html(page: Page, chrome: "Chrome") -> bytes:
    """Return a page as a site would serve it: some 25 kB, a tenth of them the article."""
    linked = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": page.title,
        "datePublished": page.date, "author": {"@type": "Person", "name": page.author},
        "mainEntityOfPage": page.url, "inLanguage": page.language,
    }  # fmt: skip
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in page.paragraphs)
    document = (
        f'<!doctype html><html lang="{page.language}"><head><meta charset="utf-8">'
        f"<title>{page.title} | {page.host}</title>"
        f'<link rel="canonical" href="{page.url}">'
        f'<meta property="og:title" content="{page.title}">'
        f'<meta property="article:published_time" content="{page.date}">'
        f'<script type="application/ld+json">{json.dumps(linked, ensure_ascii=False)}</script>'
        f"{chrome.head}</head><body>{chrome.top}<main><article><h1>{page.title}</h1>"
        f'<p class="byline">By <a rel="author" href="/people/{page.number % 97}">{page.author}</a>'
        f' <time datetime="{page.date}">{page.date[:10]}</time></p>'
        f'<div class="article-body">{body}</div></article></main>{chrome.bottom}</body></html>'
    ).encode()
    if page.bad == "binary":
        return bytes(range(256)) * 20
    if page.bad == "cut":
        return document[: len(document) // 3]
    if page.bad:
        return b"" if page.bad == "empty" else b"<html><body><p>Rain.</p></body></html>"
    return document


class Chrome:
    """What surrounds the articles of a site: scripts, styles, links; the same on each page."""

    def __init__(self, host: str, words: Words) -> None:
        chance = np.random.default_rng(list(host.encode()))
        names = [words.sentence(chance, 2)[:-1] for _ in range(80)]
        teasers = [words.sentence(chance, 9)[:-1] for _ in range(40)]
        rules = "".join(f".c{i}{{margin:{i}px;padding:{i % 7}px}}" for i in range(150))
        code = "".join(f"window.s{i}=function(a){{return a+{i}}};" for i in range(150))
        self.head = f"<style>{rules}</style><script>{code}</script>"
        items = "".join(f'<li><a href="/t/{i}">{name}</a></li>' for i, name in enumerate(names))
        self.top = f'<header><nav><ul class="menu">{items}</ul></nav></header>'
        related = "".join(
            f'<div class="card c{i}"><a href="/r/{i}"><h3>{teaser}</h3></a></div>'
            for i, teaser in enumerate(teasers)
        )
        self.bottom = (
            f'<aside class="related">{related}</aside>'
            f'<footer><ul class="legal">{items}</ul><p>© {host}</p></footer>'
        )


def warc_record(url: str, content: bytes, number: int) -> bytes:
    """Return a response record, compressed by itself as is the custom."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + content
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: 2024-12-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + answer + b"\r\n\r\n", compresslevel=1, mtime=0)


def json_line(page: Page) -> bytes:
    """Return a record of JSON lines: address, headline, day, text."""
    text = "\n\n".join(page.paragraphs)
    if page.bad == "cut":
        return orjson.dumps({"url": page.url, "text": text})[:-40] + b"\n"
    text = {"empty": "", "short": "Rain.", "binary": "\x00\x01\x02" * 300}.get(page.bad, text)
    record = {"url": page.url, "title": page.title, "date": page.date, "text": text}
    return orjson.dumps(record) + b"\n"


def write(folder: Path, kind: str, count: int, *, skip: int = 0) -> None:
    """Write the records from ``skip`` on into files of about a thousand, and dataset.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.toml").write_text(SETTINGS, encoding="utf-8")
    chromes: dict[str, Chrome] = {}
    tables = tables_of(0)
    size = RECORDS_PER_FILE[kind]
    part = io.BytesIO()
    for page in pages(count):
        if page.number >= skip:
            if kind == "html":
                site = f"{page.host}/{page.language}"
                if site not in chromes:
                    chromes[site] = Chrome(page.host, tables[page.language])
                content = html(page, chromes[site])
                part.write(warc_record(page.url, content, page.number))
            else:
                part.write(json_line(page))
        if (page.number + 1) % size == 0 or page.number + 1 == count:
            if part.tell():
                ending = "warc.gz" if kind == "html" else "jsonl"
                name = f"part-{max(skip, page.number // size * size):08d}.{ending}"
                (folder / name).write_bytes(part.getvalue())
            part = io.BytesIO()


SETTINGS = """\
[dataset]
name = "generated"
pretty_name = "Generated news"
description = "Invented words, to measure with."
license = "cc0-1.0"

[dates]
not_after = 2025-12-31
"""


def main() -> None:
    """Write a corpus."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=("html", "text"), default="text")
    parser.add_argument("--articles", type=int, default=10_000)
    chosen = parser.parse_args()
    write(chosen.folder, chosen.kind, chosen.articles)


if __name__ == "__main__":
    main()
