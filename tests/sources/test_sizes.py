import hashlib

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import Sources
from broadsheet.sources import RawFile, discover, plan_batches
from broadsheet.sources.sizes import sized_for

MIB = 2**20
settings = st.builds(
    Sources, batch_bytes=st.integers(2**16, 2**28), batch_records=st.integers(1, 10**5)
)


def corpus(n_files: int, size: int, suffix: str = ".jsonl") -> list[RawFile]:
    return [
        RawFile(f"{n:05}{suffix}", size, hashlib.sha256(bytes(n)).hexdigest())
        for n in range(n_files)
    ]


def n_batches(files: list[RawFile]) -> int:
    return len(plan_batches(files, sized_for([(f.path, f.size) for f in files], Sources())))


def test_a_corpus_of_some_files_has_a_batch_for_each_core():
    assert n_batches(corpus(4, 6 * MIB)) == 4
    assert n_batches(corpus(4, 4 * MIB, ".warc.gz")) == 4
    assert 4 <= n_batches(corpus(20_000, 2_000)) < 20


def test_a_large_corpus_has_batches_of_the_set_size():
    sized = sized_for([("a.jsonl", 200 * MIB)], Sources())

    assert sized == Sources()


@given(settings, st.integers(0, 2**32))
def test_batches_are_never_larger_than_set_nor_smaller_than_worth_it(wanted, total):
    sized = sized_for([("a.jsonl", total)], wanted)

    assert min(wanted.batch_bytes, 8 * MIB) <= sized.batch_bytes <= wanted.batch_bytes
    assert min(wanted.batch_records, 4_000) <= sized.batch_records <= wanted.batch_records


@given(settings, st.integers(0, 2**32))
def test_a_growing_corpus_moves_its_borders_at_most_once_until_it_has_doubled(wanted, total):
    sizes = [sized_for([("a.jsonl", total * n // 16)], wanted).batch_bytes for n in range(16, 32)]

    assert sizes == sorted(sizes)
    assert len(set(sizes)) <= 2


def test_discovery_tells_the_sizes_that_it_cut_by(tmp_path):
    (tmp_path / "a.txt").write_text("A short text.", encoding="utf-8")

    assert discover(tmp_path, Sources()).settings == sized_for([("a.txt", 13)], Sources())
