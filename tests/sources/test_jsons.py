import hashlib
import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection
from broadsheet.sources.jsons import load_object

FERRY = {"title": "Ferry aground", "text": "A ferry ran aground near Hollin.", "date": "2024-05-01"}
HARBOUR = {"title": "Harbour frozen", "text": "The harbour of Hollin froze over."}


def lines(*values: object) -> bytes:
    return b"".join(
        (value if isinstance(value, bytes) else orjson.dumps(value)) + b"\n" for value in values
    )


def outcomes(items) -> list[str]:
    return [item.text if isinstance(item, RawRecord) else item.reason for item in items]


def test_a_line_is_a_record_with_its_address(write, read):
    raw = lines(FERRY, HARBOUR)
    write("wire.jsonl", raw)

    first, second = read()

    assert second.text == HARBOUR["text"]
    assert second.media == "text"
    assert second.source.format == "jsonl"
    at = second.source.offset
    assert raw[at : at + second.source.length] == orjson.dumps(HARBOUR)
    assert second.source.sha256 == hashlib.sha256(orjson.dumps(HARBOUR)).hexdigest()
    assert first.fields == {"title": ("Ferry aground",), "published": ("2024-05-01",)}


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jl", "a.json"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n \n"])
def test_lines_of_any_name_and_end(write, read, name, end):
    write(name, end.join(json.dumps(v) for v in (FERRY, HARBOUR)))

    assert outcomes(read()) == [FERRY["text"], HARBOUR["text"]]


@pytest.mark.parametrize(
    "document",
    [
        json.dumps([FERRY, HARBOUR]),
        json.dumps([FERRY, HARBOUR], indent=2),
        json.dumps({"status": "ok", "articles": [FERRY, HARBOUR], "next": None}),
        json.dumps({"response": {"total": 2, "results": [FERRY, HARBOUR]}}, indent=1),
        json.dumps(FERRY, indent=1) + json.dumps(HARBOUR, indent=1),
        "\ufeff" + json.dumps([FERRY, HARBOUR]),
    ],
)
def test_documents_of_usual_shapes(write, read, document):
    path = write("export.json", document)

    items = read()

    assert outcomes(items) == [FERRY["text"], HARBOUR["text"]]
    for item, value in zip(items, (FERRY, HARBOUR), strict=True):
        start = item.source.offset
        raw = path.read_bytes()[start : start + item.source.length]
        assert orjson.loads(raw) == value
        assert item.source.sha256 == hashlib.sha256(raw).hexdigest()


def test_one_object_is_one_record(write, read):
    write("export.json", json.dumps(FERRY | {"links": [{"href": "x"}]}, indent=2))

    assert outcomes(read()) == [FERRY["text"]]


def test_a_list_without_end_loses_its_last_entry_alone(write, read):
    write("export.json", json.dumps([FERRY, HARBOUR])[:-5])

    found = outcomes(read())

    assert found[0] == FERRY["text"]
    assert found[1:] == [Reason.JSON_SYNTAX, Reason.STREAM_TRUNCATED]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"text": "cut in the mid', Reason.JSON_SYNTAX),
        (b"not json at all", Reason.JSON_SYNTAX),
        (b'{"text": "a"} {"text": "b"}', Reason.JSON_SYNTAX),
        (b'["a", "list"]', Reason.SCHEMA_TYPE),
        (b'"a string"', Reason.SCHEMA_TYPE),
        (b"17", Reason.SCHEMA_TYPE),
        (b"null", Reason.SCHEMA_TYPE),
        (b"{}", Reason.SCHEMA_TEXT),
        (b'{"colour": "blue"}', Reason.SCHEMA_TEXT),
        (b'{"text": null}', Reason.CONTENT_EMPTY),
        (b'{"text": "  "}', Reason.CONTENT_EMPTY),
        (b'{"text": "https://example.org/story"}', Reason.CONTENT_EMPTY),
        (b'{"text": "a", "text": "b"}', Reason.JSON_DUPLICATE_KEY),
        (b'{"text" : "a", "text" : "b"}', Reason.JSON_DUPLICATE_KEY),
        (b'{"text": "a", "x": {"k": 1, "k": 2}}', Reason.JSON_DUPLICATE_KEY),
        (b'{"text": "a", "\\u0074ext": "b"}', Reason.JSON_DUPLICATE_KEY),
        (b'{"text": "a", "n": NaN}', Reason.JSON_NUMBER),
        (b'{"text": "a", "n": -Infinity}', Reason.JSON_NUMBER),
        (b'{"text": "a", "n": 1e999}', Reason.JSON_NUMBER),
        (b'{"text": "a", "n": ' + b"1" * 5_000 + b"}", Reason.JSON_NUMBER),
        (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", Reason.JSON_DEPTH),
    ],
)
@pytest.mark.parametrize("position", ["middle", "last"])
def test_a_bad_line_is_set_aside_alone(write, read, bad, reason, position):
    good = orjson.dumps(FERRY)
    write("wire.jsonl", lines(good, bad, good) if position == "middle" else lines(good) + bad)

    found = outcomes(read())

    expected = [FERRY["text"], reason] + [FERRY["text"]] * (position == "middle")
    assert found == expected


def test_a_line_over_the_limit_is_set_aside_alone(write, read):
    long = orjson.dumps({"text": "x" * 200_000})
    write("wire.jsonl", lines(FERRY, long, HARBOUR))

    first, rejected, last = read(max_record_bytes=4_096)

    assert isinstance(rejected, Rejection)
    assert rejected.reason == Reason.SIZE_RECORD
    assert rejected.source.length >= len(long)
    assert (first.text, last.text) == (FERRY["text"], HARBOUR["text"])


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"a\ud800b", "a\ufffdb"),
        (r"a\udc00b", "a\ufffdb"),
        (r"\ud800\ud800\udc00", "\ufffd\U00010000"),
        (r"\\ud800", r"\ud800"),
        (r"\\\ud800", "\\\ufffd"),
        (r"\ud83d\ude00", "\U0001f600"),
    ],
)
def test_an_unpaired_surrogate_is_replaced(escaped, text):
    values, _ = load_object(b'{"text": "%s"}' % escaped.encode())

    assert values["text"] == text


def test_bytes_that_are_not_utf8_are_decoded_and_noted(write, read):
    text = "Der Bürgermeister eröffnete die Brücke über den Fluss in Grünhausen am Sonntag."
    write("wire.jsonl", json.dumps({"text": text}, ensure_ascii=False).encode("cp1252"))

    (record,) = read()

    assert (record.text, record.notes) == (text, (Reason.ENCODING_DETECTED,))


texts = st.text(st.sampled_from('ab":{}[]\\,/ \n\ud800\udc00\u00e9\u4e2d'), max_size=6)
keys = st.text('ab":\\ é', max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(keys, json_values, max_size=4), st.sampled_from([None, 1]))
def test_any_object_is_read_as_the_standard_library_reads_it(value, indent):
    raw = json.dumps(value, indent=indent).encode()

    assert load_object(raw)[0] == replaced(json.loads(raw))


def replaced(value: object) -> object:
    """Return a JSON value with unpaired surrogates as U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [replaced(item) for item in value]
    if isinstance(value, dict):
        return {replaced(key): replaced(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize("twice", ["", ',"a":1'])
def test_an_object_deeper_than_its_writer_allows_is_read_with_all_checks(write, read, twice):
    inner = '{"n":' * 500 + f'{{"a":1{twice}}}' + "}" * 500
    write("a.jsonl", f'{{"text":"Aground.","deep":{inner}}}\n')

    (item,) = read()

    assert isinstance(item, Rejection if twice else RawRecord)
    assert not twice or item.reason == Reason.JSON_DUPLICATE_KEY


@pytest.mark.parametrize("depth", [900, 1_000, 100_000])
def test_a_text_of_lists_deeper_than_the_stack_is_set_aside_alone(write, read, depth):
    deep = '{"text":' + "[" * depth + '"Aground."' + "]" * depth + "}"
    write("a.jsonl", f'{{"text":"One."}}\n{deep}\n{{"text":"Two."}}\n')

    one, nested, two = read()

    assert (one.text, two.text) == ("One.", "Two.")
    assert nested.reason == Reason.JSON_DEPTH
