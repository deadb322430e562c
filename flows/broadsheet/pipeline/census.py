"""The first pass over a corpus: which lines recur across an outlet's pages.

Each batch notes the lines of its pages, as a task and only once while its files stay the same. The
census then counts, exactly, on how many distinct pages of its group each line stands. Keys are
counted range by range, so that memory is bounded whatever the size of the corpus, and nothing
depends on the order of files or workers.

What a batch is told are only the recurring lines that stand in it, and only those are part of its
key: a few more documents work again the batches in which a line has just begun to recur (or
ceased to), and no other.
"""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet import sources
from broadsheet.addresses import is_address, open_store
from broadsheet.config import Config, Sources
from broadsheet.fingerprint import digest_json
from broadsheet.isolation import Died, borrowed
from broadsheet.parse.recurring import Sighting, recurs
from broadsheet.pipeline.batch import Request
from broadsheet.pipeline.guarded import limits_for
from broadsheet.pipeline.workspace import appears_at_once, join, read_json, write_json

Json = dict[str, Any]

LINES = "lines.parquet"
_SIGHTS = "broadsheet.refinement:sight_lines"
_ROWS_AT_ONCE = 4_000_000
_PAGES = -1  # the key of a row that only says that its page is one of the group's
_SCHEMA = pa.schema([("group", pa.string()), ("key", pa.int64()), ("page", pa.int64())])


def requests_of(planned: Json) -> list[str]:
    """Return the requests of a plan's batches, told which lines recur where these are to go."""
    requests: list[str] = planned["requests"]
    if not planned["learns_lines"]:
        return requests
    return tell_recurring([note_lines(request) for request in requests])


def note_lines(request_place: str) -> Json:
    """Note the lines of a batch's pages, or find that done already.

    Returns:
        JSON: ``request``, the batch; ``lines``, where its lines are noted; ``rows``, how many.

    """
    request = Request(**read_json(request_place))
    config = Config.model_validate(request.config)
    batch = sources.Batch.from_json(request.batch)
    folder = lines_folder(request)
    try:
        rows = read_json(join(folder, "result.json"))["rows"]
    except FileNotFoundError:
        table = lines_of(_sighted(request, batch, config.sources))
        rows = len(table)
        with appears_at_once(folder) as fresh:
            pq.write_table(table, fresh / LINES, compression="zstd")
            write_json(fresh / "result.json", {"rows": rows})
    return {"request": request_place, "lines": join(folder, LINES), "rows": rows}


def _sighted(request: Request, batch: sources.Batch, settings: Sources) -> Iterator[Sighting]:
    """Yield the lines of a batch's pages, seen behind the guard.

    Those of a stretch that kills it, or that cannot be read, count for none; the batch itself will
    say why.
    """
    left = list(batch.spans)
    with borrowed(limits_for(settings)) as guard:
        while left:
            with contextlib.suppress(Died):
                asked = (request.root, tuple(left), settings, request.kept)
                for seen in guard.run(_SIGHTS, asked):
                    yield from seen
                    left.pop(0)
                return
            left.pop(0)


def lines_folder(request: Request) -> str:
    """Return where the lines of a batch's pages are noted."""
    keyed_by = {
        "code": request.code,
        "sources": request.config["sources"],
        "batch": sources.Batch.from_json(request.batch).digest,
    }
    work = request.staged.rpartition("/batches/")[0]
    return join(work, "lines", digest_json(keyed_by)[:32])


def lines_of(sightings: Iterable[Sighting]) -> pa.Table:
    """Return a row for each short line of each page, and one for the page itself."""
    rows: list[tuple[str, int, int]] = []
    for seen in sightings:
        rows += [(seen.group, key, seen.page) for key in (_PAGES, *sorted(seen.keys))]
    columns = zip(*rows, strict=True) if rows else [()] * 3
    arrays = [pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)]
    return pa.table(arrays, schema=_SCHEMA)


def tell_recurring(noted: Sequence[Json]) -> list[str]:
    """Count the lines of all batches and write anew the requests that a recurring line concerns.

    Args:
        noted: what :func:`note_lines` returned, in the order of batches.

    Returns:
        The places of the batches' requests, in that order.

    """
    places = [one["lines"] for one in noted]
    found = recurring_lines(places, sum(one["rows"] for one in noted))
    told = []
    for one in noted:
        place, recurring = one["request"], _standing_in(one["lines"], found)
        if recurring:
            request = Request(**read_json(place))
            key = digest_json({"batch": request.staged, "recurring": recurring})[:32]
            staged = f"{request.staged.rpartition('/')[0]}/{key}"
            place = f"{str(place).rpartition('/')[0]}/{key}.json"
            write_json(place, asdict(replace(request, staged=staged, recurring=recurring)))
        told.append(place)
    return told


def recurring_lines(
    places: Sequence[str], rows: int, rows_at_once: int = _ROWS_AT_ONCE
) -> dict[str, frozenset[int]]:
    """Return for each group the keys of the lines that recur.

    Args:
        places: where the lines of each batch are noted.
        rows: how many there are.
        rows_at_once: how many of them memory holds, about.

    """
    of_pages = _counted(places, pc.field("key") == _PAGES)
    of_group = dict(zip(of_pages["group"].to_pylist(), of_pages["pages"].to_pylist(), strict=True))
    parts = 1 << max(0, (rows // rows_at_once).bit_length())
    found: dict[str, set[int]] = defaultdict(set)
    for part in range(parts):
        # The low bits of a digest are as good as drawn at random.
        is_in_part = pc.bit_wise_and(pc.field("key"), parts - 1) == part
        counts = _counted(places, (pc.field("key") != _PAGES) & is_in_part)
        for group, key, pages in zip(*(counts[c].to_pylist() for c in _COUNTED), strict=True):
            if recurs(pages, of_group[group]):
                found[group].add(key)
    return {group: frozenset(keys) for group, keys in found.items()}


_COUNTED = ("group", "key", "pages")


def _counted(places: Sequence[str], condition: pc.Expression) -> pa.Table:
    """Return on how many distinct pages each line stands that meets a condition."""
    tables = [_read(place).filter(condition) for place in places]
    table = pa.concat_tables(tables) if tables else _SCHEMA.empty_table()
    counts = table.group_by(["group", "key"]).aggregate([("page", "count_distinct")])
    counts = counts.rename_columns(["group", "key", "pages"])
    return counts.filter(pc.field("pages") > 0)


def _read(place: str) -> pa.Table:
    if not is_address(place):
        return pq.read_table(place, schema=_SCHEMA)
    store, path = open_store(place)
    return pq.read_table(path, schema=_SCHEMA, filesystem=store)


def _standing_in(place: str, found: dict[str, frozenset[int]]) -> dict[str, list[int]]:
    """Return the recurring lines that stand in a batch, by group."""
    groups: dict[str, set[int]] = defaultdict(set)
    table = _read(place)
    for group, key in zip(table["group"].to_pylist(), table["key"].to_pylist(), strict=True):
        if key in found.get(group, ()):
            groups[group].add(key)
    return {group: sorted(keys) for group, keys in sorted(groups.items())}
