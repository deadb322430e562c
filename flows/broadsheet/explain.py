"""Where each value of a published article came from."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from broadsheet import parse, sources
from broadsheet.config import Config, load_config
from broadsheet.errors import ConfigError, StorageError
from broadsheet.isolation import Lost, borrowed, progress
from broadsheet.pipeline.guarded import limits_for
from broadsheet.pipeline.workspace import shown_path
from broadsheet.reasons import meaning_of
from broadsheet.records import ParsedArticle, RawRecord, Source
from broadsheet.tables import ACROSS_BATCHES, ARTICLE

Json = dict[str, Any]

READ_AGAIN = "broadsheet.explain:read_again"
_NOT_VALUES = ("id", "text", "evidence", "notes", *ACROSS_BATCHES)
_WIDTH = 88


def explain_article(
    article_id: str, *, release: Path | None, raw: Path | None, output: Path
) -> Json:
    """Return the values of an article with their evidence, and why others are absent.

    Args:
        article_id: its id, or the beginning of it, where that is unambiguous.
        release: the release to look in; else the newest of every dataset in ``output``.
        raw: the dataset's folder; its raw file is parsed again to show all witnesses.
        output: the folder of releases.

    Raises:
        ConfigError: no article, or more than one, has this id.
        StorageError: there is no release, or the raw file is not the one that was published.

    """
    releases = [release] if release else sorted(output.glob("*/latest"))
    if not releases or not all((r / "data").is_dir() for r in releases):
        raise StorageError(f"{release or output} holds no release. Make one: `broadsheet build`.")
    found = [(r, row) for r in releases for row in _rows(r, article_id)]
    if len(found) != 1:
        some = ", ".join(row["id"] for _, row in found[:5])
        said = (
            f"{len(found)} articles have ids that begin so: {some}" if found else "no such article"
        )
        raise ConfigError(f"{article_id}: {said} in {', '.join(map(str, releases))}.")
    where, row = found[0]
    explanation = {"id": row["id"], "release": shown_path(where.resolve()), **_explain(row)}
    if raw is not None:
        explanation["witnesses"] = _weighed(row, _witnesses(row, raw))
    return explanation


def _rows(release: Path, prefix: str) -> list[Json]:
    table = ds.dataset(release / "data", format="parquet").to_table(
        filter=pc.starts_with(ds.field("id"), prefix)
    )
    rows: list[Json] = table.to_pylist()
    return rows


def _explain(row: Json) -> Json:
    evidence = {item["field"]: item for item in row["evidence"]}
    columns = [c.name for c in ARTICLE.columns if not c.name.startswith("source_")]
    values = [
        {"column": name, "value": row[name], **_without_field(evidence.get(name))}
        for name in columns
        if name in evidence and row[name] not in (None, [])
    ]
    return {
        "source": {k.removeprefix("source_"): v for k, v in row.items() if k.startswith("source_")},
        "values": values,
        "absent": [name for name in columns if name not in _NOT_VALUES and row[name] in (None, [])],
        "notes": [{"code": code, "meaning": meaning_of(code)} for code in row["notes"]],
        "duplicate_count": row["duplicate_count"],
    }


def _without_field(evidence: Json | None) -> Json:
    return {k: v for k, v in (evidence or {}).items() if k != "field"}


def _witnesses(row: Json, folder: Path) -> list[Json]:
    """Return every witness of the raw record, weighed or not; a child process reads it again."""
    config = load_config(folder)
    source = Source(
        **{k.removeprefix("source_"): v for k, v in row.items() if k.startswith("source_")}
    )
    root = sources.locate(folder, config.sources.path)
    with borrowed(limits_for(config.sources)) as guard:
        found = guard.call(READ_AGAIN, (root, source, config))
    if isinstance(found, Lost):
        raise StorageError(
            f"{root}/{source.path} cannot be read again: {found.reason}, {found.detail}."
        )
    if isinstance(found, str):
        raise StorageError(f"{root}/{source.path} {found}.")
    witnesses: list[Json] = found
    return witnesses


def read_again(asked: tuple[sources.Place, Source, Config]) -> Iterator[list[Json] | str]:
    """Yield the witnesses of the record at an address, or why there are none: a guard's work."""
    root, source, config = asked
    for item in sources.read_file(root, source.path, config.sources):
        progress()
        if isinstance(item, RawRecord) and item.source == source:
            yield _parsed_again(item)
            return
    yield "no longer holds the record that was published; it was changed"


def _parsed_again(record: RawRecord) -> list[Json] | str:
    parsed = parse.parse(record)
    if not isinstance(parsed, ParsedArticle):
        return "is read differently by this version of broadsheet"
    others = parse.passed_over(record, parsed)
    return [
        {
            "field": w.field,
            "value": w.value,
            "rule": w.rule,
            "confidence": w.confidence,
            "excerpt": w.excerpt,
        }
        for w in sorted((*parsed.witnesses, *others), key=lambda w: w.field)
    ]


def _weighed(row: Json, witnesses: list[Json]) -> list[Json]:
    """Say of each witness whether its value was taken, and why not."""
    taken = {(item["rule"], item["excerpt"]) for item in row["evidence"]}
    weighed: list[Json] = []
    best: dict[str, Json] = {}
    for one in witnesses:
        is_taken = (one["rule"], one["excerpt"]) in taken
        winner = best.get(one["field"])
        if is_taken:
            best.setdefault(one["field"], one)
            why = "taken"
        elif one["rule"].startswith("candidate"):
            why = (
                f"might have stated it, but {winner['rule']} was surer"
                if winner
                else ("might state it, not surely enough to say so")
            )
        elif winner is None:
            why = "passed over: no valid value could be read from it"
        elif winner["value"] == one["value"]:
            why = "says the same as the one taken"
        else:
            why = f"less trusted than {winner['rule']} ({winner['confidence']:.2f})"
        weighed.append({**one, "why": why})
    return weighed


def render_explanation(explanation: Json) -> str:
    """Return an explanation for a terminal."""
    source = explanation["source"]
    member = f" > {source['member']}" if source["member"] else ""
    end = source["offset"] + source["length"]
    lines = [
        f"{explanation['id']}  in {explanation['release']}",
        f"from {source['path']}{member}, bytes {source['offset']} to {end}, {source['format']}",
        "",
    ]
    for value in explanation["values"]:
        shown = textwrap.shorten(_show(value["value"]), _WIDTH, placeholder=" …")
        lines.append(f"{value['column']:<20} {shown}")
        lines.append(f"{'':<20} {value['rule']}, confidence {value['confidence']:.2f}")
        if value["excerpt"]:
            lines.append(
                f"{'':<20} “{textwrap.shorten(value['excerpt'], _WIDTH, placeholder=' …')}”"
            )
    lines += ["", f"not stated: {', '.join(explanation['absent']) or 'nothing'}"]
    lines += [f"note {note['code']}: {note['meaning']}" for note in explanation["notes"]]
    if explanation["duplicate_count"]:
        lines.append(f"{explanation['duplicate_count']} copies were folded into it")
    if "witnesses" in explanation:
        lines += ["", "witnesses, the most trusted of each field first:"]
        for w in explanation["witnesses"]:
            shown = textwrap.shorten(w["value"], _WIDTH, placeholder=" …")
            lines.append(f"{w['field']:<12} {w['confidence']:.2f}  {w['rule']:<24} {shown}")
            lines.append(f"{'':<19}{w['why']}")
    return "\n".join(lines)


def _show(value: Any) -> str:  # noqa: ANN401 - any column's value
    return ", ".join(value) if isinstance(value, list) else str(value)
