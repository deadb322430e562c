"""The example corpus, as a user gets it: rows that a person has judged, and how they load.

After a change that is meant to change rows: `UPDATE_GOLDEN=1 make test`, and read the difference.
"""

import hashlib
import os
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from broadsheet import pipeline, publish
from broadsheet.errors import StorageError
from broadsheet.explain import explain_article, render_explanation

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden" / "icc.json"

# What a person cannot judge, or the parsers' golden files hold already.
NOT_SHOWN = ("evidence", "n_chars", "source_sha256", "source_length", "text")


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Path:
    """Return a release of seeds/icc."""
    output = tmp_path_factory.mktemp("example") / "dist"
    planned = pipeline.plan(ROOT / "seeds" / "icc", output)
    batches = [pipeline.work_batch(Path(request)) for request in planned["requests"]]
    outcome = pipeline.release(Path(planned["run"]), [planned["discovery"], *batches])
    return output / "icc" / outcome["version"]


@pytest.fixture(scope="module")
def rows(release) -> list[dict]:
    """Return its rows in the order of the raw files."""
    return sorted(pq.read_table(release / "data").to_pylist(), key=lambda r: r["source_path"])


def test_rows_are_those_that_were_judged(rows):
    shown = [
        {name: value for name, value in row.items() if name not in NOT_SHOWN and value is not None}
        for row in rows
    ]
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    found = orjson.dumps(
        [{k: _rounded(v) for k, v in row.items()} for row in shown], option=options
    )
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_bytes(found)

    assert found == GOLDEN.read_bytes()


def _rounded(value):
    return round(value, 4) if isinstance(value, float) else value


def test_every_row_leads_back_to_its_raw_bytes(rows):
    for row in rows:
        raw = (ROOT / "seeds" / "icc" / row["source_path"]).read_bytes()
        part = raw[row["source_offset"] :][: row["source_length"]]
        assert hashlib.sha256(part).hexdigest() == row["source_sha256"]


def test_every_value_has_its_evidence_in_the_raw_text(rows):
    for row in rows:
        raw = (ROOT / "seeds" / "icc" / row["source_path"]).read_text(encoding="utf-8")
        stated = {item["field"]: item for item in row["evidence"]}
        for name in ("title", "subtitle", "url", "outlet", "published_on"):
            if row[name] is not None:
                excerpt = stated[name]["excerpt"].rstrip("…")
                assert excerpt, name
                assert " ".join(excerpt.split()) in " ".join(raw.split()), (name, excerpt)


def test_nothing_is_published_that_the_raw_text_does_not_hold(rows):
    for row in rows:
        raw = (ROOT / "seeds" / "icc" / row["source_path"]).read_text(encoding="utf-8")
        for paragraph in row["text"].split("\n\n"):
            assert " ".join(paragraph.split()) in " ".join(raw.split()), paragraph


def test_the_release_verifies(release):
    assert publish.verify(release) == ()


def test_the_readme_shows_what_explain_prints(release):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("$ broadsheet explain u75u\n")[1].split("```")[0]
    shown = render_explanation(
        explain_article("u75u", release=release, raw=None, output=release.parents[1])
    ).replace(str(release), "dist/icc/1.0.0")

    for line in block.splitlines():
        assert line == "..." or line in shown.splitlines(), line


def test_a_record_that_kills_what_reads_it_again_stops_explain_alone(
    release, rows, tmp_path, monkeypatch
):
    (tmp_path / "dying.py").write_text("import os\ndef die(asked): os.abort()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("broadsheet.explain.READ_AGAIN", "dying:die")
    raw = ROOT / "seeds" / "icc"

    with pytest.raises(StorageError, match=r"cannot be read again: record\.crashed"):
        explain_article(rows[0]["id"], release=release, raw=raw, output=release.parents[1])


def test_an_article_explains_itself(release, rows):
    row = next(r for r in rows if r["url"])

    explanation = explain_article(
        row["id"][:6], release=release, raw=ROOT / "seeds" / "icc", output=release.parents[1]
    )
    shown = render_explanation(explanation)

    values = {value["column"]: value for value in explanation["values"]}
    assert values["url"]["rule"] == "trailer.original-url"
    assert "authors" in explanation["absent"]
    assert {"title", "published", "agency"} <= {w["field"] for w in explanation["witnesses"]}
    assert "The Moscow Times" in shown
    assert "not stated: " in shown
