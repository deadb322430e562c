"""How fast each normaliser is, on one core, without its caches.

    python benchmarks/normalize_speed.py [--rows 2000]

All inputs are made here; the dates are those of ``tests/normalize/cldr_dates.csv``.
"""

import argparse
import csv
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from broadsheet.config import Config, Language
from broadsheet.identity import identity_sha256
from broadsheet.normalize import normalize
from broadsheet.normalize.authors import read_byline
from broadsheet.normalize.dates import read_date
from broadsheet.normalize.language import detect_languages
from broadsheet.normalize.locality import Locality
from broadsheet.normalize.outlets import resolve
from broadsheet.normalize.urls import canonicalize_url
from broadsheet.normalize.words import count_words
from broadsheet.privacy import NOTES, mask
from broadsheet.records import Field, ParsedArticle, Source, Witness

DATES = Path(__file__).parents[1] / "tests" / "normalize" / "cldr_dates.csv"
HOSTS = ("www.theguardian.com", "www.lemonde.fr", "m.gazette.example", "news.bbc.co.uk")
PLACES = ("Aldermoor", "Brackwater", "Corrin Bay", "Dunsmere", "Eastholm", "Farrow Hill")
SENTENCES = (
    "The council of {place} voted on day {n} to reopen the old ferry line before the summer.",
    "Residents had asked for it for {n} years, and the pier was rebuilt with help of the province.",
    "“We are glad that the boats will run again,” a teacher of {place} said after the meeting.",
    "The first ferry leaves at {n} minutes past the hour, and a ticket costs less than a coffee.",
)


def text(number: int) -> str:
    """Return an invented article of some 3,000 characters, another for each number."""
    place = PLACES[number % len(PLACES)]
    lines = [s.format(place=place, n=number * 31 + k) for k in range(9) for s in SENTENCES]
    return "\n\n".join(lines)


def url(number: int) -> str:
    """Return an address with a tracker, another for each number."""
    host = HOSTS[number % len(HOSTS)]
    return f"https://{host}/2024/03/{number % 28 + 1:02}/ferry-{number}?utm_source=feed&id={number}"


def article(number: int) -> ParsedArticle:
    """Return a parsed article with a witness of each kind."""
    stated: dict[Field, str] = {
        "title": f"Ferry line {number} to reopen",
        "author": "By Mara Lindqvist and Jo Li, Reuters",
        "url": url(number),
        "published": f"March {number % 28 + 1}, 2024 at 9:{number % 60:02} AM",
        "language": "en",
    }
    witnesses = tuple(
        Witness(field=name, value=value, rule="field.bench", confidence=0.9, excerpt=value)
        for name, value in stated.items()
    )
    body = text(number)
    source = Source(f"{number}.txt", None, 0, len(body), f"{number:064}", "text")
    return ParsedArticle(source=source, text=body, witnesses=witnesses)


def measure(name: str, work: Callable[[Any], object], inputs: Sequence[Any]) -> None:
    """Print how many inputs a CPU second takes."""
    work(inputs[0])  # loads what is loaded once
    started = time.process_time()
    for item in inputs:
        work(item)
    seconds = time.process_time() - started
    print(f"| {name} | {len(inputs) / seconds:,.0f} | {seconds / len(inputs) * 1e6:,.0f} |")


def measure_together(
    name: str, work: Callable[[Sequence[Any]], object], inputs: Sequence[Any]
) -> None:
    """Print how many inputs a CPU second takes, all given at once."""
    work(inputs[:10])  # loads what is loaded once
    count = len(inputs)
    started = time.process_time()
    work(inputs)
    seconds = time.process_time() - started
    print(f"| {name} | {count / seconds:,.0f} | {seconds / count * 1e6:,.0f} |")


def detect(texts: Sequence[str]) -> object:
    """Detect the languages of texts that declare none."""
    return detect_languages(texts, Language(), [()] * len(texts))


def main() -> None:
    """Print a row for each normaliser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000)
    rows = range(parser.parse_args().rows)
    config = Config.model_validate(
        {"dataset": {"name": "b", "pretty_name": "b", "description": "b", "license": "cc0-1.0"}}
    )
    texts = [text(number) for number in rows]
    articles = [article(number) for number in rows]
    with DATES.open(encoding="utf-8", newline="") as file:
        dates = [(row["text"], row["language"]) for row in csv.DictReader(file)]
    read = read_date.__wrapped__
    print("| normaliser | a CPU second | microseconds each |\n|---|---|---|")
    measure("ISO 8601 instant", read, [f"2024-03-01T12:30:{n % 60:02}+01:00" for n in rows])
    measure("date in words, 42 languages", lambda d: read(d[0], Locality(languages=(d[1],))), dates)
    measure("canonical URL", canonicalize_url.__wrapped__, [url(number) for number in rows])
    measure("byline", read_byline.__wrapped__, ["By Mara Lindqvist and Jo Li, Reuters"] * len(rows))
    measure("outlet", lambda a: resolve(a.witnesses, url(0), config), articles)
    measure("language, one by one", lambda t: detect([t]), texts)
    measure_together("language, together", detect, texts)
    measure("words, 3 kB", count_words, texts)
    measure("identity digest, 3 kB", identity_sha256, texts)
    measure("masking of all kinds, 3 kB", lambda t: mask(t, list(NOTES)), texts)
    measure_together("a whole article", lambda some: normalize(some, config), articles)


if __name__ == "__main__":
    main()
