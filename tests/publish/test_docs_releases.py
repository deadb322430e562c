"""docs/releases.md: what it shows runs, and what it lists is there."""

import re
import shutil
from pathlib import Path

import pytest

from broadsheet.publish.layout import files_of

PAGE = (Path(__file__).parents[2] / "docs" / "releases.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS, ids=lambda code: code.split()[1].split(".")[0])
def test_the_example_runs(code, make_corpus, publish_corpus, monkeypatch, tmp_path):
    for library in re.findall(r"^(?:import|from) (\w+)", code, flags=re.MULTILINE):
        pytest.importorskip(library)
        if library == "pyspark" and not shutil.which("java"):
            pytest.skip("Spark needs Java")
    for count in (250, 260):
        publish_corpus(make_corpus(range(count)), dataset="dist/valley")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")

    names = {}
    exec(compile(code, "docs/releases.md", "exec"), names)  # noqa: S102 - the documentation's own code

    assert len(names) > 1


def test_every_file_of_a_release_is_listed(make_corpus, publish_corpus, dataset_dir):
    publish_corpus(make_corpus(range(250)))
    publish_corpus(make_corpus(range(260)))

    for name in files_of(dataset_dir / "1.1.0"):
        top = name.split("/")[0] + ("/" if "/" in name else "")
        assert f"`{top}`" in PAGE, f"docs/releases.md does not list {top}"
