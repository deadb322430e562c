"""What a change costs: only what depends on it is worked again."""

import json
from pathlib import Path

import pytest

from broadsheet import pipeline
from broadsheet.pipeline.workspace import ARTICLES, RESULT

SMALL_BATCHES = "\n[sources]\nbatch_records = 2\n"


@pytest.fixture
def worked(monkeypatch):
    """Return the list that every worked batch adds its number of records to."""
    found = []
    work = pipeline.batch.read_and_refine

    def counts(*arguments, **named):
        worked = work(*arguments, **named)
        found.append(worked.found.total())
        return worked

    monkeypatch.setattr(pipeline.batch, "read_and_refine", counts)
    return found


def build(folder: Path, output: Path) -> dict:
    planned = pipeline.plan(folder, output)
    batches = [pipeline.work_batch(request) for request in planned["requests"]]
    return pipeline.release(planned["run"], [planned["discovery"], *batches])


def test_settings_that_act_after_the_batches_work_none_again(
    write_corpus, stories, tmp_path, worked
):
    build(write_corpus(stories(4)), tmp_path / "dist")
    assert sum(worked) == 4
    worked.clear()

    for change in (
        '\n[duplicates]\nfold = ["exact", "near"]\n',
        '\n[splits]\nby = "hash"\n',
        "\n[publish]\nrows_per_group = 500\n",
        "\n[validation]\nmax_quarantine_share = 0.4\n",
        "\n[drift]\nleast_rows = 10\n",
    ):
        build(write_corpus(stories(4), extra=change), tmp_path / "dist")
        assert worked == [], change


def test_a_setting_that_rows_depend_on_works_them_again(write_corpus, stories, tmp_path, worked):
    build(write_corpus(stories(3)), tmp_path / "dist")

    build(write_corpus(stories(3), extra="\n[text]\nmin_words = 10\n"), tmp_path / "dist")

    assert sum(worked) == 6


def test_one_more_file_works_its_own_batch_alone(write_corpus, stories, tmp_path, worked):
    build(write_corpus(stories(12), extra=SMALL_BATCHES), tmp_path / "dist")
    worked.clear()

    build(write_corpus(stories(13), extra=SMALL_BATCHES), tmp_path / "dist")

    assert sum(worked) <= 2


def test_a_run_that_was_cut_short_goes_on_where_it_stopped(write_corpus, stories, tmp_path, worked):
    folder = write_corpus(stories(8), extra=SMALL_BATCHES)
    requests = pipeline.plan(folder, tmp_path / "dist")["requests"]
    done = [pipeline.work_batch(request)["accounts"]["raw"] for request in requests[:2]]
    worked.clear()

    outcome = build(folder, tmp_path / "dist")

    assert outcome["accounts"]["published"] == 8
    assert sum(worked) == 8 - sum(done)
    assert len(list((tmp_path / "dist").rglob(f"batches/*/{RESULT}"))) == len(requests)


def contents(batches: list[dict]) -> list[dict[str, bytes]]:
    """Return the files of staged batches, but for what names their folders."""
    folders = (Path(batch["folder"]) for batch in batches)
    return [{p.name: p.read_bytes() for p in f.iterdir() if p.name != RESULT} for f in folders]


def staged(folder: Path, output: Path) -> list[dict]:
    return [pipeline.work_batch(request) for request in pipeline.plan(folder, output)["requests"]]


def mixed(stories, count: int) -> dict[str, str | bytes]:
    """Return files of which some hold several records, and some are set aside at each stage."""
    texts = [*stories(count + 12).values()]
    lines = [json.dumps({"title": f"Title {n}", "text": t}) for n, t in enumerate(texts[count:])]
    files = {f"{n:03d}.txt": text for n, text in enumerate(texts[:count])}
    return files | {
        "lines.jsonl": "\n".join([*lines, '{"text": "cut']),
        "empty.txt": "",
        "short.txt": "Too short to stay.",
        "letters.mbox": "From nobody",
        "wrong.json": b"{",
    }


@pytest.mark.parametrize("extra", ["", "\n[filters]\nn_words = { min = 20, max = 79 }\n"])
def test_only_files_that_are_new_are_read_and_the_batch_is_the_same(
    write_corpus, stories, tmp_path, worked, extra
):
    dist, files = tmp_path / "dist", mixed(stories, 20)
    staged(write_corpus(files, extra=extra), dist)
    worked.clear()

    files |= {"010a.txt": files["010.txt"] + "\nIt rained."}
    files |= {"003.txt": files["003.txt"] + "\nIt rained."}
    folder = write_corpus(files, extra=extra)
    taken = staged(folder, dist)
    assert 2 <= sum(worked) <= 12
    assert contents(taken) == contents(staged(folder, tmp_path / "whole"))


@pytest.mark.parametrize("damaged", [True, False])
def test_a_batch_that_is_gone_or_damaged_since_the_plan_is_read_anew(
    write_corpus, stories, tmp_path, worked, damaged
):
    (first,) = staged(write_corpus(stories(6)), tmp_path / "dist")
    (request,) = pipeline.plan(write_corpus(stories(7)), tmp_path / "dist")["requests"]
    worked.clear()
    file = Path(first["folder"]) / ARTICLES
    if damaged:
        file.write_bytes(file.read_bytes().replace(b"bridge", b"ledger"))
    else:
        file.unlink()

    assert pipeline.work_batch(request)["accounts"]["published"] == 7
    assert worked == [7]
