"""The validation report: one page for people, the same as JSON for programs.

The page is self-contained: no script, no request, a content security policy that forbids both.
Every value from the data is escaped by the template engine.
"""

import functools
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from broadsheet.config import Config
from broadsheet.publish import report_charts as charts
from broadsheet.publish.report_aggregates import LENGTHS, Aggregates, aggregate
from broadsheet.publish.report_history import Past, read_history
from broadsheet.publish.report_inputs import FileAccount, accounts_of_files
from broadsheet.reasons import EXPECTATION_PREFIX, Reason
from broadsheet.records import Accounts, ExpectationResult, Severity, Verdict
from broadsheet.tables import ARTICLE
from broadsheet.templating import KeptBytecode

__all__ = [
    "Aggregates",
    "FileAccount",
    "Past",
    "ReportFacts",
    "accounts_of_files",
    "aggregate",
    "list_checks",
    "read_history",
    "render_report",
    "results_json",
]

FORMAT: Final = "1"
"""Version of the form of ``results.json``; its schema is ``schemas/validation.schema.json``."""

_SEVERITIES: Final = (Severity.CRITICAL, Severity.ERROR, Severity.WARNING)
_TINY: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What a report tells.

    Attributes:
        config: the dataset's configuration.
        version: of the release; None where there is none.
        accounts: what became of the raw records.
        batches: the merged verdict on the batches.
        release: the verdict on the release.
        aggregates: the figures of the written rows.
        skipped: entries of the raw input that are no articles, by reason code.
        files: what became of the records of each raw file.
        drift: the verdict on the difference to the release before, where there is one.
        history: the releases before, the oldest first.

    """

    config: Config
    version: str | None
    accounts: Accounts
    batches: Verdict
    release: Verdict
    aggregates: Aggregates
    skipped: tuple[tuple[str, int], ...] = ()
    files: tuple[FileAccount, ...] = ()
    drift: Verdict | None = None
    history: tuple[Past, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether something was judged, and nothing stops the release."""
        judged = bool(self.batches.results and self.release.results)
        verdicts = [self.batches, self.release, *([self.drift] if self.drift else [])]
        return judged and self.accounts.balanced and all(verdict.passed for verdict in verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One expectation as the page shows it.

    Attributes:
        scope: ``release``, ``batches`` or ``drift``.
        result: what the expectation said.
        state: ``held``, or what follows: ``stops``, ``set aside`` or ``reported``.
        figure: how it failed or what it saw, in words.
        trend: the share of failing rows in the releases before, the oldest first.

    """

    scope: str
    result: ExpectationResult
    state: str
    figure: str
    trend: tuple[tuple[str, float], ...] = ()


def render_report(facts: ReportFacts) -> str:
    """Return the page as HTML, UTF-8 when written."""
    checks = list_checks(facts)
    figures = facts.aggregates
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            facts=facts,
            dataset=facts.config.dataset,
            checks=checks,
            judged=[check for check in checks if check.scope != "drift"],
            failing=[check for check in checks if check.state != "held" and _is_first(check)],
            moved=[check for check in checks if check.state != "held" and check.scope == "drift"],
            faults=[*facts.release.faults, *facts.batches.faults],
            trend=charts.columns((past.version, past.published) for past in _with_this(facts)),
            flow=charts.flow(facts.accounts),
            time=charts.over_time(figures.months),
            months=charts.bars(figures.months, figures.rows),
            outlets=charts.bars(figures.outlets, figures.rows),
            languages=charts.bars(figures.languages, figures.rows),
            formats=charts.bars(figures.formats, figures.rows),
            precisions=charts.bars(figures.precisions, figures.rows),
            notes=charts.bars(figures.notes, figures.rows, most_bars=20),
            reasons=charts.bars(figures.reasons, facts.accounts.raw, 4),
            lengths=charts.columns((_bin(low), n) for low, n in figures.lengths.items()),
            coverage=charts.bars(
                {c: figures.rows - n for c, n in figures.missing.items()},
                figures.rows,
                most_bars=99,
            ),
            meanings=_meanings(facts),
        )
    )


def results_json(facts: ReportFacts) -> bytes:
    """Return the same as JSON, after ``schemas/validation.schema.json``, keys sorted."""
    results: dict[str, Any] = {
        "format": FORMAT,
        "dataset": facts.config.dataset.name,
        "version": facts.version,
        "passed": facts.passed,
        "accounts": asdict(facts.accounts),
        "skipped": dict(facts.skipped),
        "files": [asdict(file) for file in facts.files],
        "batches": asdict(facts.batches),
        "drift": asdict(facts.drift) if facts.drift else None,
        "release": asdict(facts.release),
        "figures": asdict(facts.aggregates),
    }
    options = (
        orjson.OPT_SORT_KEYS
        | orjson.OPT_INDENT_2
        | orjson.OPT_APPEND_NEWLINE
        | orjson.OPT_NON_STR_KEYS
    )
    return orjson.dumps(results, option=options)


def list_checks(facts: ReportFacts) -> list[Check]:
    """Return all expectations: failed ones first, by severity; the release before its batches."""
    checks = list(_checks(facts))
    return sorted(
        checks,
        key=lambda c: (c.state == "held", c.state != "stops", _SEVERITIES.index(c.result.severity)),
    )


def _checks(facts: ReportFacts) -> Iterator[Check]:
    for scope, verdict in (
        ("release", facts.release),
        ("batches", facts.batches),
        ("drift", facts.drift),
    ):
        for result in verdict.results if verdict else ():
            key = f"{scope}/{result.id}"
            yield Check(
                scope=scope,
                result=result,
                state=_state(result, scope),
                figure=_figure(result),
                trend=tuple((p.version, p.failing[key]) for p in facts.history if key in p.failing),
            )


def _is_first(check: Check) -> bool:
    """Tell whether a failed check belongs on the first screen; reported drift has its own."""
    return check.scope != "drift" or check.state == "stops"


def _with_this(facts: ReportFacts) -> tuple[Past, ...]:
    """Return the history and this release, where there is a history."""
    if not facts.history:
        return ()
    this = Past(
        version=facts.version or "this build",
        published=facts.accounts.published,
        quarantined=facts.accounts.quarantined,
    )
    return (*facts.history, this)


def _state(result: ExpectationResult, scope: str) -> str:
    if result.success:
        return "held"
    if result.severity is Severity.WARNING:
        return "reported"
    is_of_rows = result.evaluated > 0 and result.unexpected > 0
    sets_aside = scope == "batches" and result.severity is Severity.ERROR and is_of_rows
    return "set aside" if sets_aside else "stops"


def _figure(result: ExpectationResult) -> str:
    if result.observed:
        return f"found {result.observed}"
    if not result.evaluated:
        return "no values to judge"
    share = format_share(result.unexpected / result.evaluated)
    return f"{result.unexpected:,} of {result.evaluated:,} fail ({share})"


def format_share(share: float) -> str:
    """Return a share as a percentage; neither a tiny nor a nearly whole one is rounded away."""
    if 0 < share < _TINY:
        return "<0.1%"
    if 1 - _TINY < share < 1:
        return ">99.9%"
    return f"{share:.1%}".replace(".0%", "%")


def _bin(low: int) -> str:
    bounds = [*LENGTHS, None]
    high = bounds[bounds.index(low) + 1]
    return f"{low:,}+" if high is None else f"{low:,}–{high - 1:,}"


def _meanings(facts: ReportFacts) -> dict[str, str]:
    """Return the meaning of each reason code that occurs."""
    rules = {f"{EXPECTATION_PREFIX}{r.id}": r.description for r in facts.batches.results}
    return {reason.value: reason.meaning for reason in Reason} | rules


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("broadsheet.publish"),
        bytecode_cache=KeptBytecode(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": lambda n: f"{n:,}", "share": format_share}
    loader = environment.loader
    style, _, _ = loader.get_source(environment, "report.css") if loader else ("", None, None)
    # The style sheet is our own file; escaping would break its quotes.
    environment.globals |= {"style": Markup(style), "columns_of": ARTICLE.columns}  # noqa: S704
    return environment
