"""One batch: read, parse, normalise, check, stage."""

import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet import deduplicate, normalize, sources, tables, validate
from broadsheet.config import Bounds, Config
from broadsheet.errors import ConfigError
from broadsheet.fingerprint import code_digest, digest_file
from broadsheet.isolation import Guard, Lost
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
from broadsheet.privacy import mask
from broadsheet.reasons import expectation_reason, filter_reason
from broadsheet.records import (
    Accounts,
    Article,
    RawRecord,
    Rejection,
    Skipped,
)
from broadsheet.refinement import Recurring, Setup
from broadsheet.verdicts import to_json

EXCERPT_CHARS = 240
_REFINE = "broadsheet.refinement:refine_records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the task of one batch needs to know; lies beside the run's plan as JSON."""

    root: str
    staged: str
    code: str
    suite: dict[str, Any]
    config: dict[str, Any]
    batch: dict[str, Any]
    recurring: dict[str, list[int]] = field(default_factory=dict)


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
    items = sources.read_batch(
        request.root,
        sources.Batch.from_json(request.batch),
        config.sources,
        on_failure="reject" if is_last_try else "raise",
    )
    recurring = {group: frozenset(keys) for group, keys in request.recurring.items()}
    articles, rejections, skipped = refine(items, config, recurring)
    found = Counter(item.source.path for item in items if not isinstance(item, Skipped))
    return stage(
        request.staged,
        articles,
        rejections,
        skipped,
        validate.Suite.from_json(request.suite),
        found=found,
        filters=config.filters,
    ).to_json()


def _require_same_code(request: Request) -> None:
    """Refuse to mix rows of two versions in one release."""
    if request.code != code_digest():
        message = (
            f"The worker {socket.gethostname()} has other code or libraries than the machine that "
            "planned the run. Install the same broadsheet and the same locked requirements there."
        )
        raise ConfigError(message)


def refine(
    items: Sequence[RawRecord | Rejection | Skipped],
    config: Config,
    recurring: Recurring = MappingProxyType({}),
) -> tuple[list[Article], list[Rejection], list[Skipped]]:
    """Turn raw records into rows; what cannot become one keeps its reason.

    Records are worked in a child process: one that crashes or exhausts it is lost alone. The lines
    that recur across a group of records (see ``parse.recurring``) are left out of its texts.
    """
    records = [item for item in items if isinstance(item, RawRecord)]
    setup = Setup(config, dict(recurring))
    with Guard[RawRecord, Article | Rejection](_REFINE, setup, is_kept=True) as guard:
        worked = guard.map(records)
    rows = [
        _lost(record, row) if isinstance(row, Lost) else row
        for record, row in zip(records, worked, strict=True)
    ]
    refused = [item for item in (*items, *rows) if isinstance(item, Rejection)]
    rejections = [
        replace(item, excerpt=mask(item.excerpt, config.privacy.mask).text) for item in refused
    ]
    skipped = [item for item in items if isinstance(item, Skipped)]
    return [row for row in rows if isinstance(row, Article)], rejections, skipped


def _lost(record: RawRecord, lost: Lost) -> Rejection:
    return Rejection(
        source=record.source,
        stage="parse",
        reason=lost.reason,
        detail=lost.detail,
        excerpt=sources.printable(record.text),
    )


def stage(
    folder: Place,
    articles: Sequence[Article],
    rejections: Sequence[Rejection],
    skipped: Sequence[Skipped],
    suite: validate.Suite | None,
    *,
    found: Mapping[str, int],
    filters: Mapping[str, Bounds] = MappingProxyType({}),
) -> StagedBatch:
    """Check rows and write all that the batch came to; the folder appears whole or not at all.

    Without a suite no row is expected: only rejections are staged. ``found`` is how many records
    were read from each file, counted before any of them was worked on.
    """
    table, kept, failed, verdict = _checked(articles, suite)
    signals = deduplicate.signals_of(table)
    if filtered := deduplicate.out_of_bounds(table, signals, filters):
        failed += [_filtered(kept[i], names) for i, names in sorted(filtered.items())]
        stays = [i for i in range(len(kept)) if i not in filtered]
        table, signals = table.take(stays), signals.take(stays)
    set_aside = [*rejections, *failed]
    accounts = Accounts(
        raw=len(articles) + len(rejections), published=len(table), quarantined=len(set_aside)
    )
    values = {VERDICT: verdict, COUNTS: found}
    parts = {
        ARTICLES: table,
        QUARANTINE: tables.rejections_to_table(set_aside),
        KEYS: deduplicate.keys_of(table, 0, signals),
    }
    return _write_staged(folder, accounts, parts, values, skipped)


def _write_staged(
    folder: Place,
    accounts: Accounts,
    parts: Mapping[str, pa.Table],
    values: Mapping[str, Any],
    skipped: Sequence[Skipped],
) -> StagedBatch:
    with appears_at_once(folder) as fresh:
        for name, part in parts.items():
            pq.write_table(part, fresh / name, compression="zstd")
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
    articles: Sequence[Article], suite: validate.Suite | None
) -> tuple[pa.Table, list[Article], list[Rejection], dict[str, Any] | None]:
    """Return the rows that meet the suite, as table and values, those that do not, the verdict."""
    table = tables.articles_to_table(articles)
    if suite is None:
        return table, list(articles), [], None
    check = validate.check_rows(table, suite, normalize.article_id)
    stays = [i for i in range(len(articles)) if i not in check.failures]
    kept = [articles[i] for i in stays]
    failed = [
        _set_aside(articles[i], "validate", expectation_reason(ids[0]), f"fails {', '.join(ids)}")
        for i, ids in sorted(check.failures.items())
    ]
    return table.take(stays) if failed else table, kept, failed, to_json(check.verdict)


def _filtered(article: Article, signals: Sequence[str]) -> Rejection:
    detail = f"out of bounds: {', '.join(signals)}"
    return _set_aside(article, "deduplicate", filter_reason(signals[0]), detail)


def _set_aside(article: Article, stage: str, reason: str, detail: str) -> Rejection:
    return Rejection(
        source=article.source,
        stage=stage,
        reason=reason,
        detail=detail,
        excerpt=article.text[:EXCERPT_CHARS],
    )
