"""A release to the Hugging Face Hub: one commit on top of the one that was seen, then a tag.

Credentials come from where `huggingface_hub` looks for them: `HF_TOKEN` or its own file.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationCopy,
    CommitOperationDelete,
    HfApi,
    RepoFile,
)
from huggingface_hub.errors import (  # type: ignore[attr-defined]  # HTTPError: of its HTTP client
    HfHubHTTPError,
    HTTPError,
    RepositoryNotFoundError,
)

from broadsheet.errors import PublishError, VersionConflictError
from broadsheet.fingerprint import digest_file
from broadsheet.publish import layout
from broadsheet.publish.targets import Upload
from broadsheet.publish.verification import require_release, require_sound

_KIND = "dataset"
_OF_THE_HUB = frozenset({".gitattributes"})
_STALE_PARENT = 412


def publish_to_hub(
    release: Path, repository: str, *, is_private: bool = True, is_dry_run: bool = False
) -> Upload:
    """Make a dataset repository hold a release, under the tag ``v`` and its version.

    A run that was cut is mended by the next: what the repository holds is read, not assumed. What
    was uploaded is read back and compared by digest before the tag is set.

    Args:
        release: the folder of the release.
        repository: ``user/name``.
        is_private: whether a repository that is made is private.
        is_dry_run: whether to change nothing and only say what would be done.

    Raises:
        PublishError: the release is not sound, the Hub refused, or holds something else afterwards.
        VersionConflictError: the tag holds another content, or someone else was quicker.

    """
    require_release(release)
    require_sound(release)
    api, tag = HfApi(), f"v{release.resolve().name}"
    with _hub_errors(repository):
        tagged, head = _references(api, repository, tag)
        if tagged is not None:
            return _already_there(api, release, repository, tag)
        plan = _plan(release, repository, _remote_files(api, repository, head) if head else {})
        if is_dry_run:
            return plan
        if head is None:
            api.create_repo(repository, repo_type=_KIND, private=is_private, exist_ok=True)
            head = api.repo_info(repository, repo_type=_KIND).sha
        if not plan.is_done:
            head = _commit(api, release, plan, repository, head)
        api.create_tag(repository, tag=tag, revision=head, repo_type=_KIND)
        return plan


def _references(api: HfApi, repository: str, tag: str) -> tuple[str | None, str | None]:
    """Return the commits of the tag and of the main branch, None for what is missing."""
    try:
        refs = api.list_repo_refs(repository, repo_type=_KIND)
    except RepositoryNotFoundError:
        return None, None
    tags = {ref.name: ref.target_commit for ref in refs.tags}
    branches = {ref.name: ref.target_commit for ref in refs.branches}
    return tags.get(tag), branches.get("main")


def _already_there(api: HfApi, release: Path, repository: str, tag: str) -> Upload:
    plan = _plan(release, repository, _remote_files(api, repository, tag))
    if not plan.is_done:
        message = (
            f"{repository} has a tag {tag} with another content; nothing was changed. "
            "Build the next version and publish that."
        )
        raise VersionConflictError(message)
    return plan


def _commit(
    api: HfApi, release: Path, plan: Upload, repository: str, parent: str | None
) -> str | None:
    """Commit the files in one step and read them back; return the commit."""
    operations: list[CommitOperationAdd | CommitOperationDelete | CommitOperationCopy] = [
        *(CommitOperationAdd(name, release / name) for name in plan.added),
        *(CommitOperationDelete(name) for name in plan.removed),
    ]
    title = f"Version {release.resolve().name}"
    try:
        api.create_commit(
            repository, operations, commit_message=title, repo_type=_KIND, parent_commit=parent
        )
    except HfHubHTTPError as error:
        if error.response.status_code == _STALE_PARENT:
            message = f"Someone else committed to {repository} meanwhile; run again."
            raise VersionConflictError(message) from error
        failure: HfHubHTTPError | None = error  # perhaps only the answer was lost: see below
    else:
        failure = None
    head = api.repo_info(repository, repo_type=_KIND).sha
    if not _plan(release, repository, _remote_files(api, repository, head)).is_done:
        if failure is not None:
            raise failure
        message = (
            f"{repository} does not hold what was sent to it; no tag was set. Run again, and "
            "look at its history if that does not help."
        )
        raise PublishError(message)
    return head


def _plan(release: Path, repository: str, remote: dict[str, tuple[str, str]]) -> Upload:
    """Compare a release with the files of a repository."""
    local = list(layout.files_of(release))
    added = [name for name in local if not _is_same(release / name, remote.get(name))]
    removed = sorted(remote.keys() - set(local) - _OF_THE_HUB)
    return Upload(
        target=f"hub:{repository}",
        is_done=not added and not removed,
        added=tuple(added),
        removed=tuple(removed),
        n_bytes=sum((release / name).stat().st_size for name in added),
    )


def _remote_files(api: HfApi, repository: str, revision: str | None) -> dict[str, tuple[str, str]]:
    """Return the files of a revision with their digests: SHA-256 of large ones, else Git's."""
    tree = api.list_repo_tree(repository, recursive=True, revision=revision, repo_type=_KIND)
    return {
        entry.path: ("sha256", entry.lfs.sha256) if entry.lfs else ("git", entry.blob_id)
        for entry in tree
        if isinstance(entry, RepoFile)
    }


def _is_same(path: Path, stated: tuple[str, str] | None) -> bool:
    if stated is None:
        return False
    kind, digest = stated
    if kind == "sha256":
        return digest_file(path) == digest
    content = path.read_bytes()
    header = f"blob {len(content)}\0".encode()  # git-hash-object(1)
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest() == digest


@contextmanager
def _hub_errors(repository: str) -> Iterator[None]:
    try:
        yield
    except HfHubHTTPError as error:
        said = f"status {error.response.status_code}: {error.server_message or error}"
        message = (
            f"The Hub refused {repository} ({said}). "
            "Nothing that was visible before has changed. Log in with `hf auth login` or set "
            "HF_TOKEN where rights are missing; run again to resume."
        )
        raise PublishError(message) from error
    except HTTPError as error:
        message = f"The Hub cannot be reached ({error}). Run again to resume."
        raise PublishError(message) from error
