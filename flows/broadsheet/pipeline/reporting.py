"""What a run tells of a release: its report in every form, compared with the releases before."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from broadsheet import validate
from broadsheet.publish import layout, report, report_exports
from broadsheet.publish.layout import Version

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
