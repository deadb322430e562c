"""The whole run as plain functions: what must hold of every corpus (no Prefect here)."""

import gzip
import shutil
import unicodedata
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import pipeline
from broadsheet.errors import PublishError
from broadsheet.pipeline.workspace import RESULT, find_staged
from broadsheet.reasons import Reason, is_reason
from broadsheet.records import Rejection, Source


def run(folder: Path, output: Path, *, publishes: bool = True, order: int = 1) -> dict:
    """Plan, work all batches (in either order) and release."""
    planned = pipeline.plan(folder, output)
    batches = [pipeline.work_batch(Path(r)) for r in planned["requests"][::order]][::order]
    return pipeline.release(
        Path(planned["run"]), [planned["discovery"], *batches], publishes=publishes
    )


def read(release: str, configuration: str) -> list[dict]:
    """Return the rows of a configuration of a release."""
    folder = Path(release) / configuration
    return pq.read_table(folder).to_pylist() if folder.is_dir() else []


def bytes_of(release: str) -> dict[str, bytes]:
    """Return every file of a release."""
    root = Path(release)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_the_first_release_is_1_0_0_and_holds_every_article(write_corpus, stories, tmp_path):
    outcome = run(write_corpus(stories(6)), tmp_path / "dist")

    assert outcome["status"] == "published"
    assert outcome["version"] == "1.0.0"
    assert outcome["accounts"] == {"raw": 6, "published": 6, "duplicates": 0, "quarantined": 0}
    assert len(read(outcome["release"], "data")) == 6
    assert Path(outcome["report"]).is_file()


def test_the_same_input_again_makes_no_new_version(write_corpus, stories, tmp_path):
    folder = write_corpus(stories(3))
    first = run(folder, tmp_path / "dist")
    before = bytes_of(first["release"])

    second = run(folder, tmp_path / "dist")

    assert second["status"] == "unchanged"
    assert second["version"] == "1.0.0"
    assert bytes_of(first["release"]) == before
    assert [p.name for p in (tmp_path / "dist" / "valley").iterdir() if p.name[0].isdigit()] == [
        "1.0.0"
    ]


def test_versions_say_what_changed(write_corpus, stories, tmp_path):
    corpus = stories(4)
    versions = []
    for change in ({}, {"new.txt": stories(9)["008.txt"]}, {"000.txt": stories(12)["011.txt"]}):
        corpus |= change
        versions.append(run(write_corpus(corpus), tmp_path / "dist")["version"])

    assert versions == ["1.0.0", "1.1.0", "2.0.0"]


def test_a_description_is_a_patch_and_works_no_batch_again(write_corpus, stories, tmp_path):
    folder = write_corpus(stories(3))
    run(folder, tmp_path / "dist")
    staged = {p: p.stat().st_mtime_ns for p in tmp_path.rglob(RESULT)}
    path = folder / "dataset.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("invented valley", "made-up valley"))

    outcome = run(folder, tmp_path / "dist")

    assert outcome["version"] == "1.0.1"
    batches = {p: t for p, t in staged.items() if "batches" in p.parts}
    assert batches
    assert {p: p.stat().st_mtime_ns for p in batches} == batches


def test_bad_records_go_to_quarantine_and_the_rest_goes_on(write_corpus, stories, tmp_path):
    bad = {
        "empty.txt": b"",
        "binary.txt": bytes(range(256)) * 8,
        "short.txt": "Rain.",
        "picture.jpg": b"\xff\xd8\xff\xe0",
    }

    outcome = run(write_corpus(stories(5) | bad), tmp_path / "dist")

    reasons = {r["source_path"]: r["reason"] for r in read(outcome["release"], "quarantine")}
    assert outcome["status"] == "published"
    assert outcome["accounts"]["quarantined"] == 4
    assert sum(outcome["reasons"].values()) == 4
    assert reasons["empty.txt"] == "content.empty"
    assert reasons["binary.txt"] == "type.mismatch"
    assert reasons["picture.jpg"] == "type.unsupported"
    assert all(is_reason(reason) for reason in reasons.values())


def test_a_large_file_is_worked_in_parts_and_gives_the_same_rows(write_corpus, stories, tmp_path):
    texts = stories(400).values()
    lines = b"".join(
        orjson.dumps({"text": text}, option=orjson.OPT_APPEND_NEWLINE) for text in texts
    )
    for name, batch_bytes in (("whole", 2**24), ("parts", 2**16)):
        sources = f"[sources]\nbatch_bytes = {batch_bytes}\n"
        files = {"crawl.jsonl.gz": gzip.compress(lines, mtime=0)}
        folder = write_corpus(files, extra=sources, name=name, dataset=name)
        run(folder, tmp_path / "dist")

    whole, parts = (read(str(tmp_path / "dist" / n / "1.0.0"), "data") for n in ("whole", "parts"))
    work = tmp_path / "dist" / ".work" / "parts"
    assert len(list((work / "batches").iterdir())) > 2
    assert not (work / "parts").exists()
    assert len(whole) == 400
    assert parts == whole


def test_copies_are_folded_counted_and_listed(write_corpus, stories, tmp_path):
    corpus = stories(3)
    corpus["copy.txt"] = corpus["001.txt"]

    outcome = run(write_corpus(corpus), tmp_path / "dist")

    articles, copies = (read(outcome["release"], name) for name in ("data", "duplicates"))
    survivor = next(a for a in articles if a["duplicate_count"])
    assert outcome["accounts"] == {"raw": 4, "published": 3, "duplicates": 1, "quarantined": 0}
    assert [c["duplicate_of"] for c in copies] == [survivor["id"]]
    assert {survivor["source_path"], copies[0]["source_path"]} == {"001.txt", "copy.txt"}


def test_nothing_publishable_stops_with_a_report(write_corpus, tmp_path):
    outcome = run(write_corpus({"a.txt": "", "b.txt": "Rain."}), tmp_path / "dist")

    assert outcome["status"] == "stopped"
    assert outcome["release"] is None
    assert "no rows" in outcome["message"]
    assert Path(outcome["report"]).is_file()
    assert not list((tmp_path / "dist").glob("valley/1.0.0"))


def test_too_much_quarantine_stops_and_says_so(write_corpus, stories, tmp_path):
    bad = {f"bad{i}.txt": "" for i in range(4)}

    outcome = run(write_corpus(stories(3) | bad), tmp_path / "dist")

    assert outcome["status"] == "stopped"
    assert "accounts.quarantine-share" in outcome["message"]


def test_faults_of_our_own_are_said_aloud_and_stop_where_they_are_many(
    write_corpus, stories, tmp_path, monkeypatch
):
    work = pipeline.batch.read_and_refine

    def loses_one(*arguments, **named):
        worked = work(*arguments, **named)
        source = Source.of_row(worked.rows.slice(0, 1).to_pylist()[0])
        worked.rejections.append(
            Rejection(source=source, stage="parse", reason=Reason.RECORD_FAULT)
        )
        worked.rows, worked.keys = worked.rows.slice(1), worked.keys.slice(1)
        return worked

    monkeypatch.setattr(pipeline.batch, "read_and_refine", loses_one)

    outcome = run(write_corpus(stories(9)), tmp_path / "dist")

    assert outcome["status"] == "stopped"
    assert outcome["reasons"] == {"record.fault": 1}
    assert "accounts.faults (found 1 of 9)" in outcome["message"]


def test_a_record_lost_on_the_way_is_noticed(write_corpus, stories, tmp_path, monkeypatch):
    work = pipeline.batch.read_and_refine

    def drops_one(*arguments, **named):
        worked = work(*arguments, **named)
        worked.rows, worked.keys = worked.rows.slice(1), worked.keys.slice(1)
        return worked

    monkeypatch.setattr(pipeline.batch, "read_and_refine", drops_one)

    with pytest.raises(PublishError, match=r"000\.txt: its records do not add up"):
        run(write_corpus(stories(3)), tmp_path / "dist")


def test_a_check_publishes_nothing(write_corpus, stories, tmp_path):
    outcome = run(write_corpus(stories(2)), tmp_path / "dist", publishes=False)

    assert outcome["status"] == "checked"
    assert outcome["release"] is None
    assert Path(outcome["report"]).is_file()
    assert not (tmp_path / "dist" / "valley").exists()


def test_a_corrupt_release_is_not_built_upon(write_corpus, stories, tmp_path):
    folder = write_corpus(stories(2))
    release = Path(run(folder, tmp_path / "dist")["release"])
    card = release / "README.md"
    card.chmod(0o644)
    card.write_bytes(card.read_bytes().replace(b"Valley", b"Vallez"))

    with pytest.raises(PublishError, match=r"README\.md"):
        run(write_corpus(stories(3)), tmp_path / "dist")


def test_a_damaged_staged_batch_is_worked_again(write_corpus, stories, tmp_path):
    folder = write_corpus(stories(2))
    first = run(folder, tmp_path / "dist")
    expected = bytes_of(first["release"])
    shutil.rmtree(tmp_path / "dist" / "valley")
    for path in (tmp_path / "dist" / ".work").glob("valley/batches/*/articles.parquet"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        assert find_staged(path.parent) is None

    assert bytes_of(run(folder, tmp_path / "dist")["release"]) == expected


def test_the_manifest_holds_neither_paths_of_the_machine_nor_a_date(
    write_corpus, stories, tmp_path
):
    outcome = run(write_corpus(stories(2)), tmp_path / "dist")

    for name, content in bytes_of(outcome["release"]).items():
        assert str(tmp_path).encode() not in content, name
    manifest = orjson.loads((Path(outcome["release"]) / "manifest.json").read_bytes())
    assert manifest["accounts"]["raw"] == 2


FAULTS = (b"", b"\x00\x01\x02\xff" * 40, b"Rain.", b"\xef\xbb\xbf", b"\n\n\n")


@pytest.mark.timeout(600)
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    good=st.sets(st.integers(0, 40), min_size=3, max_size=8),
    copies=st.integers(0, 3),
    faults=st.lists(st.sampled_from(FAULTS), max_size=3),
)
def test_conservation_and_independence(
    write_corpus, stories, tmp_path_factory, good, copies, faults
):
    """Each raw record has one outcome; neither order nor the size of batches changes a byte."""
    base = tmp_path_factory.mktemp("property")
    texts = stories(41)
    names = sorted(f"{i:03d}.txt" for i in good)
    corpus: dict[str, str | bytes] = {name: texts[name] for name in names}
    corpus |= {f"copy{i}.txt": texts[names[i]] for i in range(copies)}
    corpus |= {f"fault{i}.txt": content for i, content in enumerate(faults)}
    folder = write_corpus(corpus, name=base.name)

    outcome = run(folder, base / "one")
    again = run(folder, base / "two", order=-1)

    accounts = outcome["accounts"]
    assert outcome["status"] == "published"
    assert accounts["raw"] == len(corpus)
    assert accounts["published"] == len(names)
    assert accounts["duplicates"] == copies
    assert accounts["quarantined"] == len(faults)
    paths = [
        row["source_path"]
        for name in ("data", "duplicates", "quarantine")
        for row in read(outcome["release"], name)
    ]
    assert sorted(paths) == sorted(corpus)
    assert bytes_of(again["release"]) == bytes_of(outcome["release"])


def test_what_the_policy_masks_is_masked_in_the_quarantine_too(write_corpus, stories, tmp_path):
    files = stories(2) | {"short.txt": "Write to mary@example.org now."}
    folder = write_corpus(files, extra='\n[privacy]\nmask = ["email"]\n')

    outcome = run(folder, tmp_path / "dist")

    (row,) = read(outcome["release"], "quarantine")
    assert row["excerpt"].startswith("Write to ")
    assert "mary@example.org" not in str(row)


def test_one_text_in_two_normal_forms_is_a_duplicate(write_corpus, stories, tmp_path):
    text = stories(1)["000.txt"].replace("storm", "störm").replace("roof", "roöf")
    forms = {f"{form}.txt": unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    assert len(set(forms.values())) == 2

    accounts = run(write_corpus(forms), tmp_path / "dist")["accounts"]

    assert (accounts["published"], accounts["duplicates"]) == (1, 1)
