"""Publishing to file systems that fsspec reaches; an S3 server, where its libraries are there."""

import fsspec
import pytest
from click.testing import CliRunner

from broadsheet import publish
from broadsheet.cli import main
from broadsheet.errors import ConfigError, StorageError, VersionConflictError
from broadsheet.publish.layout import files_of
from broadsheet.publish.stores import publish_to_store


@pytest.fixture(params=["memory", "file", "s3"])
def url(request, tmp_path, monkeypatch):
    """Return the address of an empty folder of a store."""
    if request.param == "memory":
        yield "memory://news"
        fsspec.filesystem("memory").store.clear()
        fsspec.filesystem("memory").pseudo_dirs[:] = [""]
    elif request.param == "file":
        yield f"file://{tmp_path}/store"
    else:
        pytest.importorskip("s3fs").S3FileSystem.clear_instance_cache()
        moto = pytest.importorskip("moto.server")
        server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "canary")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
        fsspec.filesystem("s3").call_s3("create_bucket", Bucket=f"news-{port}")
        yield f"s3://news-{port}/valley"
        server.stop()


@pytest.fixture
def release(make_corpus, publish_corpus, dataset_dir):
    """Return a sound release."""
    publish_corpus(make_corpus())
    return dataset_dir / "1.0.0"


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
    publish_corpus(make_corpus(range(9)), dataset="other")
    other = dataset_dir.parent / "other" / "1.0.0"

    with pytest.raises(VersionConflictError, match="exists with another content"):
        publish_to_store(other, url)

    assert stored(url) == content(release)
    assert publish.verify(release) == ()


@pytest.mark.parametrize("name", ["data/train-00000-of-00003.parquet", "manifest.json"])
def test_an_object_made_meanwhile_is_not_overwritten(url, release, monkeypatch, name):
    store, folder = fsspec.core.url_to_fs(url)
    target = f"{folder}/1.0.0/{name}"
    store.makedirs(target.rpartition("/")[0], exist_ok=True)
    store.pipe_file(target, b"theirs")
    seen = iter([False])  # the other publisher was quicker than our first look
    exists = type(store).exists
    monkeypatch.setattr(
        type(store),
        "exists",
        lambda self, p, **k: next(seen, True) if p == target else exists(self, p, **k),
    )

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
