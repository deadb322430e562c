"""Real clusters of several processes, each in a folder of its own; one dies while it works.

Their workers share nothing with the run but a store, with Ray also the raw files: plans, staged
batches and the release lie in S3. The run is the command line, in a process of its own.
"""

import datetime as dt
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec
import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from broadsheet import pipeline

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]
ARTICLES = 7
BATCHES_OF_ONE = "\n[sources]\nbatch_records = 1\n"


@pytest.fixture
def programs(tmp_path) -> Iterator:
    """Yield a function that starts a program in an empty folder of its own; all end with us."""
    started = []

    def start(name: str, *command: str, **options) -> subprocess.Popen:
        folder = tmp_path / name
        folder.mkdir()
        log = (folder / "log").open("wb")
        program = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            stderr=subprocess.STDOUT,
            stdout=log,
            start_new_session=True,
            **options,
        )
        started.append(program)
        log.close()
        return program

    yield start
    for program in started:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()


@pytest.fixture(autouse=True)
def prefect_home(tmp_path, monkeypatch):
    """Keep the runs out of the user's own Prefect home."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))


PREFECT_SERVER = """
import os, sys
from pathlib import Path
from broadsheet.local_server import await_local_server, start_local_server
start_local_server()
await_local_server()
Path("address").write_text(os.environ["PREFECT_API_URL"])
sys.stdin.read()
"""


@pytest.fixture
def prefect_api(programs, tmp_path, monkeypatch):
    """Start a Prefect server and name it, as workers on other machines would need it."""
    programs("server", "-c", PREFECT_SERVER, stdin=subprocess.PIPE)
    address = tmp_path / "server" / "address"
    wait_for(lambda: address.is_file() and address.read_text(), what="the server's start")
    monkeypatch.setenv("PREFECT_API_URL", address.read_text())


@pytest.fixture
def corpus(write_corpus, stories):
    """Return a folder whose every article is a batch."""
    return write_corpus(stories(ARTICLES), extra=BATCHES_OF_ONE)


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """Make a certificate that Dask's own configuration names, for both ends."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cluster")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "cluster.pem", tmp_path / "cluster.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    settings = {f"{end}__{kind}": path for end in ("SCHEDULER", "WORKER", "CLIENT")
                for kind, path in (("CERT", pem), ("KEY", secret))}  # fmt: skip
    for setting, path in {"CA_FILE": pem, **settings}.items():
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{setting}", str(path))
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION", "true")


PACKED = b"".join(
    gzip.compress(orjson.dumps({"text": f"The lock number {n} of Hollin was mended. " * 9}) + b"\n")
    for n in range(40)
)


@pytest.fixture
def stored_corpus(write_corpus, stories, s3_url):
    """Return a folder of settings alone, whose raw files lie in a store; some are compressed."""
    store, bucket = fsspec.core.url_to_fs(s3_url)
    for name, text in stories(ARTICLES).items():
        store.pipe_file(f"{bucket}/raw/{name}", text.encode())
    store.pipe_file(f"{bucket}/raw/packed.jsonl.gz", PACKED)
    place = f'\n[sources]\nbatch_records = 1\npath = "{s3_url}/raw"\nmax_ratio = 100000\n'
    return write_corpus({}, extra=place)


def run(programs, corpus: Path, url: str, *engine: str) -> subprocess.Popen:
    return programs(
        "run", "-m", "broadsheet.cli", "build", str(corpus), "--output", url, "--engine", *engine
    )


def wait_for(condition, *, what: str, seconds: float = 600) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.1)


def staged(url: str) -> int:
    """Return how many batches are complete in the store."""
    store, folder = fsspec.core.url_to_fs(f"{url}/.work/valley/batches")
    store.invalidate_cache()
    return sum(path.endswith("result.json") for path in store.find(folder))


def sums_without_prefect(corpus: Path, output: Path) -> bytes:
    planned = pipeline.plan(corpus, output)
    batches = [pipeline.work_batch(request) for request in planned["requests"]]
    outcome = pipeline.release(planned["run"], [planned["discovery"], *batches])
    return (Path(outcome["release"]) / "SHA256SUMS").read_bytes()


def sums_in_store(url: str) -> bytes:
    store, folder = fsspec.core.url_to_fs(f"{url}/valley/1.0.0/SHA256SUMS")
    return store.cat_file(folder)


@pytest.mark.usefixtures("tls")
def test_a_dask_cluster_with_tls_that_loses_a_worker_makes_the_same_bytes(
    programs, stored_corpus, s3_url, tmp_path
):
    where = tmp_path / "scheduler.json"
    programs("scheduler", "-m", "distributed.cli.dask_scheduler", "--protocol", "tls",
             "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
             "--scheduler-file", str(where))  # fmt: skip
    wait_for(where.is_file, what="the scheduler's start")
    workers = [
        programs(name, "-m", "distributed.cli.dask_worker", "--protocol", "tls",
                 "--scheduler-file", str(where), "--nthreads", "1", "--no-nanny",
                 "--no-dashboard", "--host", "127.0.0.1")
        for name in ("first", "second")
    ]  # fmt: skip
    address = f"tls://127.0.0.1:{_port(where)}"

    building = run(programs, stored_corpus, s3_url, "dask", "--address", address)
    wait_for(lambda: staged(s3_url), what="the first batch")
    os.killpg(workers[0].pid, signal.SIGKILL)
    assert staged(s3_url) < ARTICLES
    building.wait()

    assert building.returncode == 0, (tmp_path / "run" / "log").read_text()
    assert sums_in_store(s3_url) == sums_without_prefect(stored_corpus, tmp_path / "here")


def _port(scheduler_file: Path) -> str:
    return json.loads(scheduler_file.read_text())["address"].rsplit(":", 1)[1]


RAY_CLUSTER = """
import sys
from pathlib import Path
from ray.cluster_utils import Cluster
HERE = {"include_dashboard": False}
cluster = Cluster(initialize_head=True, head_node_args=HERE | {"num_cpus": 0})
nodes = [cluster.add_node(num_cpus=1, **HERE) for _ in range(2)]
Path("address").write_text(cluster.address)
sys.stdin.readline()
cluster.remove_node(nodes[0], allow_graceful=False)
sys.stdin.read()
cluster.shutdown()
"""


@contextmanager
def ray_cluster(programs, tmp_path):
    """Yield the address of a cluster of two workers, and a function that kills one of them."""
    program = programs("ray", "-c", RAY_CLUSTER, stdin=subprocess.PIPE, text=True)
    address = tmp_path / "ray" / "address"
    wait_for(lambda: address.is_file() and address.read_text(), what="the cluster's start")

    def kill() -> None:
        program.stdin.write("\n")
        program.stdin.flush()

    try:
        yield address.read_text(), kill
    finally:
        program.stdin.close()
        program.wait(300)


@pytest.mark.usefixtures("prefect_api")
def test_a_ray_cluster_that_loses_a_node_makes_the_same_bytes(
    programs, corpus, s3_url, tmp_path, monkeypatch
):
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a-token-of-this-test-alone-" * 2)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    with ray_cluster(programs, tmp_path) as (address, kill):
        building = run(programs, corpus, s3_url, "ray", "--address", address)
        wait_for(lambda: staged(s3_url), what="the first batch")
        kill()
        assert staged(s3_url) < ARTICLES
        building.wait()

    assert building.returncode == 0, (tmp_path / "run" / "log").read_text()
    assert sums_in_store(s3_url) == sums_without_prefect(corpus, tmp_path / "here")
