"""One batch: read, parse, normalise, check, stage."""

import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet import deduplicate, normalize, sources, tables, validate
from broadsheet.config import Bounds, Config
from broadsheet.errors import ConfigError
from broadsheet.fingerprint import code_digest, digest_file
from broadsheet.pipeline.earlier import FILES, files_of, with_earlier
from broadsheet.pipeline.guarded import Worked, read_and_refine
from broadsheet.pipeline.workspace import (
    ARTICLES,
    COUNTS,
    KEYS,
    QUARANTINE,
    RESULT,
    VERDICT,
    Place,
    StagedBatch,
    appears_at_once,
    find_staged,
    read_json,
    write_json,
)
from broadsheet.reasons import expectation_reason, filter_reason
from broadsheet.records import (
    Accounts,
    Rejection,
    Skipped,
    Source,
)
from broadsheet.verdicts import to_json

EXCERPT_CHARS = 240
_SOURCE = [f"source_{name}" for name in Source._fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the task of one batch needs to know; lies beside the run's plan as JSON.

    ``kept`` is where parts of large compressed files are kept; ``earlier`` says of files of which a
    staged batch holds all that they come to where that batch lies.
    """

    root: str
    staged: str
    code: str
    suite: dict[str, Any]
    config: dict[str, Any]
    batch: dict[str, Any]
    kept: str
    recurring: dict[str, list[int]] = field(default_factory=dict)
    earlier: dict[str, str] = field(default_factory=dict)


def work_batch(request_place: Place, *, is_last_try: bool = True) -> dict[str, Any]:
    """Work a batch, or find it staged already; return the staged batch as JSON.

    Raises:
        ConfigError: this worker has other code or libraries than the machine that planned the run.
        OSError: reading or writing failed and another try may follow.

    """
    request = Request(**read_json(request_place))
    if staged := find_staged(request.staged):
        return staged.to_json()
    _require_same_code(request)
    config = Config.model_validate(request.config)
    recurring = {group: frozenset(keys) for group, keys in request.recurring.items()}
    batch = sources.Batch.from_json(request.batch)

    def read(some: sources.Batch) -> Worked:
        failing: sources.OnFailure = "reject" if is_last_try else "raise"
        return read_and_refine(request.root, some, config, failing, recurring, kept=request.kept)

    worked = with_earlier(batch, request.earlier, read)
    suite = validate.Suite.from_json(request.suite)
    files = partial(files_of, batch, config, request.code, worked)
    return stage(request.staged, worked, suite, filters=config.filters, files=files).to_json()


def _require_same_code(request: Request) -> None:
    """Refuse to mix rows of two versions in one release."""
    if request.code != code_digest():
        message = (
            f"The worker {socket.gethostname()} has other code or libraries than the machine that "
            "planned the run. Install the same broadsheet and the same locked requirements there."
        )
        raise ConfigError(message)


def stage(
    folder: Place,
    worked: Worked,
    suite: validate.Suite | None,
    *,
    filters: Mapping[str, Bounds] = MappingProxyType({}),
    files: Callable[[Sequence[Rejection]], dict[str, str]] = lambda _: {},
) -> StagedBatch:
    """Check rows and write all that the batch came to; the folder appears whole or not at all.

    Without a suite no row is expected: only rejections are staged. ``files`` is told all that is
    set aside, and says which files a later batch may take from this one.
    """
    table, keys = worked.rows, worked.keys
    failures, verdict = _checked(table, suite)
    set_aside = [
        *worked.rejections,
        *(_failed(table, i, ids) for i, ids in sorted(failures.items())),
    ]
    table, keys = _without(failures, table, keys)
    filtered = deduplicate.out_of_bounds(table, keys, filters)
    set_aside += [_filtered(table, i, names) for i, names in sorted(filtered.items())]
    table, keys = _without(filtered, table, keys)
    accounts = Accounts(
        raw=len(worked.rows) + len(worked.rejections),
        published=len(table),
        quarantined=len(set_aside),
    )
    values = {VERDICT: verdict, COUNTS: worked.found, FILES: files(set_aside)}
    parts = {
        ARTICLES: table,
        QUARANTINE: tables.rejections_to_table(set_aside),
        KEYS: deduplicate.renumbered(keys),
    }
    return _write_staged(folder, accounts, parts, values, worked.skipped)


def _write_staged(
    folder: Place,
    accounts: Accounts,
    parts: Mapping[str, pa.Table],
    values: Mapping[str, Any],
    skipped: Sequence[Skipped],
) -> StagedBatch:
    with appears_at_once(folder) as fresh:
        for name, part in parts.items():
            pq.write_table(part.combine_chunks(), fresh / name, compression="zstd")
        for name, value in values.items():
            write_json(fresh / name, value)
        staged = StagedBatch(
            folder=str(folder),
            accounts=accounts,
            files={name: digest_file(fresh / name) for name in (*parts, *values)},
            skipped=tuple(asdict(entry) for entry in skipped),
        )
        write_json(fresh / RESULT, staged.to_json())
    return staged


def _checked(
    rows: pa.Table, suite: validate.Suite | None
) -> tuple[Mapping[int, tuple[str, ...]], dict[str, Any] | None]:
    """Return the rows that fail, each with the expectations that it fails, and the verdict."""
    if suite is None:
        return {}, None
    check = validate.check_rows(rows, suite, normalize.article_id)
    return check.failures, to_json(check.verdict)


def _without(numbers: Collection[int], *row_for_row: pa.Table) -> list[pa.Table]:
    """Return tables that have the same rows without those of some numbers."""
    if not numbers:
        return [*row_for_row]
    stays = [i for i in range(len(row_for_row[0])) if i not in numbers]
    return [table.take(stays) for table in row_for_row]


def _failed(rows: pa.Table, number: int, ids: Sequence[str]) -> Rejection:
    detail = f"fails {', '.join(ids)}"
    return _set_aside(rows, number, "validate", expectation_reason(ids[0]), detail)


def _filtered(rows: pa.Table, number: int, signals: Sequence[str]) -> Rejection:
    detail = f"out of bounds: {', '.join(signals)}"
    return _set_aside(rows, number, "deduplicate", filter_reason(signals[0]), detail)


def _set_aside(rows: pa.Table, number: int, stage: str, reason: str, detail: str) -> Rejection:
    return Rejection(
        source=Source.of_row({name: rows[name][number].as_py() for name in _SOURCE}),
        stage=stage,
        reason=reason,
        detail=detail,
        excerpt=rows["text"][number].as_py()[:EXCERPT_CHARS],
    )
