"""Rows to an immutable, versioned release.

In the order of a run: ``open_staging``, ``require_sound`` (of the release before),
``write_tables``, ``compare``, ``describe``, ``commit``; or ``show_releases`` where nothing has
changed.
"""

from broadsheet.publish.accounting import InputFile
from broadsheet.publish.card import render_difference
from broadsheet.publish.changes import Change, Step, compare
from broadsheet.publish.committing import commit, show_releases
from broadsheet.publish.differences import (
    diff,
    difference_to_json,
    difference_to_text,
    write_difference,
)
from broadsheet.publish.documents import describe
from broadsheet.publish.holdings import Holding, holdings
from broadsheet.publish.layout import Version, newest_release
from broadsheet.publish.manifest import Origin, carried, software
from broadsheet.publish.staged import Staged
from broadsheet.publish.staging import open_staging
from broadsheet.publish.verification import Problem, require_release, require_sound, verify
from broadsheet.publish.write import Written, write_tables

__all__ = [
    "Change",
    "Holding",
    "InputFile",
    "Origin",
    "Problem",
    "Staged",
    "Step",
    "Version",
    "Written",
    "carried",
    "commit",
    "compare",
    "describe",
    "diff",
    "difference_to_json",
    "difference_to_text",
    "holdings",
    "newest_release",
    "open_staging",
    "render_difference",
    "require_release",
    "require_sound",
    "show_releases",
    "software",
    "verify",
    "write_difference",
    "write_tables",
]
