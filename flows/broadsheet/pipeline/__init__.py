"""The work of a run as plain functions over paths; ``flow.py`` makes each a Prefect task.

Here alone the stages meet. What they hand on lies in a work folder, ``OUTPUT/.work/NAME``:

``runs/<key>/run.json``         the plan: where the corpus lies, its settings, files and batches
``runs/<key>/<batch>.json``     what the task of one batch needs to know
``lines/<key>/``                the lines of a batch's pages, for the census of those that recur
``batches/<key>/``              a staged batch: articles, quarantine and keys as Parquet, its
                                verdict, and ``result.json``, which says that it is complete
``origins.parquet``             which staged row each row of the newest release was made of
``compared.parquet``            what pairs of staged texts have in common
``made_of.json``                of what that release was made, as one digest
``report/``                     the report of a run that published nothing
"""

from broadsheet.pipeline.batch import work_batch
from broadsheet.pipeline.census import note_lines, requests_of, tell_recurring
from broadsheet.pipeline.plan import plan, read_settings
from broadsheet.pipeline.release import STEPS, release

__all__ = [
    "STEPS",
    "note_lines",
    "plan",
    "read_settings",
    "release",
    "requests_of",
    "tell_recurring",
    "work_batch",
]
