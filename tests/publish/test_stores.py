"""Publishing to file systems that fsspec reaches; object stores are servers on this machine."""

import asyncio
import importlib
import logging
import runpy
import threading
from itertools import count
from pathlib import Path

import fsspec
import pytest
from click.testing import CliRunner

from broadsheet import publish
from broadsheet.cli import main
from broadsheet.errors import ConfigError, StorageError, VersionConflictError
from broadsheet.publish.layout import files_of
from broadsheet.publish.stores import publish_to_store

SERVERS = runpy.run_path(str(Path(__file__).with_name("store_servers.py")))
CANARY = "canary-of-a-secret"
OBJECT_STORES = ("s3", "gs", "az")
_numbers = count()


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Return a function that gives the proxy before the server of a kind, started when asked."""
    running = {}
    starts = {
        "s3": SERVERS["s3_server"],
        "gs": SERVERS["google_server"],
        "az": lambda: SERVERS["azure_server"](tmp_path_factory.mktemp("azurite")),
    }

    def get(kind):
        if kind == "az" and not SERVERS["AZURITE"]:
            pytest.skip("needs Azurite: npm install --global azurite")
        if kind not in running:
            context = starts[kind]()
            running[kind] = context, context.__enter__()
        return running[kind][1]

    yield get
    for context, _ in running.values():
        context.__exit__(None, None, None)


def plain_bucket(kind):
    async def answer(*_):
        return kind

    return answer


@pytest.fixture
def connect(servers, monkeypatch):
    """Return a function that makes an empty bucket, and gives its address and the proxy."""
    pause = asyncio.sleep  # the clients wait before they try again, up to a minute

    async def short_pause(seconds, *result):
        return await pause(min(seconds, 0.01), *result)

    monkeypatch.setattr("asyncio.sleep", short_pause)

    def s3(proxy, bucket):
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", CANARY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
        fsspec.filesystem("s3").call_s3("create_bucket", Bucket=bucket)

    def gs(proxy, bucket):
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setitem(fsspec.config.conf, "gs", {"token": "anon", "project": "p"})
        kinds = importlib.import_module("gcsfs.extended_gcsfs")
        monkeypatch.setattr(  # asked by gRPC, which the emulator does not speak
            kinds.ExtendedGcsFileSystem, "_get_bucket_type", plain_bucket(kinds.BucketType.UNKNOWN)
        )
        fsspec.filesystem("gs").mkdir(bucket)

    def az(proxy, bucket):
        account = SERVERS["AZURE_ACCOUNT"]
        connection = (
            f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey="
            f"{SERVERS['AZURE_KEY']};BlobEndpoint=http://127.0.0.1:{proxy.port}/{account};"
        )
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", connection)
        fsspec.filesystem("az").mkdir(bucket)

    def run(kind):
        proxy, bucket = servers(kind), f"news-{next(_numbers)}"
        fsspec.get_filesystem_class(kind).clear_instance_cache()
        {"s3": s3, "gs": gs, "az": az}[kind](proxy, bucket)
        return f"{kind}://{bucket}/valley", proxy

    yield run
    for kind in OBJECT_STORES:
        fsspec.get_filesystem_class(kind).clear_instance_cache()


@pytest.fixture(params=["memory", "file", *OBJECT_STORES])
def url(request, tmp_path, connect):
    """Return the address of an empty folder of a store."""
    if request.param == "memory":
        yield "memory://news"
        fsspec.filesystem("memory").store.clear()
        fsspec.filesystem("memory").pseudo_dirs[:] = [""]
    elif request.param == "file":
        yield f"file://{tmp_path}/store"
    else:
        yield connect(request.param)[0]


@pytest.fixture(params=OBJECT_STORES)
def failing(request, connect):
    """Return the address of an empty folder of an object store, and the proxy that fails it."""
    url, proxy = connect(request.param)
    proxy.faults_done = 0
    yield url, proxy
    proxy.fault, proxy.uploads_left = None, None


@pytest.fixture
def release(shared_release):
    return shared_release


def stored(url):
    """Return the files below an address, by their path there."""
    store, folder = fsspec.core.url_to_fs(url)
    store.invalidate_cache()
    return {path.split("/1.0.0/")[1]: store.cat_file(path) for path in store.find(folder)}


def content(release):
    return {name: (release / name).read_bytes() for name in files_of(release)}


def test_a_release_is_copied_whole_and_once(url, release):
    first = publish_to_store(release, url)
    second = publish_to_store(release, url)

    assert stored(url) == content(release)
    assert set(first.added) == set(content(release))
    assert second.is_done


def test_a_dry_run_changes_nothing(url, release):
    assert publish_to_store(release, url, is_dry_run=True).n_bytes > 0

    store, folder = fsspec.core.url_to_fs(url)
    assert not store.exists(f"{folder}/1.0.0")


def test_the_manifest_comes_last_and_a_cut_upload_is_resumed(release, monkeypatch):
    store, url = fsspec.filesystem("memory"), "memory://cut"
    put_file, limit = type(store).put_file, len(content(release))
    for n_uploads in range(limit):
        left = [n_uploads]

        def cut(self, *args, left=left, **kwargs):
            if not left[0]:
                raise OSError(5, "cut")
            left[0] -= 1
            return put_file(self, *args, **kwargs)

        monkeypatch.setattr(type(store), "put_file", cut)
        with pytest.raises(StorageError, match="cut"):
            publish_to_store(release, url)
        assert not store.exists("/cut/1.0.0/manifest.json")
        monkeypatch.setattr(type(store), "put_file", put_file)
        publish_to_store(release, url)
        assert stored(url) == content(release)
        store.rm("/cut", recursive=True)


def test_another_content_is_a_conflict_and_stays(
    url, release, make_corpus, publish_corpus, dataset_dir
):
    publish_to_store(release, url)
    publish_corpus(make_corpus(range(9)))
    other = dataset_dir / "1.0.0"

    with pytest.raises(VersionConflictError, match="exists with another content"):
        publish_to_store(other, url)

    assert stored(url) == content(release)
    assert publish.verify(release) == ()


@pytest.mark.parametrize("name", ["data/train-00000-of-00001.parquet", "manifest.json"])
def test_an_object_made_meanwhile_is_not_overwritten(url, release, monkeypatch, name):
    store, folder = fsspec.core.url_to_fs(url)
    target = f"{folder}/1.0.0/{name}"
    store.makedirs(target.rpartition("/")[0], exist_ok=True)
    store.pipe_file(target, b"theirs")
    find, looks = store.find, count()  # the other publisher was quicker than our first look
    monkeypatch.setattr(store, "find", lambda *a, **k: find(*a, **k) if next(looks) else {})

    with pytest.raises(VersionConflictError):
        publish_to_store(release, url)

    assert store.cat_file(target) == b"theirs"


def test_an_unknown_kind_of_store_is_told(release):
    with pytest.raises(ConfigError, match="cannot be reached"):
        publish_to_store(release, "nowhere://a/b")


def test_from_the_command_line(release, tmp_path):
    done = CliRunner().invoke(main, ["publish", str(release), "--to", f"file://{tmp_path}/store"])

    assert done.exit_code == 0, done.output
    assert (tmp_path / "store" / "1.0.0" / "manifest.json").is_file()


@pytest.mark.parametrize("how", ["before", "cut", "after"])
def test_a_request_that_fails_is_made_up_for(failing, release, how):
    url, proxy = failing
    proxy.fault = ("manifest.json", how)

    publish_to_store(release, url)

    assert proxy.faults_done == 1
    assert stored(url) == content(release)


def test_a_store_that_goes_away_is_told_and_a_later_run_resumes(failing, release):
    url, proxy = failing
    logging.getLogger("gcsfs").setLevel(logging.CRITICAL)  # it logs what it raises, too
    proxy.uploads_left = 4

    done = CliRunner().invoke(main, ["publish", str(release), "--to", url])

    assert done.exit_code == 74, done.output
    assert f"Publishing to {url} failed" in done.output
    assert CANARY not in done.output
    assert SERVERS["AZURE_KEY"] not in done.output
    proxy.uploads_left = None
    store, folder = fsspec.core.url_to_fs(url)
    store.invalidate_cache()
    assert len(store.find(folder)) == 4
    assert not store.exists(f"{folder}/1.0.0/manifest.json")

    resumed = publish_to_store(release, url)

    assert len(resumed.added) == len(content(release)) - 4
    assert stored(url) == content(release)


@pytest.mark.parametrize("is_same", [True, False])
def test_of_two_publishers_one_wins(
    failing, release, make_corpus, publish_corpus, dataset_dir, is_same
):
    url, _ = failing
    if not is_same:
        publish_corpus(make_corpus(range(9)))
    other = release if is_same else dataset_dir / "1.0.0"
    start, outcomes = threading.Barrier(2), {}

    def run(number, folder):
        start.wait()
        try:
            outcomes[number] = publish_to_store(folder, url)
        except VersionConflictError as error:
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate((release, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lost = [n for n, outcome in outcomes.items() if isinstance(outcome, VersionConflictError)]
    assert len(lost) == (0 if is_same else 1)
    assert stored(url) == content(other if lost == [0] else release)


def test_a_bucket_that_is_not_there_is_not_made(failing, release):
    url, _ = failing
    kind = url.partition(":")[0]
    nowhere = f"{kind}://no-such-bucket/valley"

    with pytest.raises(StorageError, match="Publishing to"):
        publish_to_store(release, nowhere)

    fsspec.filesystem(kind).invalidate_cache()
    assert not fsspec.filesystem(kind).exists("no-such-bucket")
