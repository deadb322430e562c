"""Stores and clusters that are real, local, and gone afterwards."""

import fsspec
import pytest


@pytest.fixture
def s3_url(monkeypatch):
    """Yield the address of an empty bucket of a local S3 server; its address is in os.environ."""
    pytest.importorskip("s3fs").S3FileSystem.clear_instance_cache()
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "canary")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    fsspec.filesystem("s3").call_s3("create_bucket", Bucket=f"news-{port}")
    yield f"s3://news-{port}"
    server.stop()


@pytest.fixture
def memory_url():
    """Yield the address of an empty store in this process."""
    yield "memory://news"
    fsspec.filesystem("memory").store.clear()
    fsspec.filesystem("memory").pseudo_dirs[:] = [""]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Keep local copies of what lies in a store out of the user's own cache."""
    monkeypatch.setenv("BROADSHEET_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
