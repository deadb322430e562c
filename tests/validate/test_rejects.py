"""The quarantine can be looked through."""

import pyarrow.parquet as pq
import pytest

from broadsheet.records import Rejection, Source
from broadsheet.tables import rejections_to_table
from broadsheet.validate import all_reasons, count_reasons, failure_detail, filter_rejections


def rejection(path, reason, stage="parse", detail="", excerpt=""):
    source = Source(path, None, 0, 10, "a" * 64, "text")
    return Rejection(source=source, stage=stage, reason=reason, detail=detail, excerpt=excerpt)


REJECTIONS = [
    rejection("2023/a.txt", "content.empty"),
    rejection("2024/b.txt", "content.empty", excerpt="Advertisement"),
    rejection("2024/c.bin", "type.mismatch", "sources", "PNG signature"),
    rejection(
        "2024/d.txt",
        "expectation.text-min-words",
        "validate",
        failure_detail(["text-min-words", "url-canonical"]),
    ),
]


@pytest.fixture
def quarantine(tmp_path):
    """Return the quarantine's files."""
    first, second = tmp_path / "1.parquet", tmp_path / "2.parquet"
    pq.write_table(rejections_to_table(REJECTIONS[:2]), first)
    pq.write_table(rejections_to_table(REJECTIONS[2:]), second)
    return [first, second]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, "abcd"),
        ({"reasons": ["content.empty"]}, "ab"),
        ({"reasons": ["content"]}, "ab"),
        ({"reasons": ["cont"]}, ""),
        ({"reasons": ["type", "content.empty"]}, "abc"),
        ({"reasons": ["expectation.url-canonical"]}, "d"),
        ({"reasons": ["expectation"]}, "d"),
        ({"stages": ["sources", "validate"]}, "cd"),
        ({"sources": ["2024/*.txt"]}, "bd"),
        ({"contains": "ADVERT"}, "b"),
        ({"contains": "png"}, "c"),
        ({"reasons": ["content"], "sources": ["2024/*"]}, "b"),
    ],
)
def test_conditions_narrow_the_list(quarantine, conditions, found):
    table = filter_rejections(quarantine, **conditions)
    assert [path[5] for path in table["source_path"].to_pylist()] == list(found)


@pytest.mark.parametrize("size", [0, 1, 3, 9])
def test_a_sample_is_small_in_order_and_the_same_each_time(quarantine, size):
    table = filter_rejections(quarantine, sample=size)
    paths = table["source_path"].to_pylist()
    assert len(paths) == min(size, 4)
    assert paths == sorted(paths)
    assert table.equals(filter_rejections(quarantine, sample=size))


def test_each_reason_of_a_record_counts(quarantine):
    rows = filter_rejections(quarantine)
    assert all_reasons(rows.to_pylist()[3]) == (
        "expectation.text-min-words",
        "expectation.url-canonical",
    )
    assert list(count_reasons(rows).items()) == [
        ("content.empty", 2),
        ("expectation.text-min-words", 1),
        ("expectation.url-canonical", 1),
        ("type.mismatch", 1),
    ]
