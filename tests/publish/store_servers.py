"""Real local servers of the object stores' APIs, behind a proxy that makes them fail.

S3: moto. Google: gcp-storage-emulator, which takes no notice of preconditions, so the proxy answers
412 in its place where an object exists, as
https://cloud.google.com/storage/docs/request-preconditions says. Azure: Azurite, a program of
Node, where it is on the PATH.
"""

import http.client
import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

AZURITE = shutil.which("azurite-blob")
# The account and key that every emulator of Azure has, from its documentation; no secret.
AZURE_ACCOUNT = "devstoreaccount1"
AZURE_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}


@dataclass
class Proxy:
    """Where the proxy listens, and what it was told to do wrong.

    ``fault`` is (path part, how): the next request that sends a body for an object whose path holds
    that part fails ``before`` the server saw it, ``after`` it did, so that only the answer is lost,
    or is ``cut`` in the middle. After ``uploads_left`` uploads every request fails.
    """

    port: int = 0
    upstream: int = 0
    fault: tuple | None = None
    faults_done: int = 0
    uploads_left: int | None = None
    is_emulator: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take_fault(self, method, path, body):
        if self.uploads_left == 0:
            return "before"
        if self.uploads_left and method in {"PUT", "POST"}:
            self.uploads_left -= 1
        if (
            self.fault
            and method in {"PUT", "POST"}
            and self.fault[0].encode() in (path.encode() + body[:2000])
        ):
            how, self.fault = self.fault[1], None
            self.faults_done += 1
            return how
        return None


class Handler(BaseHTTPRequestHandler):
    """Hands each request to the server behind, byte for byte, or fails as it was told."""

    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self.read_chunks()
        how = self.proxy.take_fault(self.command, self.path, body)
        if how == "cut":
            self.send_half(body)
            self.close_connection = True
        elif how == "before":
            self.answer(503, {}, b"down")
        else:
            status, headers, content = self.forward(body)
            if how == "after":
                status, headers, content = 503, {}, b"the answer is lost"
            self.answer(status, headers, content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = handle_request  # noqa: N815 - the base class's names

    def read_chunks(self):
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def forward(self, body):
        if not self.proxy.is_emulator:
            return self.send(body)
        query = parse_qs(urlsplit(self.path).query)
        with self.proxy.lock:  # looking and making are one step in the services, two in emulators
            if query.get("ifGenerationMatch") == ["0"] and self.exists(body):
                return 412, {}, b"exists"
            return self.send(body)

    def send(self, body, path=None, method=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.upstream, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP}
        connection.request(method or self.command, path or self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), content

    def exists(self, body):
        name = body.split(b'"name": "', 1)[1].split(b'"', 1)[0].decode()
        bucket = urlsplit(self.path).path.split("/b/")[1].split("/")[0]
        status, _, _ = self.send(b"", f"/storage/v1/b/{bucket}/o/{quote(name, '')}", "GET")
        return status == 200

    def send_half(self, body):
        """Announce the whole body to the server, send half of it and hang up.

        The emulators of Google and Azure may keep the half, where the services keep nothing: they
        hear nothing of such a request.
        """
        if self.proxy.is_emulator:
            return
        lines = [f"{self.command} {self.path} HTTP/1.1"]
        lines += [
            f"{k}: {v}" for k, v in self.headers.items() if k.lower() not in _HOP | {"expect"}
        ]
        lines += [f"Content-Length: {len(body)}", "", ""]
        with socket.create_connection(("127.0.0.1", self.proxy.upstream)) as connection:
            connection.sendall("\r\n".join(lines).encode() + body[: len(body) // 2])

    def answer(self, status, headers, content):
        self.send_response_only(status)
        length = str(len(content))
        for key, value in headers.items():
            if key.lower() == "content-length" and self.command == "HEAD":
                length = value
            elif key.lower() not in _HOP:
                self.send_header(key, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def proxy_to(port, **settings):
    """Run a proxy before a server of this machine."""
    proxy = Proxy(upstream=port, **settings)
    handler = type("Bound", (Handler,), {"proxy": proxy})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        proxy.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield proxy
        server.shutdown()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def s3_server():
    """Run moto's server; yield the proxy before it."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - slow, and only here

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    with proxy_to(server.get_host_and_port()[1]) as proxy:
        yield proxy
    server.stop()


@contextmanager
def google_server():
    """Run the emulator of Google's storage; yield the proxy before it."""
    from gcp_storage_emulator.server import create_server  # noqa: PLC0415 - only here

    port = free_port()
    with (
        create_server("127.0.0.1", port, in_memory=True),
        proxy_to(port, is_emulator=True) as proxy,
    ):
        yield proxy


@contextmanager
def azure_server(folder):
    """Run Azurite; yield the proxy before it."""
    port = free_port()
    options = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(folder)]
    options += ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    with subprocess.Popen([AZURITE, *options], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        with proxy_to(port, is_emulator=True) as proxy:
            yield proxy
        process.terminate()
