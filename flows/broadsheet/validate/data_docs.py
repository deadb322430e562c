"""Data Docs of Great Expectations as a site that is safe to open and works offline.

Great Expectations says what is on each page, with the renderers of its expectations and ours. Its
own view is not used: it asks six hosts for styles and scripts, and puts values into the page as
markup. Here each page is one file that escapes all values, runs nothing and asks for nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from string import Template
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader

from broadsheet.records import ExpectationResult, Severity, Verdict
from broadsheet.templating import KeptBytecode
from broadsheet.validate.catalogue import KINDS
from broadsheet.validate.suites import Expectation, Suite

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

Block = Mapping[str, Any]

INDEX: Final = "index.html"
_STATES: Final = {"✅": "met", "❌": "not met", "❗": "raised"}
"""Words for the icons, which need a font that not every machine has."""

_KNOWN: Final = ("header", "collapse")
"""Blocks that repeat what stands above them: the section's name, the run."""

_PARTS: Final = ("header", "subheader", "bullet_list", "collapse")
"""Where blocks of other kinds keep their content, in its order; what draws is left out."""


def render_data_docs(judged: Sequence[tuple[Suite, Verdict]], *, title: str) -> dict[str, bytes]:
    """Return the pages of a site by their names: an index, and one page a suite.

    Args:
        judged: suites with the verdicts on them.
        title: of the dataset and its version.

    """
    pages = [(f"{suite.name}.html", suite, verdict) for suite, verdict in judged]
    environment = Environment(
        loader=PackageLoader("broadsheet.validate"),
        bytecode_cache=KeptBytecode(),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    index = environment.get_template("data_docs_index.html.j2").render(title=title, pages=pages)
    page = environment.get_template("data_docs_page.html.j2")
    return {INDEX: index.encode()} | {
        name: page.render(
            title=title, suite=suite, verdict=verdict, sections=list(_sections(suite, verdict))
        ).encode()
        for name, suite, verdict in pages
    }


def _sections(suite: Suite, verdict: Verdict) -> Iterator[tuple[str, list[Any]]]:
    """Yield the name of each section of a page and its blocks, as plain values."""
    # Great Expectations takes seconds to import.
    from great_expectations.core import ExpectationSuiteValidationResult  # noqa: PLC0415
    from great_expectations.render.renderer.page_renderer import (  # noqa: PLC0415
        ValidationResultsPageRenderer,
    )

    import broadsheet.validate.expectations  # noqa: F401, PLC0415 - registers our own

    results = {result.id: result for result in verdict.results}
    outcomes = [_outcome(e, results[e.id]) for e in suite.expectations if e.id in results]
    n_met = sum(bool(outcome.success) for outcome in outcomes)
    result = ExpectationSuiteValidationResult(
        success=verdict.passed,
        results=outcomes,
        suite_name=suite.name,
        suite_parameters={},
        statistics={
            "evaluated_expectations": len(outcomes),
            "successful_expectations": n_met,
            "unsuccessful_expectations": len(outcomes) - n_met,
            "success_percent": 100 * n_met / len(outcomes) if outcomes else None,
        },
        meta={},
    )
    document = ValidationResultsPageRenderer().render(result).to_json_dict()
    for section in document["sections"]:
        blocks = [b for b in section["content_blocks"] if b["content_block_type"] not in _KNOWN]
        yield section["section_name"], [_plain(block) for block in blocks]


def _outcome(expectation: Expectation, result: ExpectationResult) -> "ExpectationValidationResult":
    """Return our result in the form of Great Expectations'."""
    from great_expectations.core import ExpectationValidationResult  # noqa: PLC0415 - as above
    from great_expectations.expectations.expectation_configuration import (  # noqa: PLC0415
        ExpectationConfiguration,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity  # noqa: PLC0415

    figures: dict[str, Any] = {"observed_value": result.observed}
    if KINDS[expectation.type].domain == "rows":
        share = 100 * result.unexpected / result.evaluated if result.evaluated else 0.0
        figures = {
            "element_count": result.evaluated,
            "missing_count": 0,
            "missing_percent": 0.0,
            "unexpected_count": result.unexpected,
            "unexpected_percent": share,
            "unexpected_percent_total": share,
            "unexpected_percent_nonmissing": share,
            "partial_unexpected_list": list(result.samples),
        }
    return ExpectationValidationResult(
        success=result.success,
        expectation_config=ExpectationConfiguration(
            id=expectation.id,
            type=expectation.type,
            kwargs=dict(expectation.kwargs),
            meta={},
            severity=FailureSeverity(
                "critical" if expectation.severity is Severity.CRITICAL else "warning"
            ),
        ),
        result=figures,
        meta={},
        exception_info={
            "raised_exception": False,
            "exception_message": None,
            "exception_traceback": None,
        },
    )


def _plain(block: Any) -> Any:  # noqa: ANN401 - a tree of JSON values in, one out
    """Return a content block as text, or as a mapping whose ``kind`` the template knows."""
    if isinstance(block, list):
        return {"kind": "list", "items": [_plain(item) for item in block]}
    if not isinstance(block, Mapping):
        return "" if block is None else str(block)
    kind = block.get("content_block_type")
    if kind == "string_template":
        return _filled(block["string_template"])
    if kind == "table":
        return {
            "kind": "table",
            "caption": _plain(block.get("header")),
            "head": [_named(cell) for cell in block.get("header_row", ())],
            "rows": [[_plain(cell) for cell in row] for row in block["table"]],
        }
    items = [block[name] for name in _PARTS if name in block]
    return {"kind": str(kind), "items": [_plain(item) for item in items]}


def _filled(template: Block) -> str:
    """Fill in a string template as text; an icon is a word."""
    params = {
        name: value for name, value in template.get("params", {}).items() if value is not None
    }
    if icon := params.get("markdown_status_icon"):
        params["icon"] = _STATES.get(icon, icon)
    return Template(template["template"]).safe_substitute(params).strip()


def _named(cell: Any) -> str:  # noqa: ANN401 - as above
    """Return a table's heading; samples are ids of rows here, no values."""
    text = str(_plain(cell))
    return "Ids of rows that fail" if text == "Sampled Unexpected Values" else text
