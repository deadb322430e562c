"""The libraries that might read a format, over the same bytes: why docs/formats.md names those.

Usage: python benchmarks/libraries.py [RECORDS]        (default: 1000)

CPU microseconds a record, the best of five rounds in which all take turns, over the generated
articles of ``reading.py``; and what each makes of the same archive where one byte in its middle is
flipped, or where it is cut. Peers are measured where they are installed: fastwarc, warcio, pypdf,
zlib-ng, selectolax.
"""

import bz2
import csv
import gzip
import io
import json
import lzma
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import orjson
import pyarrow.csv
import pyarrow.json
from backports import zstd
from isal import isal_zlib
from lxml import html
from reading import ROUNDS, page, seconds, write_csv, write_jsonl, write_warc

from broadsheet.pdf_text import take_text
from broadsheet.sources.warc_records import gzip_records

Loop = Callable[[bytes], int]
"""Reads bytes and returns how many records it found."""

RECORD_BYTES = 2**24


def fastwarc(raw: bytes) -> int:
    """Count pages with FastWARC."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415 - optional

    found = ArchiveIterator(io.BytesIO(raw), record_types=WarcRecordType.response, parse_http=True)
    return sum(bool(record.reader.read()) for record in found)


def warcio(raw: bytes) -> int:
    """Count pages with warcio."""
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 - optional

    found = (r for r in ArchiveIterator(io.BytesIO(raw)) if r.rec_type == "response")
    return sum(bool(record.content_stream().read()) for record in found)


def own_warc(raw: bytes) -> int:
    """Count whole records with our own code."""
    return sum(not record.fault for record in gzip_records(raw, RECORD_BYTES))


def pypdf(raw: bytes) -> int:
    """Read the text of a document with pypdf."""
    from pypdf import PdfReader  # noqa: PLC0415 - optional

    return sum(bool(found.extract_text()) for found in PdfReader(io.BytesIO(raw)).pages)


def selectolax(raw: bytes) -> int:
    """Build the tree of each page with selectolax."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - optional

    return sum(bool(LexborHTMLParser(one.decode()).root) for one in raw.split(b"\0"))


def zlib_ng(raw: bytes) -> int:
    """Inflate with zlib-ng."""
    from zlib_ng import zlib_ng as library  # noqa: PLC0415 - optional

    return bool(library.decompress(raw, 31))


def lines(load: Callable[[bytes], object]) -> Loop:
    """Return the loop that decodes each line."""
    return lambda raw: sum(bool(load(line)) for line in raw.splitlines())


def csv_rows(raw: bytes) -> int:
    """Read rows with the standard library."""
    return sum(1 for _ in csv.DictReader(io.StringIO(raw.decode(), newline="")))


def csv_table(raw: bytes) -> int:
    """Read rows with pyarrow, as Python values in the end."""
    options = pyarrow.csv.ParseOptions(newlines_in_values=True)
    return len(pyarrow.csv.read_csv(io.BytesIO(raw), parse_options=options).to_pylist())


def json_table(raw: bytes) -> int:
    """Read lines with pyarrow, as Python values in the end."""
    return len(pyarrow.json.read_json(io.BytesIO(raw)).to_pylist())


def pdf_of(count: int) -> bytes:
    """Return a PDF of one page for each record, as a program of twenty lines writes it."""
    pages = []
    for number in range(count):
        shown = "".join(f"({'News of Hollin ' * 5}{number} {n}) Tj T*\n" for n in range(40))
        pages.append(f"BT /F 9 Tf 11 TL 40 760 Td\n{shown}ET".encode())
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(count))
    objects = [f"<</Type/Pages/Kids[{kids}]/Count {count}>>".encode()]
    font = "<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    for n, content in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {4 + 2 * n} 0 R"
            f"/Resources<</Font{font}>>>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
    body = [b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"]
    body += [b"%d 0 obj%s endobj\n" % (n, o) for n, o in enumerate(objects, 2)]
    places = [len(b"".join(body[:n])) for n in range(1, len(body) + 1)]
    starts = [len(b"%PDF-1.4\n"), *places[:-1]]
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(starts) + 1
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, places[-1])
    return b"".join(body) + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + tail


def inputs(count: int) -> Iterator[tuple[str, bytes, dict[str, Loop], str]]:
    """Yield each contest: its name, the bytes, the contestants, the one that was chosen."""
    with tempfile.TemporaryDirectory() as folder:
        written = {"a.jsonl": write_jsonl, "a.csv": write_csv, "a.warc.gz": write_warc}
        raw = {}
        for name, write in written.items():
            path = Path(folder) / name
            write(path, count, 12 if "warc" in name else 3)
            raw[name] = path.read_bytes()
    text = raw["a.jsonl"]
    decoders = {"orjson": lines(orjson.loads), "json": lines(json.loads), "pyarrow": json_table}
    yield "JSON lines", text, decoders, "orjson"
    yield "CSV", raw["a.csv"], {"csv": csv_rows, "pyarrow": csv_table}, "csv"
    warcs = {"own code": own_warc, "fastwarc": fastwarc, "warcio": warcio}
    yield "WARC.gz", raw["a.warc.gz"], warcs, "own code"
    inflaters = {
        "isal": lambda packed: bool(isal_zlib.decompress(packed, 31)),
        "zlib": lambda packed: bool(zlib.decompress(packed, 31)),
        "zlib_ng": zlib_ng,
    }
    yield "gzip", gzip.compress(text, 6), inflaters, "isal"
    yield "Zstandard", zstd.compress(text), {"zstd": lambda p: bool(zstd.decompress(p))}, "zstd"
    yield "bzip2", bz2.compress(text), {"bz2": lambda p: bool(bz2.decompress(p))}, "bz2"
    yield "xz", lzma.compress(text, preset=1), {"lzma": lambda p: bool(lzma.decompress(p))}, "lzma"
    pages = b"\0".join(page(number, 12) for number in range(count))
    trees = {"lxml": lambda p: sum(bool(len(html.fromstring(x))) for x in p.split(b"\0"))}
    yield "HTML tree", pages, trees | {"selectolax": selectolax}, "none: one walk, no tree"
    readers = {"pypdfium2": lambda p: bool(take_text(p, RECORD_BYTES)), "pypdf": pypdf}
    yield "PDF", pdf_of(max(count // 10, 1)), readers, "pypdfium2"


def is_here(name: str) -> bool:
    """Tell whether a contestant's library is installed."""
    known = {"own code": "broadsheet", "zstd": "backports.zstd"}
    return find_spec(known.get(name, name)) is not None


def contest(name: str, raw: bytes, loops: dict[str, Loop], chosen: str, count: int) -> None:
    """Print what each contestant takes."""
    here = {library: loop for library, loop in loops.items() if is_here(library)}
    rounds = [
        {library: seconds(lambda loop=loop: loop(raw)) for library, loop in here.items()}
        for _ in range(ROUNDS)
    ]
    best = {library: min(one[library] for one in rounds) / count * 1e6 for library in here}
    shown = ", ".join(f"{library} {figure:.1f}" for library, figure in best.items())
    missing = ", ".join(loops.keys() - here.keys())
    print(f"| {name} | {shown} | {chosen} | {missing} |", flush=True)


def damage(count: int) -> None:
    """Print how many records each finds in a damaged and in a cut archive."""
    with tempfile.TemporaryDirectory() as folder:
        write_warc(Path(folder) / "a.warc.gz", count, 12)
        raw = bytearray((Path(folder) / "a.warc.gz").read_bytes())
    middle = len(raw) // 2
    cut = bytes(raw[:middle])
    raw[middle] ^= 0xFF
    readers = {"own code": own_warc, "fastwarc": fastwarc, "warcio": warcio}
    for name, case in {"one byte flipped": bytes(raw), "cut in the middle": cut}.items():
        for library, loop in readers.items():
            if is_here(library):
                print(f"WARC.gz, {name}: {library}: {outcome(loop, case)} of {count}")


def outcome(loop: Loop, raw: bytes) -> str:
    """Return how many records a reader finds, or what it raises."""
    try:
        return str(loop(raw))
    except Exception as error:  # noqa: BLE001 - what a library raises is the finding
        return f"{type(error).__name__}: {error}"[:80]


def main(count: int = 1_000) -> None:
    """Print both tables."""
    print("| format | CPU µs a record | chosen | not installed |\n|---|---|---|---|")
    for name, raw, loops, chosen in inputs(count):
        contest(name, raw, loops, chosen, count)
    damage(count)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
