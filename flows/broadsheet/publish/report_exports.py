"""The report for other readers: JUnit XML for CI systems, Markdown for a pull request."""

import re
import xml.etree.ElementTree as ET
from dataclasses import astuple
from typing import Final

from broadsheet.publish.report import Check, ReportFacts, list_checks
from broadsheet.text import clean, excerpt

_MOST_CHECKS: Final = 12
_MOST_REASONS: Final = 8
_MOST_CHARS: Final = 240
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>#|~!$@&])")
_SCHEME: Final = re.compile(r"\b(https?|ftp|javascript|data|file|mailto):", re.IGNORECASE)
_SIGNS: Final = {"stops": "❌", "set aside": "↷", "reported": "⚠️"}
# Characters that XML 1.0, section 2.2, does not allow.
_NO_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(facts: ReportFacts) -> bytes:
    """Return JUnit XML: a test suite a scope, a test case an expectation, a fault an error.

    What stops the release is a failure, what is only reported is not: its figure is in the
    output. The form is what GitLab, Jenkins and GitHub actions read; there is no standard.
    """
    root = ET.Element("testsuites", name=_xml(facts.config.dataset.name))
    checks = list_checks(facts)
    for scope, verdict in (
        ("batches", facts.batches),
        ("release", facts.release),
        ("drift", facts.drift),
    ):
        if verdict is None:
            continue
        cases = [check for check in checks if check.scope == scope]
        failures = sum(check.state == "stops" for check in cases)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=_xml(verdict.suite),
            tests=str(len(cases) + len(verdict.faults)),
            failures=str(failures),
            errors=str(len(verdict.faults)),
            skipped="0",
        )
        for check in cases:
            _add_case(suite, check)
        for number, fault in enumerate(verdict.faults, 1):
            case = ET.SubElement(suite, "testcase", classname=scope, name=f"fault {number}")
            ET.SubElement(case, "error", message=_xml(fault))
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _add_case(suite: ET.Element, check: Check) -> None:
    result = check.result
    case = ET.SubElement(suite, "testcase", classname=check.scope, name=_xml(result.id))
    told = f"{result.description} {check.figure}"
    if result.samples:
        told += f"\nSuch as: {', '.join(result.samples)}"
    if check.state == "stops":
        failure = ET.SubElement(
            case, "failure", type=str(result.severity), message=_xml(result.description)
        )
        failure.text = _xml(told)
    elif check.state != "held":
        ET.SubElement(case, "system-out").text = _xml(f"{check.state}: {told}")


def _xml(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def render_summary(facts: ReportFacts) -> str:
    """Return the verdict, the account and what failed as Markdown, for a pull request."""
    state = "✅ passed" if facts.passed else "❌ stopped"
    title = f"{facts.config.dataset.name} {facts.version or ''}".strip()
    lines = [
        f"### {state}: {_markdown(title)}",
        "",
        "| raw | published | duplicates | quarantined |",
        "|--:|--:|--:|--:|",
        f"| {' | '.join(f'{count:,}' for count in astuple(facts.accounts))} |",
        "",
    ]
    verdicts = [facts.release, facts.batches, *([facts.drift] if facts.drift else [])]
    faults = [fault for verdict in verdicts for fault in verdict.faults]
    lines += [f"- ❌ cannot be trusted: {_markdown(fault)}" for fault in faults]
    failing = [check for check in list_checks(facts) if check.state != "held"]
    lines += [_line(check) for check in failing[:_MOST_CHECKS]]
    if len(failing) > _MOST_CHECKS:
        lines.append(f"- and {len(failing) - _MOST_CHECKS} more")
    if not failing and not faults:
        lines.append("Every expectation holds.")
    if facts.aggregates.quarantine:
        lines += ["", "| set aside | records |", "|---|--:|"]
        most = list(facts.aggregates.reasons.items())[:_MOST_REASONS]
        lines += [f"| {_markdown(reason)} | {records:,} |" for reason, records in most]
    return "\n".join(lines) + "\n"


def _line(check: Check) -> str:
    told = f"{check.result.description} {check.figure}"
    return (
        f"- {_SIGNS[check.state]} {check.state}: {_markdown(told)} ({_markdown(check.result.id)})"
    )


def _markdown(text: str) -> str:
    """Return a text as one line that Markdown shows as it is: no markup, link, mention or table."""
    line = excerpt(clean(text)[0], _MOST_CHARS)
    escaped = _MARKUP.sub(r"\\\1", line).replace("\\<", "&lt;").replace("\\@", "&#64;")
    return _SCHEME.sub(r"\1&#58;", escaped)
