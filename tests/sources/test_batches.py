import hashlib

import orjson
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import Sources
from broadsheet.sources import Batch, RawFile, plan_batches

SETTINGS = Sources(batch_bytes=2**16, batch_records=50)

names = st.lists(st.integers(0, 10**6), unique=True, max_size=300).map(sorted)


def raw_file(number: int, size: int = 900) -> RawFile:
    name = f"{number:07}.txt"
    return RawFile(name, size, hashlib.sha256(name.encode()).hexdigest())


def spans(batches) -> list:
    return [span for batch in batches for span in batch.spans]


@given(names, st.integers(0, 40_000))
def test_every_file_is_in_exactly_one_batch_in_order(numbers, size):
    files = [raw_file(number, size) for number in numbers]

    batches = plan_batches(files, SETTINGS)

    assert [(s.path, s.start, s.stop, s.sha256) for s in spans(batches)] == [
        (f.path, 0, f.size, f.sha256) for f in files
    ]


@given(names, st.integers(0, 40_000))
def test_batches_are_bounded(numbers, size):
    for batch in plan_batches([raw_file(number, size) for number in numbers], SETTINGS):
        assert 0 < len(batch.spans) <= SETTINGS.batch_records
        assert batch.size <= SETTINGS.batch_bytes


def test_a_file_larger_than_a_batch_is_alone():
    batches = plan_batches([raw_file(1), raw_file(2, 2**20), raw_file(3)], SETTINGS)

    assert ["0000002.txt"] in [[span.path for span in batch.spans] for batch in batches]


def test_one_more_file_leaves_nearly_all_batches_as_they_were():
    files = [raw_file(number) for number in range(0, 20_000, 2)]
    before = {batch.digest for batch in plan_batches(files, SETTINGS)}

    after = {batch.digest for batch in plan_batches(sorted([*files, raw_file(5_001)]), SETTINGS)}

    assert len(before) > 200
    assert len(after - before) <= 5


def test_digest_says_what_is_read():
    one = plan_batches([raw_file(1)], SETTINGS)[0]
    same = plan_batches([raw_file(1)], SETTINGS)[0]
    renamed = plan_batches([RawFile("x.txt", 900, raw_file(1).sha256)], SETTINGS)[0]
    changed = plan_batches([RawFile("0000001.txt", 900, "0" * 64)], SETTINGS)[0]

    assert one.digest == same.digest
    assert len({one.digest, renamed.digest, changed.digest}) == 3


def test_a_batch_travels_as_json():
    (batch,) = plan_batches([raw_file(1)], SETTINGS)

    assert Batch.from_json(orjson.loads(orjson.dumps(batch.to_json()))) == batch


def test_no_files_no_batches():
    assert plan_batches([], SETTINGS) == ()


def test_a_compressed_file_counts_for_what_it_holds():
    plain = [RawFile(f"{i:04}.jsonl", 2**12, f"{i:064x}") for i in range(400)]
    packed = [RawFile(f"{i:04}.jsonl.gz", 2**12, f"{i:064x}") for i in range(400)]

    n_plain, n_packed = (len(plan_batches(files, SETTINGS)) for files in (plain, packed))

    assert n_packed > 2 * n_plain
