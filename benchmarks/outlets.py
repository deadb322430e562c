"""What the registry of outlets covers, how fast it answers, and how often a name finds its outlet.

    python benchmarks/outlets.py [BENCH]

Coverage and speed need nothing. For names, BENCH (or ``BROADSHEET_BENCH``) is a folder with
``html_dev.parquet``: of each page whose host is registered, the host's outlet is taken for the
truth, the host is then hidden, and what the page declares of itself has to find the same outlet.
A declared name that is kept without an outlet counts as not found, never as right.
"""

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.parquet as pq

from broadsheet.config import Config
from broadsheet.normalize.outlets import resolve
from broadsheet.normalize.outlets_registry import Kind
from broadsheet.normalize.outlets_shipped import load_registry
from broadsheet.parse.html import parse_html
from broadsheet.records import RawRecord, Source, Witness

CONFIG = Config.model_validate(
    {"dataset": {"name": "bench", "pretty_name": "Bench", "description": "-", "license": "cc0-1.0"}}
)
FOREIGN = {Kind.AGGREGATOR, Kind.BLOG_HOST}
LOOKUPS = 100_000


def show_coverage() -> None:
    """Print the rows by who vouches for them, and the checked ones by kind and country."""
    outlets = load_registry().outlets.values()
    checked = [outlet for outlet in outlets if outlet.is_checked]
    countries = Counter(outlet.country or "none" for outlet in checked)
    print("rows", dict(Counter(outlet.checked_by.value for outlet in outlets)))
    print("kinds of checked", dict(Counter(str(outlet.kind) for outlet in checked)))
    others = Counter(outlet.country or "none" for outlet in outlets if not outlet.is_checked)
    print(f"by country ({len(countries | others)}): checked+unchecked")
    order = sorted(countries | others, key=lambda c: (-countries[c], -others[c], c))
    print(", ".join(f"{c} {countries[c]}+{others[c]}" for c in order))


def show_speed() -> None:
    """Print look-ups of the publisher a CPU second, by URL and by name."""
    outlets = list(load_registry().outlets.values())
    chosen = [outlets[i * 7919 % len(outlets)] for i in range(LOOKUPS)]
    urls = [f"https://www.{outlet.host}/{i}" for i, outlet in enumerate(chosen)]
    names = [declared(outlet.name) for outlet in chosen]
    started = time.process_time()
    for url in urls:
        resolve([], url, CONFIG)
    by_url = LOOKUPS / (time.process_time() - started)
    started = time.process_time()
    for witness in names:
        resolve([witness], None, CONFIG)
    by_name = LOOKUPS / (time.process_time() - started)
    print(f"speed: {by_url:,.0f} URLs/s, {by_name:,.0f} names/s")


def declared(name: str) -> Witness:
    """Return the statement of a page that names itself."""
    return Witness(field="outlet", value=name, rule="og.site_name", confidence=0.9, excerpt=name)


def show_names(folder: Path) -> None:
    """Print how many hosts are registered and how often declared names find their outlet."""
    pages = pq.read_table(folder / "html_dev.parquet", columns=["dataset", "url", "html"])
    registry = load_registry()
    rules: dict[str, Counter[str]] = {}
    outcomes: Counter[str] = Counter()
    for page in pages.to_pylist():
        witnesses = witnesses_of(page["html"], page["url"])
        match = resolve(witnesses, page["url"], CONFIG)
        rules.setdefault(page["dataset"], Counter())[match.rule if match else "nothing"] += 1
        truth = registry.by_host(urlsplit(page["url"] or "").hostname or "")
        named = [witness for witness in witnesses if witness.field == "outlet"]
        if named and truth and truth.kind not in FOREIGN:
            found = resolve(named, None, CONFIG)
            is_known = found and found.outlet and found.outlet.is_registered
            right = found and found.outlet and found.outlet.id == truth.id
            outcomes["right" if right else "wrong" if is_known else "not found"] += 1
    for dataset, counts in sorted(rules.items()):
        print(dataset, dict(counts.most_common()))
    precision = outcomes["right"] / max(1, outcomes["right"] + outcomes["wrong"])
    recall = outcomes["right"] / max(1, outcomes.total())
    print(f"names: {dict(outcomes)}, precision {precision:.3f}, recall {recall:.3f}")


def witnesses_of(html: bytes | str, url: str | None) -> tuple[Witness, ...]:
    """Return what a page states."""
    text = html if isinstance(html, str) else html.decode("utf-8", "replace")
    source = Source("bench", None, 0, len(text), "0" * 64, "html")
    fields = {"url": (url,)} if url else {}
    parsed = parse_html(RawRecord(source=source, text=text, media="html", fields=fields))
    return getattr(parsed, "witnesses", ())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path, nargs="?", default=os.environ.get("BROADSHEET_BENCH"))
    folder = parser.parse_args().bench
    show_coverage()
    show_speed()
    if not folder:
        sys.exit(
            "No development set: name its folder, or set BROADSHEET_BENCH. Names not measured."
        )
    show_names(Path(folder))
