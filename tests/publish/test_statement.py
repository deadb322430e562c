"""The in-toto statement of a release, and its signature."""

import base64
import hashlib
import json
import shutil
import subprocess

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from broadsheet import publish
from broadsheet.cli import main
from broadsheet.errors import ConfigError, PublishError
from broadsheet.publish.documents import checksums
from broadsheet.publish.signing import check_signature, sign


@pytest.fixture
def release(make_corpus, publish_corpus, dataset_dir):
    """Return a release whose predecessor has ten articles less."""
    publish_corpus(make_corpus(range(90)))
    publish_corpus(make_corpus(range(100)))
    return dataset_dir / "1.1.0"


@pytest.fixture
def statement(release):
    return json.loads((release / "statement.json").read_bytes())


def test_the_statement_names_the_manifest_and_every_data_file_with_its_digest(release, statement):
    stated = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}

    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert stated == {
        name: hashlib.sha256((release / name).read_bytes()).hexdigest()
        for name in (
            "manifest.json",
            *(p.relative_to(release).as_posix() for p in release.glob("*/train-*.parquet")),
        )
    }


def test_the_predicate_tells_what_the_release_was_made_from(release, statement):
    manifest = json.loads((release / "manifest.json").read_bytes())
    made, run = (statement["predicate"][name] for name in ("buildDefinition", "runDetails"))
    dependencies = {d.get("uri", d.get("name")): d for d in made["resolvedDependencies"]}

    assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
    assert made["externalParameters"]["configuration"] == manifest["configuration"]
    assert made["externalParameters"]["previous"] == "1.0.0"
    assert dependencies["inputs.parquet"]["annotations"]["files"] == manifest["inputs"]["files"]
    assert f"pkg:pypi/pyarrow@{manifest['software']['packages']['pyarrow']}" in dependencies
    assert run["builder"]["id"] == f"pkg:generic/broadsheet@{manifest['software']['broadsheet']}"


def test_a_release_without_its_statement_is_not_sound(release):
    (release / "statement.json").unlink()
    (release / "SHA256SUMS").chmod(0o644)
    (release / "SHA256SUMS").write_bytes(checksums(release))

    assert [problem.path for problem in publish.verify(release)] == ["statement.json"]


def pem(key):
    """Return a private key and its public key as OpenSSL writes them."""
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


PRIVATE, PUBLIC = pem(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER_PRIVATE, OTHER_PUBLIC = pem(Ed25519PrivateKey.from_private_bytes(bytes(32)))
CURVE_PRIVATE, CURVE_PUBLIC = pem(ec.derive_private_key(7, ec.SECP256R1()))


def test_a_signature_lies_beside_the_release_and_is_the_same_each_time(release):
    signature = sign(release, PRIVATE)

    assert signature == release.parent / "1.1.0.intoto.json"
    assert check_signature(release, PUBLIC) == ()
    assert publish.verify(release) == ()
    first = signature.read_bytes()
    assert sign(release, PRIVATE).read_bytes() == first


def test_the_envelope_is_as_dsse_has_it(release):
    envelope = json.loads(sign(release, PRIVATE).read_bytes())

    payload = base64.b64decode(envelope["payload"])
    kind = b"application/vnd.in-toto+json"
    signed = b" ".join([b"DSSEv1", b"28", kind, str(len(payload)).encode(), payload])
    assert payload == (release / "statement.json").read_bytes()
    assert envelope["payloadType"].encode() == kind
    load_pem_public_key(PUBLIC).verify(base64.b64decode(envelope["signatures"][0]["sig"]), signed)


def test_a_signature_is_of_one_release_by_one_key(release):
    sign(release, PRIVATE)

    assert check_signature(release, OTHER_PUBLIC)
    assert check_signature(release.parent / "1.0.0", PUBLIC)
    elsewhere = check_signature(
        release.parent / "1.0.0", PUBLIC, release.parent / "1.1.0.intoto.json"
    )
    assert [problem.message for problem in elsewhere] == ["is no signature of this release"]


def test_a_link_to_the_release_leads_to_its_signature(release):
    sign(release, PRIVATE)

    assert check_signature(release.parent / "latest", PUBLIC) == ()


def altered(envelope, **changes):
    return json.dumps(envelope | changes).encode()


ALTERED = {
    "no JSON": lambda _: b"{",
    "no object": lambda _: b"[]",
    "empty": lambda _: b"{}",
    "another type": lambda e: altered(e, payloadType="text/plain"),
    "another statement": lambda e: altered(e, payload=base64.b64encode(b"{}").decode()),
    "no base64": lambda e: altered(e, payload="*"),
    "no signature": lambda e: altered(e, signatures=[]),
    "signatures that are none": lambda e: altered(e, signatures=[{"sig": "AAAA"}]),
    "signatures of another kind": lambda e: altered(e, signatures=[1]),
    "signature null": lambda e: altered(e, signatures=[{"sig": None}]),
}


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED)
def test_an_altered_envelope_is_a_problem(release, alter):
    path = sign(release, PRIVATE)
    path.write_bytes(alter(json.loads(path.read_bytes())))

    assert [problem.path for problem in check_signature(release, PUBLIC)] == [path.name]


def test_a_release_that_is_not_sound_is_not_signed(release):
    (release / "LICENSE").chmod(0o644)
    (release / "LICENSE").write_text("All mine.")

    with pytest.raises(PublishError, match="LICENSE"):
        sign(release, PRIVATE)
    assert not (release.parent / "1.1.0.intoto.json").exists()


def test_another_signature_is_kept(release):
    first = sign(release, PRIVATE).read_bytes()

    with pytest.raises(PublishError, match="another signature"):
        sign(release, OTHER_PRIVATE)
    assert (release.parent / "1.1.0.intoto.json").read_bytes() == first


@pytest.mark.parametrize("key", [b"", b"secret words", PUBLIC, CURVE_PRIVATE])
def test_no_other_key_signs_and_none_is_shown(release, key):
    with pytest.raises(ConfigError) as raised:
        sign(release, key)

    assert key.decode() not in str(raised.value) or not key


@pytest.mark.parametrize("key", [b"", PRIVATE, CURVE_PUBLIC])
def test_no_other_key_checks(release, key):
    with pytest.raises(ConfigError):
        check_signature(release, key)


def test_the_commands_sign_and_verify(release, tmp_path, monkeypatch):
    public, private = tmp_path / "public.pem", tmp_path / "private.pem"
    public.write_bytes(PUBLIC)
    private.write_bytes(PRIVATE)

    def invoke(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    assert invoke("sign", release).exit_code == 2
    unsigned = invoke("verify", release, "--key", public)
    assert (unsigned.exit_code, "not signed" in unsigned.stderr) == (4, True)
    monkeypatch.setenv("BROADSHEET_SIGNING_KEY", PRIVATE.decode())
    by_variable = invoke("sign", release, "--to", tmp_path / "signature.json")
    monkeypatch.delenv("BROADSHEET_SIGNING_KEY")
    by_file = invoke("sign", release, "--key", private)
    assert by_file.stdout == f"{release.parent / '1.1.0.intoto.json'}\n"
    assert "PRIVATE" not in by_variable.output + by_file.output
    signature = tmp_path / "signature.json"
    found = invoke("verify", release, "--key", public, "--signature", signature, "--json")
    assert json.loads(found.stdout)["signed_by"] == str(public)
    assert invoke("verify", release, "--signature", signature).exit_code == 2


def test_openssl_makes_keys_that_are_read(release, tmp_path):
    openssl = shutil.which("openssl") or pytest.skip("needs openssl")
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    subprocess.run([openssl, "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    subprocess.run([openssl, "pkey", "-in", private, "-pubout", "-out", public], check=True)

    sign(release, private.read_bytes())

    assert check_signature(release, public.read_bytes()) == ()
