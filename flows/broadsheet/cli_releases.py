"""The commands that work on finished releases; :mod:`broadsheet.cli` adds them to its own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from broadsheet.cli_parts import FOLDER, Failure, as_json, output_option, reports_errors
from broadsheet.errors import StorageError
from broadsheet.startup import without, without_collection

_FORMATS = ("text", "json", "html", "parquet")
_KEY_VARIABLE = "BROADSHEET_SIGNING_KEY"


@click.command()
@click.argument("release", type=FOLDER)
@click.option("--key", type=FOLDER, help="Public key (Ed25519, PEM) that must have signed it.")
@click.option("--signature", type=FOLDER, help="The signature; beside the release by default.")
@as_json
@reports_errors
def verify(*, release: Path, key: Path | None, signature: Path | None, json_: bool) -> None:
    """Check every digest, count and schema of RELEASE; with --key, who signed it, too."""
    # Pyarrow looks for pandas, whose import takes as long as all else here.
    with without_collection(), without("pandas"):
        from broadsheet.publish import verify as verify_release

    if not release.is_dir():
        raise StorageError(f"{release} is no release folder.")
    if signature and not key:
        raise click.UsageError("--signature needs --key PUBLIC.")
    problems = verify_release(release)
    remedy = "is not what it says it is; do not use it, build or fetch it again."
    if key and not problems:
        from broadsheet.publish.signing import check_signature

        problems = check_signature(release, key.read_bytes(), signature)
        remedy = f"is sound, and not signed with the key of {key}; ask its publisher."
    if json_:
        found = [{"path": p.path, "message": p.message} for p in problems]
        signed_by = str(key) if key and not problems else None
        click.echo(
            json.dumps(
                {"release": str(release), "problems": found, "signed_by": signed_by}, indent=2
            )
        )
    elif not problems:
        signed = f" It is signed with the key of {key}." if key else ""
        click.echo(f"{release}: every digest, count and schema is as stated.{signed}")
    else:
        click.echo("\n".join(f"{p.path}: {p.message}" for p in problems))
    if problems:
        raise Failure(f"{release} {remedy}", 4)


@click.command()
@click.argument("release", type=FOLDER)
@click.option("--key", type=FOLDER, help=f"Private key (Ed25519, PEM); else ${_KEY_VARIABLE}.")
@click.option("--to", "target", type=FOLDER, help="File to write; beside the release by default.")
@reports_errors
def sign(*, release: Path, key: Path | None, target: Path | None) -> None:
    """Sign RELEASE with your own key; the signature lies beside it."""
    from broadsheet.publish.signing import sign as sign_release

    private_key = key.read_bytes() if key else os.environ.get(_KEY_VARIABLE, "").encode()
    if not private_key:
        message = f"Give the private key: --key FILE, or its PEM text in ${_KEY_VARIABLE}."
        raise Failure(message, 2)
    click.echo(sign_release(release, private_key, target))


@click.command()
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--to", "target", type=FOLDER, help="File to write; Parquet needs one.")
@click.option(
    "--limit", default=100, show_default=True, help="Most articles shown, not in Parquet."
)
@reports_errors
def diff(*, old: Path, new: Path, format_: str, target: Path | None, limit: int) -> None:
    """Show what differs between the releases OLD and NEW: by row, field and word."""
    from broadsheet import publish

    for release in (old, new):
        publish.require_release(release)
    difference = publish.diff(old, new)
    if format_ == "parquet":
        if target is None:
            raise click.UsageError("Parquet needs --to FILE.")
        click.echo(f"{publish.write_difference(difference, target)} rows in {target}", err=True)
        return
    content = {
        "text": lambda: publish.difference_to_text(difference, limit),
        "json": lambda: publish.difference_to_json(difference, limit).decode(),
        "html": lambda: publish.render_difference(difference, limit),
    }[format_]()
    if target is None:
        click.echo(content, nl=False)
    else:
        target.write_text(content, encoding="utf-8")


@click.command()
@click.argument("article", metavar="ID|URL")
@output_option
@as_json
@reports_errors
def takedown(*, article: str, output: Path, json_: bool) -> None:
    """Say which releases hold an article, and how to keep it out of the next."""
    from broadsheet.normalize import known_as
    from broadsheet.publish import holdings

    datasets = sorted(path.parent for path in output.glob("*/latest"))
    found = [(d, held) for d in datasets for held in holdings(d, known_as(article))]
    if json_:
        rows = [
            {"release": str(h.release), "id": h.id, "url": h.url, "copies": h.copies}
            for _, h in found
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    if not found:
        raise Failure(f"No release in {output} publishes {article!r}.", 2)
    for _, held in found:
        copies = f", with {held.copies} copies folded into it" if held.copies else ""
        click.echo(f"{held.release}  {held.id}  {held.url or '(no URL)'}{copies}")
    ids = ", ".join(f'"{i}"' for i in dict.fromkeys(held.id for _, held in found))
    click.echo(
        f"\nKeep it out of every later release: in dataset.toml, under [takedown], add\n"
        f"  ids = [{ids}]\n"
        "and build again. The releases above never change; remove their folders, and the copies\n"
        "that you published elsewhere, if the article must not stay there either."
    )


@click.command()
@click.argument("release", type=FOLDER)
@click.option("--raw", type=FOLDER, required=True, help="The dataset's folder, with dataset.toml.")
@click.option("--check", is_flag=True, help="Compare only; there is no other way yet.", hidden=True)
@as_json
@reports_errors
def rebuild(*, release: Path, raw: Path, check: bool, json_: bool) -> None:
    """Build RELEASE again from its raw files and compare every byte; nothing is kept."""
    del check  # what it asks for is all that there is
    from broadsheet.rebuild import rebuild as rebuild_release

    outcome = rebuild_release(release, raw)
    if json_:
        click.echo(json.dumps(outcome, indent=2))
    elif outcome["same"]:
        click.echo(f"{release}: built again, every byte is the same.")
    if outcome["same"]:
        return
    files = "\n".join(f"  {name}" for name in outcome["differences"])
    other = "".join(f"\n  {name}: {text}" for name, text in outcome["software"].items())
    reason = f"\nOther versions of the software:{other}" if other else ""
    message = f"{release} came out otherwise ({outcome['message']}):\n{files}{reason}"
    raise Failure(message, 4)


@click.command()
@click.argument("release", type=FOLDER)
@click.option(
    "--to",
    "target",
    required=True,
    metavar="TARGET",
    help="hub:USER/NAME, or s3://, gs:// or az:// and a path.",
)
@click.option("--public", is_flag=True, help="Make a new repository public; private by default.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@as_json
@reports_errors
def publish(*, release: Path, target: str, public: bool, dry_run: bool, json_: bool) -> None:
    """Upload RELEASE, whole or not at all; run again to resume."""
    from dataclasses import asdict

    kind, _, name = target.partition(":")
    if kind == "hub" and name.count("/") == 1:
        from broadsheet.publish.hub import publish_to_hub

        upload = publish_to_hub(release, name, is_private=not public, is_dry_run=dry_run)
    elif name.startswith("//"):
        from broadsheet.publish.stores import publish_to_store

        upload = publish_to_store(release, target, is_dry_run=dry_run)
    else:
        message = f"{target!r} is no target; give hub:USER/NAME or an address as s3://BUCKET/PATH."
        raise Failure(message, 2)
    if json_:
        click.echo(json.dumps(asdict(upload), indent=2))
        return
    if upload.is_done:
        click.echo(f"{target} has {release.resolve().name} already.")
        return
    click.echo(
        f"{'Would upload' if dry_run else 'Uploaded'} {len(upload.added)} files, "
        f"{upload.n_bytes / 1e6:.1f} MB, to {target} as v{release.resolve().name}:"
    )
    click.echo("\n".join([*(f"+ {n}" for n in upload.added), *(f"- {n}" for n in upload.removed)]))


@click.command()
@click.argument("release", type=FOLDER)
@click.option("--to", "target", type=FOLDER, required=True, help="The archive to write.")
@reports_errors
def pack(*, release: Path, target: Path) -> None:
    """Write RELEASE as one ZIP archive, the same bytes each time."""
    from broadsheet.publish.packing import pack as pack_release

    click.echo(f"{pack_release(release, target)}  {target}")


RELEASE_COMMANDS = (verify, sign, diff, takedown, rebuild, publish, pack)
