"""All batches to one release: deduplicate, write, validate, publish."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet import deduplicate, publish, validate
from broadsheet.addresses import is_address
from broadsheet.fingerprint import digest_json
from broadsheet.pipeline.carrying import CarriedOver, carried_bytes, carry_over
from broadsheet.pipeline.folding import fold_all
from broadsheet.pipeline.mirror import hand_in, mirrored
from broadsheet.pipeline.origins import Origins, keep_origins, recall_origins, writer
from broadsheet.pipeline.plan import Run
from broadsheet.pipeline.reporting import Tally, causes, compared, outcome, report_files, tell
from broadsheet.pipeline.sameness import digest_of_all, keep_same, recall_same
from broadsheet.pipeline.workspace import (
    ARTICLES,
    COUNTS,
    KEYS,
    QUARANTINE,
    VERDICT,
    Place,
    StagedBatch,
    drop_folder,
    parts_of,
    read_json,
)
from broadsheet.publish import report
from broadsheet.reasons import Reason
from broadsheet.records import ExpectationResult, Verdict
from broadsheet.tables import STAGED_ARTICLE_SCHEMA
from broadsheet.verdicts import extended, from_json, merge

Json = dict[str, Any]

STEPS = ("duplicates", "tables", "checks", "differences", "description", "publication")
"""What a release is made in, in this order; each is told when it begins."""

OnStep = Callable[[str], None]


def release(
    run_place: Place,
    batches: Sequence[Json],
    *,
    version: str | None = None,
    publishes: bool = True,
    on_step: OnStep = lambda _step: None,
) -> Json:
    """Make a release of staged batches, or say why there is none.

    Args:
        run_place: the plan that ``pipeline.plan`` wrote.
        batches: the staged batches as JSON, that of the discovery first.
        version: a higher version than the computed one.
        publishes: whether to publish what passes.
        on_step: is told the name of each step, one of ``STEPS``, when it begins.

    Returns:
        The outcome: ``status`` (published, unchanged, checked, stopped), ``message``, ``version``,
        ``summary`` (Markdown), ``accounts``, ``reasons`` (counts), paths: ``report``, ``release``.

    Raises:
        BroadsheetError: publishing failed; nothing was made visible.
    """
    run, staged = Run.load(run_place), [StagedBatch.from_json(batch) for batch in batches]
    drop_folder(parts_of(run.work))  # all batches are worked
    if not is_address(run.output):
        return _release(run, staged, version, on_step, publishes=publishes)
    with mirrored(run, staged) as (local, fetched):
        return hand_in(run, local, _release(local, fetched, version, on_step, publishes=publishes))


def _release(
    run: Run,
    staged: Sequence[StagedBatch],
    version: str | None,
    on_step: OnStep,
    *,
    publishes: bool,
) -> Json:
    dataset_dir = Path(run.output) / run.config.dataset.name
    home = dataset_dir if publishes else Path(run.work) / "check"
    expected = _expected_bytes(run, staged, publish.newest_release(dataset_dir))
    with publish.open_staging(home, expected_bytes=expected) as staging:
        previous = publish.newest_release(dataset_dir)
        made_of = digest_of_all(run, _suites(run), staged)
        if publishes and version is None and (known := _known(run, previous, made_of)):
            return known
        origins = _require_sound(run, previous) if publishes else None
        written, facts, told = _write_and_judge(
            run, staged, staging, previous, on_step, origins=origins
        )
        if not (told.passed and publishes):
            return _report_only(run, told)
        on_step("differences")
        differences = publish.compare(previous, staging, written.known, written.digests)
        on_step("description")
        found = publish.describe(
            written,
            _origin(run, staged),
            differences,
            previous=previous,
            extra=lambda v: tell(facts, told, v, _suites(run)),
            named=version,
        )
        if found:
            on_step("publication")
        target = publish.commit(staging, dataset_dir, found) if found else cast("Path", previous)
        keep_origins(run.work, target, staged, written.made_of, run.config.publish)
        if not (found and publish.carried(written)["files"]):  # those are not carried again
            keep_same(run.work, target, made_of, _tally(told))
        return _ended(run, target, _tally(told), is_new=found is not None)


def _known(run: Run, previous: Path | None, made_of: str) -> Json | None:
    """Return how a run ends that would make the release that is there; None where it may not."""
    same = recall_same(run.work, previous, made_of) if previous else None
    if previous is None or same is None:
        return None
    publish.require_sound(previous, same.checksums)
    return _ended(run, previous, same.tally, is_new=False)


def _require_sound(run: Run, previous: Path | None) -> Origins | None:
    """Refuse a damaged release before; return what is known of its rows."""
    if previous is None:
        return None
    origins = recall_origins(run.work, previous)
    publish.require_sound(previous, origins.checksums if origins else None)
    return origins


def _ended(run: Run, release: Path, tally: Tally, *, is_new: bool) -> Json:
    if is_new:
        return outcome(run, "published", release, tally)
    publish.show_releases(release.parent)  # a run that died after its commit is mended here
    return outcome(run, "unchanged", release, tally)


def _expected_bytes(run: Run, staged: Sequence[StagedBatch], previous: Path | None) -> int:
    paths = (batch.path(name) for batch in staged for name in (ARTICLES, QUARANTINE))
    read = {file.path for file in run.files} | set(read_json(staged[0].path(COUNTS)))
    carried = carried_bytes(run.config, previous, read)
    return sum(path.stat().st_size for path in paths) + carried


def _write_and_judge(
    run: Run,
    staged: Sequence[StagedBatch],
    staging: Path,
    previous: Path | None,
    on_step: OnStep,
    *,
    origins: Origins | None,
) -> tuple[publish.Written, report.ReportFacts, report.ReportFacts]:
    """Return the written tables, the facts of them alone, and compared with those before."""
    on_step("duplicates")
    carried = carry_over(run, previous, staged) if previous else None
    folded = fold_all(run, staged, previous, carried)
    on_step("tables")
    folding = folded.folding
    if previous and origins:
        survivors = origins.before(staged, folding.survivors, previous)
        folding = replace(folding, survivors=survivors)
    keeps_files = origins is not None and origins.written_by == writer(run.config.publish)
    written = _write(
        run, staged, staging, previous, folding=folding, carried=carried, keeps_files=keeps_files
    )
    on_step("checks")
    facts = _judge(run, staged, written, folded.leaks)
    return written, facts, compared(facts, previous)


def _write(
    run: Run,
    staged: Sequence[StagedBatch],
    staging: Path,
    previous: Path | None,
    *,
    folding: deduplicate.Folding,
    carried: CarriedOver | None,
    keeps_files: bool,
) -> publish.Written:
    found = sum((Counter(read_json(batch.path(COUNTS))) for batch in staged), Counter[str]())
    skipped = _skipped(staged, "path")
    inputs = [
        publish.InputFile(f.path, f.size, f.sha256, found[f.path], skipped=skipped[f.path])
        for f in run.files
    ]
    unread = read_json(staged[0].path(COUNTS))  # what the discovery could not open
    inputs += [publish.InputFile(path, None, None, found[path]) for path in unread]
    read = [
        publish.Staged(batch.path(ARTICLES), batch.path(KEYS), batch.accounts.published)
        for batch in staged
    ]
    rejections = [batch.path(QUARANTINE) for batch in staged]
    return publish.write_tables(
        staging,
        [*read, *(carried.staged if carried else ())],
        survivors=folding.survivors,
        duplicates=folding.duplicates,
        rejections=[*rejections, *(carried.rejections if carried else ())],
        inputs=[*inputs, *(carried.inputs if carried else ())],
        settings=run.config.publish,
        previous=previous,
        is_split=run.config.splits.by is not None,
        keeps_files=keeps_files,
    )


def _judge(
    run: Run,
    staged: Sequence[StagedBatch],
    written: publish.Written,
    leaks: ExpectationResult | None,
) -> report.ReportFacts:
    suites = _suites(run)
    shards = written.tables["default"].paths
    aggregates = report.aggregate(shards, written.tables["quarantine"].paths)
    verdict = validate.check_release(
        partial(_read_columns, shards),
        suites.release,
        accounts=written.accounts,
        data_sha256=digest_json([written.digests[path] for path in shards]),
        quarantine_share_max=run.config.validation.max_quarantine_share,
        n_faults=aggregates.reasons.get(Reason.RECORD_FAULT, 0),
    )
    if leaks:
        verdict = extended(verdict, leaks)
    return report.ReportFacts(
        config=run.config,
        version=None,
        accounts=written.accounts,
        batches=_merged_verdict(staged, suites.batch),
        release=verdict,
        aggregates=aggregates,
        skipped=tuple(sorted(_skipped(staged, "reason").items())),
        files=report.accounts_of_files(written.release),
    )


def _read_columns(shards: Sequence[Path], columns: Sequence[str]) -> Iterator[pa.Table]:
    for path in shards:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=list(columns)):
                yield pa.table(batch)


def _suites(run: Run) -> validate.Suites:
    return validate.load_suites(run.expectations, config=run.config)


def _merged_verdict(staged: Sequence[StagedBatch], suite: validate.Suite) -> Verdict:
    """Return what the suite says of all batches; where there are none, of nothing."""
    verdicts = [v for batch in staged if (v := read_json(batch.path(VERDICT))) is not None]
    if not verdicts:
        return validate.check_rows(STAGED_ARTICLE_SCHEMA.empty_table(), suite).verdict
    return merge(from_json(verdict) for verdict in verdicts)


def _skipped(staged: Sequence[StagedBatch], by: Literal["path", "reason"]) -> Counter[str]:
    """Count the entries that are no articles, by the raw file that holds them or by reason code."""
    counts: Counter[str] = Counter()
    for batch in staged:
        for entry in batch.skipped:
            counts[entry[by]] += entry["count"]
    return counts


def _origin(run: Run, staged: Sequence[StagedBatch]) -> publish.Origin:
    suites = _suites(run)
    return publish.Origin(
        config=run.config,
        suites={suite.name: suite.digest for suite in (suites.batch, suites.release)},
        skipped=dict(sorted(_skipped(staged, "reason").items())),
    )


def _report_only(run: Run, facts: report.ReportFacts) -> Json:
    """Leave the report in the work folder, for a run that publishes nothing."""
    folder = Path(run.work) / "report"
    for name, content in report_files(facts, None, _suites(run)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    status = "checked" if facts.passed else "stopped"
    return outcome(run, status, None, _tally(facts), causes(facts))


def _tally(facts: report.ReportFacts) -> Tally:
    return Tally(facts.accounts, facts.aggregates.reasons)
