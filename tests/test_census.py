"""Lines that recur across an outlet: learned from the corpus, told to the batches they concern."""

import pyarrow.parquet as pq
import pytest

from broadsheet import pipeline
from broadsheet.parse.recurring import line_key, sight
from broadsheet.pipeline.census import lines_of, recurring_lines
from broadsheet.pipeline.workspace import ARTICLES, StagedBatch
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Source

APPEAL = "Aldermoor Gazette lives from its readers and asks every one of them for a crown a month."
EXTRA = """
[sources]
batch_records = 5

[text]
recurring_lines = "remove"
"""


def learn(folder, output):
    """Plan a run and take the first pass; return the requests of its batches."""
    planned = pipeline.plan(folder, output)
    assert planned["learns_lines"]
    return pipeline.requests_of(planned)


def work(requests):
    """Work batches; return their rows."""
    staged = [StagedBatch.from_json(pipeline.work_batch(place)) for place in requests]
    return [row for one in staged for row in pq.read_table(one.path(ARTICLES)).to_pylist()]


@pytest.fixture
def appealing(stories):
    """Return a function that gives so many stories, each with the same appeal in its midst."""

    def make(count):
        parted = {name: text.split("\n\n") for name, text in stories(count).items()}
        return {n: "\n\n".join([*parts[:2], APPEAL, *parts[2:]]) for n, parts in parted.items()}

    return make


def test_what_recurs_is_left_out_with_its_reason_and_evidence(write_corpus, appealing, tmp_path):
    rows = work(learn(write_corpus(appealing(12), extra=EXTRA), tmp_path / "dist"))

    assert len(rows) == 12
    for row in rows:
        assert APPEAL not in row["text"]
        assert Reason.CHROME_RECURRING in row["notes"]
        told = [item for item in row["evidence"] if item["rule"] == "line.recurring"]
        assert [(item["field"], item["excerpt"]) for item in told] == [("text", APPEAL)]


def test_a_line_of_few_pages_stays(write_corpus, appealing, tmp_path):
    rows = work(learn(write_corpus(appealing(7), extra=EXTRA), tmp_path / "dist"))
    assert all(APPEAL in row["text"] for row in rows)


def test_by_default_nothing_is_learned(write_corpus, appealing, tmp_path):
    assert not pipeline.plan(write_corpus(appealing(12)), tmp_path / "dist")["learns_lines"]


def test_only_batches_that_a_recurring_line_concerns_are_worked_again(
    write_corpus, appealing, stories, tmp_path
):
    plain = {f"z/{name}": text for name, text in stories(5).items()}
    folder = write_corpus(appealing(10) | plain, extra=EXTRA)
    before = learn(folder, tmp_path / "dist")

    write_corpus({"z/more.txt": appealing(11)["010.txt"]}, extra=EXTRA)
    after = learn(folder, tmp_path / "dist")

    before, after = ([place.rpartition("/")[2] for place in places] for places in (before, after))
    again = set(after) - set(before)
    assert len(before) > 4
    assert len(again) == 1, "the batch of the new file, although the recurring line's counts grew"


def noted(tmp_path, records, sizes):
    """Write down the lines of records, in batches of some sizes; return their places."""
    places, left = [], list(records)
    for number, size in enumerate(sizes):
        part, left = left[:size], left[size:]
        places.append(str(tmp_path / f"{number}.parquet"))
        pq.write_table(lines_of(filter(None, map(sight, part))), places[-1])
    return places


@pytest.mark.parametrize("sizes", [[30], [10, 20], [1, 28, 1], [7, 7, 7, 9]])
@pytest.mark.parametrize("rows_at_once", [10, 1000])
@pytest.mark.parametrize("is_turned", [False, True])
def test_neither_order_nor_batches_nor_memory_change_what_is_learned(
    tmp_path, sizes, rows_at_once, is_turned
):
    source = Source("a.txt", None, 0, 0, "0" * 64, "text")
    texts = [
        f"Join the club\nStory {'x' * n}\n{'Also read' if n % 3 else 'Menu'}" for n in range(30)
    ]
    texts = texts[::-1] if is_turned else texts
    records = [RawRecord(source=source, text=text, media="text") for text in texts]

    places = noted(tmp_path, records, sizes)

    rows = sum(pq.read_metadata(place).num_rows for place in places)
    expected = {line_key(line) for line in ("Join the club", "Also read", "Menu")}
    assert recurring_lines(places, rows, rows_at_once) == {"folder ": expected}


def test_copies_of_one_page_make_nothing_recur(tmp_path):
    source = Source("a.txt", None, 0, 0, "0" * 64, "text")
    records = [RawRecord(source=source, text="Join the club\nStory", media="text")] * 20
    assert recurring_lines(noted(tmp_path, records, [10, 10]), 60) == {}


def test_a_request_without_recurring_lines_is_as_if_none_had_been_sought(
    write_corpus, stories, tmp_path
):
    folder = write_corpus(stories(6), extra=EXTRA)
    assert learn(folder, tmp_path / "dist") == pipeline.plan(folder, tmp_path / "dist")["requests"]
