"""The dataset cards: of one release, and of all releases of a dataset."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from broadsheet.config import Dataset
from broadsheet.publish.changes import Change
from broadsheet.publish.composition import Composition
from broadsheet.publish.differences import Difference
from broadsheet.publish.frontmatter import Size, dataset_front_matter, release_front_matter
from broadsheet.publish.layout import Version
from broadsheet.publish.manifest import Json, Origin, carried
from broadsheet.publish.report_charts import bars, over_time
from broadsheet.publish.write import Written
from broadsheet.tables import TABLES
from broadsheet.templating import KeptBytecode
from broadsheet.text import clean

_MOST_SHOWN = 20
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|~$:@])")
_PLOTS = ("plots/months.svg", "plots/outlets.svg")
_MASKS = {
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "ip": "public IP addresses",
    "secret": "passwords, keys and tokens",
}
_SPACE = re.compile(r"\s+")


def render_card(
    written: Written,
    origin: Origin,
    version: Version,
    *,
    composition: Composition,
    sizes: Mapping[str, Mapping[str, Size]],
    history: Sequence[Json],
) -> bytes:
    """Return ``README.md`` of a release.

    ``sizes`` is as for :func:`~broadsheet.publish.frontmatter.release_front_matter`; ``history``
    lists the releases until this one, the newest last.
    """
    dataset = origin.config.dataset
    languages = [str(tag) for tag, _ in composition.ranked("language") if tag != "und"]
    body = _environment().get_template("card.md.j2")
    return (
        release_front_matter(dataset, version, sizes, languages)
        + body.render(
            dataset=dataset,
            config=origin.config,
            masks=_MASKS,
            version=version,
            history=history[::-1],
            notes=origin.config.publish.notes,
            plots=[name for name in _PLOTS if name in render_plots(composition)],
            tables=[table for table in TABLES if table.name in sizes],
            sizes=sizes,
            splits=sizes.get("default", {}),
            accounts=written.accounts,
            n_inputs=len(written.inputs),
            carried=carried(written),
            skipped=origin.skipped,
            composition=composition,
            most=_MOST_SHOWN,
            months=_month_range(composition),
        )
    ).encode()


def render_plots(composition: Composition) -> dict[str, bytes]:
    """Return the pictures of the card by path, as SVG: articles over time, and by outlet."""
    months = {month: rows for month, rows in composition.months.items() if month is not None}
    outlets = {str(name): n for name, n in composition.ranked("outlet") if name is not None}
    drawn = {_PLOTS[0]: over_time(months), _PLOTS[1]: bars(outlets, composition.rows)}
    return {
        path: _environment().get_template(f"{Path(path).stem}.svg.j2").render(parts=parts).encode()
        for path, parts in drawn.items()
        if len(parts) > 1
    }


def render_changes(change: Change, version: Version, withheld: int) -> bytes:
    """Return ``CHANGES.md`` of a release that withholds so many records on request."""
    template = _environment().get_template("changes.md.j2")
    return template.render(
        change=change, version=version, withheld=withheld, most=_MOST_SHOWN
    ).encode()


def render_index(manifests: Sequence[Json]) -> bytes:
    """Return the card of all releases of a dataset, by their manifests."""
    by_version = {Version.parse(m["version"]): m for m in manifests}
    newest = by_version[max(by_version)]
    sizes = {v: m["configurations"]["default"]["splits"] for v, m in by_version.items()}
    dataset = newest["configuration"]["dataset"]
    template = _environment().get_template("dataset.md.j2")
    releases = [by_version[version] for version in sorted(by_version, reverse=True)]
    body = template.render(
        dataset=Dataset.model_validate(dataset), releases=releases, splits=list(sizes[max(sizes)])
    )
    return (dataset_front_matter(dataset, sizes) + body).encode()


def render_difference(difference: Difference, limit: int) -> str:
    """Return a difference as one HTML page that needs nothing else: at most ``limit`` articles."""
    return (
        _environment()
        .get_template("diff.html.j2")
        .render(
            change=difference.change,
            version=difference.new_version,
            rows=difference.shown(limit),
            left_out=difference.left_out(limit),
        )
    )


def inert(value: object) -> str:
    """Return a value of unknown origin as Markdown that shows it and does nothing else."""
    text, _ = clean(str(value))
    return escape(_MARKDOWN.sub(r"\\\1", _SPACE.sub(" ", text)).strip(), quote=False)


def _share(part: float) -> str:
    """Return a share in per cent; what is little is not called nothing."""
    if part in {0, 1}:
        return "all" if part else "none"
    if 0 < part < 0.001:  # noqa: PLR2004 - a tenth of a per cent
        return "<0.1 %"
    return f"{part * 100:.1f} %"


def _thousands(number: int) -> str:
    return f"{number:,}"


def _month_range(composition: Composition) -> tuple[str, str] | None:
    known = sorted(month for month in composition.months if month is not None)
    return (known[0], known[-1]) if known else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("broadsheet.publish"),
        bytecode_cache=KeptBytecode(),
        autoescape=select_autoescape(
            ["html.j2", "svg.j2"]
        ),  # values in Markdown go through `inert`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = {"inert": inert, "share": _share, "thousands": _thousands}
    environment.filters.update(filters)
    return environment
