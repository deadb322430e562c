"""The commands on what is expected and what was set aside; :mod:`broadsheet.cli` adds them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadsheet.cli_parts import FOLDER, reports_errors

if TYPE_CHECKING:
    import pyarrow as pa

# What a spreadsheet takes for a formula: OWASP, "CSV Injection".
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.command()
@click.argument("folder", type=FOLDER, required=False)
@reports_errors
def contract(*, folder: Path | None) -> None:
    """Say what a release promises: each column, its type and its rules in words.

    With a FOLDER that holds dataset.toml, with its own suites and settings.
    """
    from broadsheet.config import load_config
    from broadsheet.validate import load_suites, render_contract

    if folder is None:
        suites = load_suites()
    else:
        config = load_config(folder)
        own = config.validation.expectations
        suites = load_suites(folder / own if own else None, config=config)
    click.echo(render_contract(suites), nl=False)


@click.command()
@click.argument("release", type=FOLDER)
@click.option(
    "--reason", "reasons", multiple=True, help="Code or family, such as date; repeatable."
)
@click.option("--stage", "stages", multiple=True, help="Stage that refused them; repeatable.")
@click.option("--source", "sources", multiple=True, help="Pattern of raw files; repeatable.")
@click.option("--contains", default="", help="Characters in detail or excerpt, in any letter case.")
@click.option("--sample", type=click.IntRange(min=1), help="At most so many, spread over all.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["counts", "text", "json", "csv"]),
    help="Counts by default; text where a condition is given.",
)
@reports_errors
def rejects(
    *,
    release: Path,
    reasons: tuple[str, ...],
    stages: tuple[str, ...],
    sources: tuple[str, ...],
    contains: str,
    sample: int | None,
    format_: str | None,
) -> None:
    """List what RELEASE set aside, and why: count, filter and sample its quarantine."""
    from broadsheet.publish import layout, require_release
    from broadsheet.validate import filter_rejections

    require_release(release)
    rows = filter_rejections(
        layout.shards_of(release, "quarantine"),
        reasons=reasons,
        stages=stages,
        sources=sources,
        contains=contains,
        sample=sample,
    )
    is_narrowed = any((reasons, stages, sources, contains, sample))
    form = format_ or ("text" if is_narrowed else "counts")
    render = {"counts": _counts, "text": _text, "json": _json, "csv": _csv}[form]
    click.echo(render(rows), nl=False)
    if form == "counts" and rows.num_rows:
        click.echo(
            f"{rows.num_rows:,} records. Show some: broadsheet rejects {release} --sample 5. "
            "After a fix, `broadsheet build` lets them in.",
            err=True,
        )


def _counts(rows: pa.Table) -> str:
    from broadsheet.reasons import Reason
    from broadsheet.validate import count_reasons

    counts = count_reasons(rows)
    if not counts:
        return "Nothing is set aside.\n"
    meanings = {reason.value: reason.meaning for reason in Reason}
    width = max(len(code) for code in counts)
    return "".join(
        f"{count:>9,}  {code:<{width}}  {meanings.get(code, '')}".rstrip() + "\n"
        for code, count in counts.items()
    )


def _text(rows: pa.Table) -> str:
    from broadsheet.validate import all_reasons

    entries = []
    for row in rows.to_pylist():
        lines = [_place(row), f"  {', '.join(all_reasons(row))} (at {row['stage']})"]
        lines += [f"  {_line(row[name])}" for name in ("detail", "excerpt") if row[name]]
        entries.append("\n".join(lines) + "\n")
    return "\n".join(entries) or "Nothing meets these conditions.\n"


def _json(rows: pa.Table) -> str:
    from broadsheet.validate import all_reasons

    found = [row | {"reasons": all_reasons(row)} for row in rows.to_pylist()]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _csv(rows: pa.Table) -> str:
    """Return a table that a spreadsheet shows and does not run."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(rows.column_names)
    writer.writerows(map(_cells, rows.to_pylist()))
    return target.getvalue()


def _cells(row: dict[str, Any]) -> Iterable[Any]:
    for value in row.values():
        yield f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _place(row: dict[str, Any]) -> str:
    member = f" > {row['source_member']}" if row["source_member"] else ""
    offset = f" at byte {row['source_offset']:,}" if row["source_offset"] else ""
    return _line(f"{row['source_path']}{member}{offset}")


def _line(text: str) -> str:
    """Return a text as one line without anything that a terminal obeys."""
    from broadsheet.text import clean, excerpt

    return excerpt(clean(text)[0], 240)


VALIDATION_COMMANDS = (contract, rejects)
