"""Signatures of releases, beside them, because a release never changes.

What is signed is the release's statement, in a DSSE envelope as in-toto has it
(https://github.com/secure-systems-lab/dsse/blob/master/protocol.md, 1.0.2), with Ed25519 (RFC
8032), which gives the same signature each time. No network and no service is asked, and none
vouches for a key: who checks must have the public key from its owner.
"""

import base64
import hashlib
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from broadsheet.errors import ConfigError, PublishError
from broadsheet.publish.files import replace_file, storage_errors
from broadsheet.publish.manifest import Json, to_bytes
from broadsheet.publish.statement import read_statement
from broadsheet.publish.verification import Problem, require_release, require_sound

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def signature_path(release: Path) -> Path:
    """Return where a release's signature lies: beside it, ``1.0.0.intoto.json``."""
    folder = release.resolve()
    return folder.with_name(f"{folder.name}.intoto.json")


def sign(release: Path, private_key: bytes, target: Path | None = None) -> Path:
    """Sign a release and write the envelope beside it.

    Args:
        release: the release's folder.
        private_key: an Ed25519 key, PKCS 8 in PEM, unencrypted.
        target: another file to write.

    Returns:
        The envelope's path. It may have been there, with the same content.

    Raises:
        ConfigError: the key is none of that kind; the message shows nothing of it.
        PublishError: the release is not sound, or the file holds something else.
        StorageError: reading or writing failed.

    """
    key = _private(private_key)
    require_release(release)
    require_sound(release)
    target = target or signature_path(release)
    with storage_errors(f"Signing {release}"):
        envelope = _envelope(read_statement(release), key)
        if target.exists() and target.read_bytes() != envelope:
            message = f"{target} holds another signature; move it away, or name another file."
            raise PublishError(message)
        replace_file(target, envelope)
    return target


def check_signature(
    release: Path, public_key: bytes, signature: Path | None = None
) -> tuple[Problem, ...]:
    """Check that the owner of a key has signed a release's statement.

    That the release is as stated is for :func:`~broadsheet.publish.verification.verify` to tell;
    both together make a release trusted.

    Args:
        release: the release's folder.
        public_key: an Ed25519 key, SubjectPublicKeyInfo in PEM.
        signature: the envelope, where it is not beside the release.

    Returns:
        One problem, or none.

    Raises:
        ConfigError: the key is none of that kind.
        StorageError: a file cannot be read.

    """
    key = _public(public_key)
    path = signature or signature_path(release)
    with storage_errors(f"Verifying {path}"):
        if not path.is_file():
            return (Problem(path.name, "is missing: the release is not signed"),)
        statement = read_statement(release)
        try:
            signatures = _signatures_of(orjson.loads(path.read_bytes()), statement)
        except (KeyError, TypeError, ValueError):
            return (Problem(path.name, "is no signature of this release"),)
    if any(_is_by(key, one, statement) for one in signatures):
        return ()
    return (Problem(path.name, "has no valid signature by this key"),)


def key_id(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key (SubjectPublicKeyInfo in DER), hexadecimal."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(key.public_bytes(serialization.Encoding.DER, form)).hexdigest()


def _envelope(statement: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return a DSSE envelope. The key's id in it is a hint; nothing is decided by it."""
    signature = base64.b64encode(key.sign(_authenticated(statement))).decode()
    return to_bytes(
        {
            "payloadType": PAYLOAD_TYPE,
            "payload": base64.b64encode(statement).decode(),
            "signatures": [{"keyid": key_id(key.public_key()), "sig": signature}],
        }
    )


def _authenticated(statement: bytes) -> bytes:
    """Return the bytes that are signed: DSSE's pre-authentication encoding of type and payload."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(statement), statement)


def _signatures_of(envelope: Json, statement: bytes) -> list[bytes]:
    """Return the signatures of an envelope, which must hold this very statement.

    Raises:
        KeyError, TypeError, ValueError: it holds another one, or is no envelope.

    """
    if envelope["payloadType"] != PAYLOAD_TYPE:
        raise ValueError("another payload type")
    if base64.b64decode(envelope["payload"], validate=True) != statement:
        raise ValueError("another statement")
    return [base64.b64decode(one["sig"], validate=True) for one in envelope["signatures"]]


def _is_by(key: Ed25519PublicKey, signature: bytes, statement: bytes) -> bool:
    try:
        key.verify(signature, _authenticated(statement))
    except InvalidSignature:
        return False
    return True


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        message = (
            "The signing key is no unencrypted Ed25519 private key in PEM. "
            "Make one with `openssl genpkey -algorithm ed25519 -out FILE`."
        )
        raise ConfigError(message)
    return key


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        message = (
            "The key is no Ed25519 public key in PEM. Get the publisher's; the owner of the "
            "private key makes it with `openssl pkey -in FILE -pubout`."
        )
        raise ConfigError(message)
    return key
