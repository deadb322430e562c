"""Raw files at addresses: read as the same files on the local disk, with the same rows."""

import importlib
import io
import json
import runpy
import socket
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from broadsheet import pipeline
from broadsheet.addresses import open_store
from broadsheet.cli import main
from broadsheet.config import Sources, load_config
from broadsheet.errors import ConfigError, StorageError
from broadsheet.reasons import Reason
from broadsheet.sources import discover, locate, plan_batches, read_batch, require_raw_files

STORES = runpy.run_path(str(Path(__file__).parent / "publish" / "store_servers.py"))
HUB = runpy.run_path(str(Path(__file__).parent / "publish" / "hub_server.py"))
CANARY = "canarysecretcanary"
STORY = "The ferry of Hollin ran aground on Sunday; nobody was hurt, the harbour master said."
SMALL = Sources(batch_bytes=2**16, batch_records=500)  # so that the larger files are cut in parts


def lines(count):
    return b"".join(
        json.dumps({"text": f"{STORY} {n}", "url": f"https://hollin.example/{n}"}).encode() + b"\n"
        for n in range(count)
    )


def parquet(count):
    buffer = io.BytesIO()
    table = pa.table({"text": [f"{STORY} {n} {n**7}" for n in range(count)]})
    pq.write_table(table, buffer, row_group_size=400)
    return buffer.getvalue()


FILES = {
    "a plain one.txt": STORY.encode(),
    "2024/ö ä.md": f"# Ferry\n\n{STORY}".encode(),
    "2024/bad.html": b"\x89PNG\r\n\x1a\n",
    "2024/page.html": f"<p>{STORY}</p>".encode(),
    "2024/page_files/script.js": b"1",
    "lines.jsonl": lines(12_000),
    "table.parquet": parquet(1_500),
    "unknown.xyz": b"unknown",
    ".hidden/a.txt": STORY.encode(),
    "dataset.toml": b"",
    "other/dataset.toml": b"",
    "other/a.txt": STORY.encode(),
    "old/1.0.0/manifest.json": b"{}",
    "old/1.0.0/SHA256SUMS": b"",
    "old/1.0.0/data/a.parquet": b"PAR1",
}


@pytest.fixture(scope="module")
def s3_server():
    """Run moto's server of Amazon's S3 API; return its address."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - slow, and only here

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def s3(s3_server, monkeypatch, tmp_path):
    """Return the address of a folder in an empty bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", f"id{CANARY}")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    store = fsspec.filesystem("s3", skip_instance_cache=True)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    bucket = f"news-{abs(hash(tmp_path))}"
    store.call_s3("create_bucket", Bucket=bucket)
    yield f"s3://{bucket}/raw"
    fsspec.get_filesystem_class("s3").clear_instance_cache()


@pytest.fixture
def gs(monkeypatch):
    """Return the address of a folder in an empty bucket of Google's storage."""
    from gcp_storage_emulator.server import create_server  # noqa: PLC0415 - only here

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = create_server("127.0.0.1", port, in_memory=True, default_bucket="news")
    server.start()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    monkeypatch.setitem(fsspec.config.conf, "gs", {"token": "anon"})  # as FSSPEC_GS_TOKEN does
    kinds = importlib.import_module("gcsfs.extended_gcsfs")

    async def is_plain(*_):
        return kinds.BucketType.UNKNOWN

    # Asked by gRPC, which the emulator does not speak.
    monkeypatch.setattr(kinds.ExtendedGcsFileSystem, "_get_bucket_type", is_plain)
    fsspec.get_filesystem_class("gs").clear_instance_cache()
    yield "gs://news/raw"
    server.stop()
    fsspec.get_filesystem_class("gs").clear_instance_cache()


@pytest.fixture
def az(monkeypatch, tmp_path_factory):
    """Return the address of a folder in an empty container of Azure's storage."""
    if not STORES["AZURITE"]:
        pytest.skip("needs Azurite: npm install --global azurite")
    account, key = STORES["AZURE_ACCOUNT"], STORES["AZURE_KEY"]
    with STORES["azure_server"](tmp_path_factory.mktemp("azurite")) as server:
        monkeypatch.setenv(
            "AZURE_STORAGE_CONNECTION_STRING",
            f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};"
            f"BlobEndpoint=http://127.0.0.1:{server.port}/{account};",
        )
        fsspec.get_filesystem_class("az").clear_instance_cache()
        fsspec.filesystem("az").mkdir("news")
        yield "az://news/raw"
    fsspec.get_filesystem_class("az").clear_instance_cache()


@pytest.fixture
def hf(monkeypatch):
    """Return the address of a folder in a dataset's repository of the Hub."""
    held, stop = HUB["serve"]()
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", held.url)
    template = f"{held.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", f"hf_{CANARY}")
    files = {f"raw/{name}": content for name, content in FILES.items()}
    held.repositories["mill/news"] = HUB["Repository"](is_private=False)
    held.repositories["mill/news"].commit(files)
    fsspec.get_filesystem_class("hf").clear_instance_cache()
    yield "hf://datasets/mill/news/raw"
    stop()
    fsspec.get_filesystem_class("hf").clear_instance_cache()


@pytest.fixture
def memory():
    """Return the address of an empty folder in memory."""
    yield "memory://news/raw"
    fsspec.filesystem("memory").store.clear()
    fsspec.filesystem("memory").pseudo_dirs[:] = [""]


@pytest.fixture(params=["memory", "s3", "gs", "az", "hf"])
def filled(request):
    """Return an address with all files of :data:`FILES`."""
    address = request.getfixturevalue(request.param)
    if request.param != "hf":  # there they are committed
        fill(address, FILES)
    return address


@pytest.fixture
def local(tmp_path):
    """Return a folder of the local disk with the same files."""
    for name, content in FILES.items():
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "raw"


def fill(address, files):
    store, folder = open_store(address)
    for name, content in files.items():
        store.pipe_file(f"{folder}/{name}", content)


def read(place, settings=SMALL):
    """Return what is discovered at a place, and what its batches hold."""
    found = discover(place, settings)
    batches = plan_batches(found.files, settings)
    return found, batches, [item for b in batches for item in read_batch(place, b, settings)]


def test_what_is_read_is_what_the_local_disk_would_give(filled, local):
    found, batches, items = read(filled)

    assert (found, batches, items) == read(local)
    assert sum(len(file.parts) for file in found.files) > 20
    assert len(items) == 13_504
    assert {(s.path, s.reason) for s in found.skipped} == {
        ("other", Reason.INPUT_DATASET),
        ("old/1.0.0", Reason.INPUT_RELEASE),
        ("2024/page_files", Reason.INPUT_PART),
    }


@pytest.mark.parametrize("store", ["memory", "s3", "gs"])
def test_a_file_that_changed_or_went_is_noticed(request, store):
    address = request.getfixturevalue(store)
    fill(address, {"a.txt": STORY.encode(), "b.txt": STORY.encode(), "c.txt": STORY.encode()})
    (batch,) = plan_batches(discover(address, Sources()).files, Sources())

    fill(address, {"a.txt": STORY.upper().encode()})
    fs, folder = open_store(address)
    fs.rm_file(f"{folder}/b.txt")
    items = read_batch(address, batch, Sources())

    assert [getattr(i, "reason", None) for i in items] == [
        Reason.IO_CHANGED,
        Reason.IO_CHANGED,
        None,
    ]


def test_a_large_table_is_read_in_parts_of_its_bytes(s3, local):
    rows = pa.table({"text": [f"{STORY} {n} {n**9}" for n in range(4_000)]})
    buffer = io.BytesIO()
    pq.write_table(rows, buffer, row_group_size=4_000)  # one group, larger than a batch
    fill(s3, {"big.parquet": buffer.getvalue()})
    (local / "big.parquet").write_bytes(buffer.getvalue())

    assert [i for i in read(local)[2] if i.source.path == "big.parquet"] == read(s3)[2]


def test_a_name_that_only_a_store_can_hold_is_set_aside(memory):
    fs = fsspec.filesystem("memory")
    fill(memory, {"good.txt": STORY.encode()})
    fs.store["/news/raw/../secret.txt"] = fs.store["/news/raw/good.txt"]

    found = discover(memory, Sources())

    assert [f.path for f in found.files] == ["good.txt"]
    assert [(r.source.path, r.reason) for r in found.rejections] == [
        ("../secret.txt", Reason.IO_NAME)
    ]


def test_an_address_of_the_local_disk_is_a_folder(local, tmp_path):
    assert locate(tmp_path, f"file://{local}") == local
    assert read(locate(tmp_path, f"file://{local}")) == read(local)


def test_a_build_gives_the_same_rows(s3, write_corpus, stories, tmp_path):
    files = stories(12)
    folder = write_corpus(files)
    fill(s3, {name: content.encode() for name, content in files.items()})
    away = write_corpus({}, extra=f'\n[sources]\npath = "{s3}"\n', name="away")

    here, there = (run(f, tmp_path / f"dist-{f.name}") for f in (folder, away))

    assert there["accounts"] == here["accounts"]
    names = sorted(p.relative_to(here["release"]) for p in Path(here["release"]).rglob("*.parquet"))
    assert names
    for name in names:
        assert (Path(there["release"]) / name).read_bytes() == (
            Path(here["release"]) / name
        ).read_bytes()
    written = [p for p in (tmp_path / "dist-away").rglob("*") if p.is_file()]
    assert all(CANARY.encode() not in path.read_bytes() for path in written)


def run(folder, output):
    planned = pipeline.plan(folder, output)
    noted = [pipeline.note_lines(request) for request in planned["requests"]]
    batches = [pipeline.work_batch(place) for place in pipeline.tell_recurring(noted)]
    return pipeline.release(Path(planned["run"]), [planned["discovery"], *batches])


def test_commands_read_the_raw_files_again(s3, write_corpus, stories, tmp_path):
    fill(s3, {name: content.encode() for name, content in stories(3).items()})
    folder = write_corpus({}, extra=f'\n[sources]\npath = "{s3}"\n')
    release = run(folder, tmp_path / "dist")["release"]
    row = pq.read_table(Path(release) / "data").to_pylist()[0]

    explained = CliRunner().invoke(
        main, ["explain", row["id"], "--release", str(release), "--raw", str(folder)]
    )
    rebuilt = CliRunner().invoke(main, ["rebuild", str(release), "--raw", str(folder)])

    assert explained.exit_code == 0, explained.output
    assert "witnesses" in explained.output
    assert rebuilt.exit_code == 0, rebuilt.output


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("https://hollin.example/raw", "download the files first"),
        (f"s3://key:{CANARY}@bucket/raw", "AWS_ACCESS_KEY_ID"),
        (f"az://box/raw?sig={CANARY}", "AZURE_STORAGE_CONNECTION_STRING"),
        ("zip://a.txt::s3://bucket/raw.zip", "archives are read as they are"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_mistake_in_the_settings(write_corpus, path, said):
    folder = write_corpus({}, extra=f'\n[sources]\npath = "{path}"\n')

    with pytest.raises(ConfigError, match=r"sources\.path") as raised:
        load_config(folder)

    assert said in str(raised.value)
    assert CANARY not in str(raised.value)


def test_what_is_missing_is_named(s3):
    bucket = s3.rsplit("/", 1)[0]
    fill(bucket, {"file.txt": b"1"})
    cases = {
        f"{bucket}/nowhere": "not there.*AWS_ACCESS_KEY_ID",
        "s3://no-such-bucket-here/raw": "not there.*AWS_ACCESS_KEY_ID",
        f"{bucket}/file.txt": "one file",
    }
    for address, said in cases.items():
        with pytest.raises(StorageError, match=said):
            require_raw_files(address)

    with pytest.raises(ConfigError, match=r"gopher.*Known are s3"):
        require_raw_files("gopher://hollin/raw")


def test_a_library_that_is_not_installed_is_named(monkeypatch):
    def refuse(_):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", refuse)

    with pytest.raises(ConfigError, match=r"pip install 'broadsheet\[s3\]'"):
        require_raw_files("s3://bucket/raw")


def test_missing_credentials_are_named(s3, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    fsspec.get_filesystem_class("s3").clear_instance_cache()

    with pytest.raises(StorageError, match=r"credentials.*~/\.aws/credentials"):
        require_raw_files(s3)


def test_a_store_that_is_down_is_named(s3, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fsspec.get_filesystem_class("s3").clear_instance_cache()

    with pytest.raises(StorageError, match="cannot be read: EndpointConnectionError"):
        require_raw_files(s3)
