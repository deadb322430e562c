"""A small, honest server of the Hub's HTTP API for datasets, in memory.

It knows what publishing needs: repositories, commits with a parent, tags, trees, large files by
SHA-256. It checks what it is told: a stale parent is answered with 412, a large file whose digest
is not the announced one with 400, a commit that names an unknown large file with 404.
"""

import base64
import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from huggingface_hub import DatasetCard


def object_id(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass
class Repository:
    """Commits by id, each a mapping from path to content; branches and tags by name."""

    is_private: bool
    commits: dict = field(default_factory=dict)
    branches: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)

    def commit(self, files):
        oid = hashlib.sha1(repr((len(self.commits), sorted(files))).encode()).hexdigest()  # noqa: S324 - as Git
        self.commits[oid] = files
        self.branches["main"] = oid
        return oid

    def resolve(self, revision):
        return {**self.branches, **self.tags}.get(revision, revision)


@dataclass
class Hub:
    """What the server holds, and what it was told to do wrong.

    ``faults`` maps a step (``commit``, ``tag``, ``upload``) to when it fails, once each: ``before``
    the step was done, ``after``, so that only the answer is lost, or ``race``: someone else commits
    just then.
    """

    repositories: dict = field(default_factory=dict)
    objects: dict = field(default_factory=dict)
    faults: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)
    url: str = ""


def is_large(path):
    return path.endswith(".parquet")


class Handler(BaseHTTPRequestHandler):
    """Routes by method and path; the rest of the class is one function a route."""

    hub: Hub
    routes = (
        ("POST", r"/api/repos/create", "create"),
        ("POST", r"/api/validate-yaml", "validate"),
        ("GET", r"/api/datasets/([^/]+/[^/]+)", "info"),
        ("GET", r"/api/datasets/([^/]+/[^/]+)/refs", "refs"),
        ("GET", r"/api/datasets/([^/]+/[^/]+)/revision/([^/]+)", "info"),
        ("GET", r"/api/datasets/([^/]+/[^/]+)/tree/([^/]+)", "tree"),
        ("GET", r"/api/datasets/([^/]+/[^/]+)/tree/([^/]+)/(.+)", "tree"),
        ("POST", r"/api/datasets/([^/]+/[^/]+)/paths-info/([^/]+)", "paths_info"),
        ("GET", r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", "download"),
        ("POST", r"/api/datasets/([^/]+/[^/]+)/preupload/([^/]+)", "preupload"),
        ("POST", r"/api/datasets/([^/]+/[^/]+)/commit/([^/]+)", "commit"),
        ("POST", r"/api/datasets/([^/]+/[^/]+)/tag/([^/]+)", "tag"),
        ("POST", r"/datasets/([^/]+/[^/]+).git/info/lfs/objects/batch", "batch"),
        ("PUT", r"/objects/([0-9a-f]{64})", "upload"),
    )

    def handle_route(self):
        path = unquote(urlsplit(self.path).path)
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        if self.headers.get("Transfer-Encoding") == "chunked":
            self.body = self.read_chunks()
        self.hub.requests.append((self.command, path))
        for method, pattern, name in self.routes:
            match = re.fullmatch(pattern, path)
            if match and method == self.command:
                self.run(name, match.groups())
                return
        self.answer(404, {"error": f"no route {self.command} {path}"})

    do_GET = do_POST = do_PUT = handle_route  # noqa: N815 - the base class's names

    def read_chunks(self):
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        return b"".join(parts)

    def run(self, name, groups):
        when = self.hub.faults.pop(name, None)
        if when == "before":
            self.answer(500, {"error": "fault before"})
            return
        if when == "race":
            self.found(groups[0]).commit({"theirs.txt": b"quicker"})
        status, answer, headers = getattr(self, name)(*groups)
        if when == "after":
            status, answer, headers = 500, {"error": "fault after"}, {}
        self.answer(status, answer, headers)

    def answer(self, status, body, headers=()):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for key, value in dict(headers).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""

    def found(self, name):
        return self.hub.repositories.get(name)

    def missing(self):
        return 404, {"error": "no such repository"}, {"X-Error-Code": "RepoNotFound"}

    def create(self):
        wanted = json.loads(self.body)
        name = f"{wanted.get('organization') or 'user'}/{wanted['name']}"
        if name in self.hub.repositories:
            return 409, {"url": f"{self.hub.url}/datasets/{name}"}, {}
        private = bool(wanted.get("private") or wanted.get("visibility") == "private")
        repository = Repository(private)
        repository.commit({".gitattributes": b"*.parquet filter=lfs\n"})
        self.hub.repositories[name] = repository
        return 200, {"url": f"{self.hub.url}/datasets/{name}", "name": name}, {}

    def validate(self):
        card = DatasetCard(json.loads(self.body)["content"])
        errors = [] if card.data.license else [{"message": "no license"}]
        return 200, {"errors": errors, "warnings": []}, {}

    def info(self, name, _revision="main"):
        if not (repository := self.found(name)):
            return self.missing()
        return 200, {"id": name, "sha": repository.branches["main"], "tags": []}, {}

    def refs(self, name):
        if not (repository := self.found(name)):
            return self.missing()
        listed = {
            key: [{"name": n, "ref": f"refs/{key}/{n}", "targetCommit": c} for n, c in refs.items()]
            for key, refs in (("branches", repository.branches), ("tags", repository.tags))
        }
        return 200, {**listed, "converts": []}, {}

    def tree(self, name, revision, folder=""):
        is_recursive = parse_qs(urlsplit(self.path).query).get("recursive") in (["true"], ["True"])
        prefix = f"{folder}/" if folder else ""
        entries = [
            entry
            for entry in self.entries(name, revision)
            if entry["path"].startswith(prefix)
            and (is_recursive or "/" not in entry["path"].removeprefix(prefix))
        ]
        return (200, entries, {}) if entries or not folder else self.missing()

    def entries(self, name, revision):
        """Return the entries of folders and files, as the Hub has them."""
        repository = self.found(name)
        files = sorted(repository.commits[repository.resolve(revision)].items())
        folders = {str(parent) for path, _ in files for parent in PurePosixPath(path).parents}
        entries = [
            {"type": "directory", "path": path, "size": 0, "oid": object_id(path.encode())}
            for path in sorted(folders - {"."})
        ]
        for path, content in files:
            entry = {"type": "file", "path": path, "size": len(content), "oid": object_id(content)}
            if is_large(path):
                digest = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"oid": digest, "size": len(content), "pointerSize": 130}
            entries.append(entry)
        return entries

    def paths_info(self, name, revision):
        wanted = parse_qs(self.body.decode()).get("paths", [])
        if self.body.startswith(b"{"):
            wanted = json.loads(self.body)["paths"]
        found = [entry for entry in self.entries(name, revision) if entry["path"] in wanted]
        return 200, found, {}

    def download(self, name, revision, path):
        repository = self.found(name)
        content = repository.commits[repository.resolve(revision)].get(path)
        if content is None:
            return 404, {"error": "no such entry"}, {"X-Error-Code": "EntryNotFound"}
        first, last = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"]).groups()
        return 206, content[int(first) : int(last) + 1], {}

    def preupload(self, *_):
        modes = [
            {"path": f["path"], "uploadMode": "lfs" if is_large(f["path"]) else "regular"}
            for f in json.loads(self.body)["files"]
        ]
        return 200, {"files": [{**mode, "shouldIgnore": False} for mode in modes]}, {}

    def batch(self, _):
        objects = []
        for wanted in json.loads(self.body)["objects"]:
            answer = {"oid": wanted["oid"], "size": wanted["size"]}
            if wanted["oid"] not in self.hub.objects:
                target = f"{self.hub.url}/objects/{wanted['oid']}"
                answer["actions"] = {"upload": {"href": target}}
            objects.append(answer)
        headers = {"Content-Type": "application/vnd.git-lfs+json"}
        return 200, {"transfer": "basic", "objects": objects}, headers

    def upload(self, digest):
        if hashlib.sha256(self.body).hexdigest() != digest:
            return 400, {"error": "digest"}, {}
        self.hub.objects[digest] = self.body
        return 200, {}, {}

    def commit(self, name, _revision):
        repository = self.found(name)
        lines = [json.loads(line) for line in self.body.splitlines()]
        header = next(line["value"] for line in lines if line["key"] == "header")
        head = repository.branches["main"]
        if header.get("parentCommit") not in (None, head):
            return 412, {"error": "stale parent"}, {}
        files = dict(repository.commits[head])
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.hub.objects:
                    return 404, {"error": "unknown object"}, {}
                files[value["path"]] = self.hub.objects[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
        oid = repository.commit(files)
        url = f"{self.hub.url}/datasets/{name}/commit/{oid}"
        return 200, {"commitUrl": url, "commitOid": oid}, {}

    def tag(self, name, revision):
        repository, wanted = self.found(name), json.loads(self.body)["tag"]
        if wanted in repository.tags:
            return 409, {"error": "tag exists"}, {}
        repository.tags[wanted] = repository.resolve(revision)
        return 200, {}, {}


def serve():
    """Start a server on a free port; return what it holds and a function that stops it."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return hub, server.shutdown
