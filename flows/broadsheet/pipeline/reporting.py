"""What a run tells of a release: its report in every form, compared with the releases before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from broadsheet import validate
from broadsheet.pipeline.plan import Run
from broadsheet.pipeline.workspace import shown_path
from broadsheet.publish import layout, report, report_exports
from broadsheet.publish.layout import Version
from broadsheet.records import Accounts

Json = dict[str, Any]

JUNIT = "validation/junit.xml"
SUMMARY = "validation/summary.md"
DATA_DOCS = "validation/data_docs"


def compared(facts: report.ReportFacts, previous: Path | None) -> report.ReportFacts:
    """Return the facts with the drift against the release before, and the trend of all before.

    Args:
        facts: of the release that is being made.
        previous: the folder of the release before, if there is one.

    """
    if previous is None:
        return facts
    drift = None
    earlier = _results(previous)
    if earlier is not None:
        current = orjson.loads(report.results_json(facts))
        drift = validate.check_drift(current, earlier, facts.config.drift)
    last = Version.parse(previous.name)
    paths = [
        previous.parent / str(version) / layout.RESULTS
        for version in layout.versions_of(previous.parent)
        if version <= last
    ]
    return replace(facts, drift=drift, history=report.read_history(paths))


def tell(
    facts: report.ReportFacts,
    told: report.ReportFacts,
    version: Version,
    suites: validate.Suites,
) -> dict[str, bytes]:
    """Return the report's files of a version.

    Version 0.0.0 stands for what a release is apart from its version; it is told without the
    comparison, so that the same input makes the same release whatever was before it.

    Args:
        facts: of the release alone.
        told: the same, compared with the releases before.
        version: of the release.
        suites: by which it was judged.

    """
    return report_files(told if version > Version(0, 0, 0) else facts, str(version), suites)


def report_files(
    facts: report.ReportFacts, version: str | None, suites: validate.Suites
) -> dict[str, bytes]:
    """Return the report's files by their paths in a release."""
    facts = replace(facts, version=version)
    docs = {}
    if facts.config.validation.data_docs:
        judged = ((suites.batch, facts.batches), (suites.release, facts.release))
        title = f"{facts.config.dataset.pretty_name} {version or ''}".strip()
        docs = validate.render_data_docs(judged, title=title)
    return {f"{DATA_DOCS}/{name}": page for name, page in docs.items()} | {
        layout.REPORT: report.render_report(facts).encode(),
        layout.RESULTS: report.results_json(facts),
        JUNIT: report_exports.render_junit(facts),
        SUMMARY: report_exports.render_summary(facts).encode(),
    }


def _results(release: Path) -> Json | None:
    """Return the results of a release; None where they have a form that is not ours."""
    try:
        results: Json = orjson.loads((release / layout.RESULTS).read_bytes())
    except FileNotFoundError:
        return None
    return results if results.get("format") == report.FORMAT else None


class Tally(NamedTuple):
    """What became of the raw records, and how many were set aside by reason code."""

    accounts: Accounts
    reasons: Mapping[str, int]


def causes(facts: report.ReportFacts) -> list[str]:
    """Say what stopped a release: faults first, then each failed expectation with its figure."""
    faults = [*facts.batches.faults, *facts.release.faults]
    failed = [
        f"{check.result.id} ({check.figure})"
        for check in report.list_checks(facts)
        if check.state == "stops"
    ]
    return list(dict.fromkeys([*faults, *failed]))


def outcome(
    run: Run, status: str, target: Path | None, tally: Tally, stopped_by: Sequence[str] = ()
) -> Json:
    """Return how a run ended, as ``pipeline.release`` gives it.

    Args:
        run: the run.
        status: one of published, unchanged, checked, stopped.
        target: the release, where there is one.
        tally: what became of the raw records.
        stopped_by: what stopped it.

    """
    name = run.config.dataset.name
    version = target.name if target else None
    message = {
        "published": f"Published {name} {version}.",
        "unchanged": f"Nothing changed: {name} {version} is published already.",
        "checked": f"{name} passes; nothing was published.",
        "stopped": f"Validation stopped {name}: {'; '.join(stopped_by)}",
    }[status]
    accounts = asdict(tally.accounts)
    columns = " | ".join(accounts)
    figures = " | ".join(str(count) for count in accounts.values())
    return {
        "name": name,
        "status": status,
        "message": message,
        "summary": f"{message}\n\n| {columns} |\n{'|---' * len(accounts)}|\n| {figures} |\n",
        "accounts": accounts,
        "reasons": tally.reasons,
        "version": version,
        "release": shown_path(target) if target else None,
        "report": shown_path((target or Path(run.work) / "report") / "validation" / "index.html"),
    }
