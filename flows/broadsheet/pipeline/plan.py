"""From a dataset's folder to batches of work."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from broadsheet import normalize, sources, validate
from broadsheet.addresses import is_address
from broadsheet.config import Config, load_config
from broadsheet.fingerprint import code_digest, digest_json
from broadsheet.pipeline import guarded
from broadsheet.pipeline.batch import Request, stage
from broadsheet.pipeline.earlier import find_earlier
from broadsheet.pipeline.workspace import (
    Place,
    StagedBatch,
    join,
    keep_file,
    parts_of,
    read_json,
    write_json,
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run works on.

    Attributes:
        folder: the dataset's folder, which holds dataset.toml.
        output: the folder of releases, a path or an address.
        work: the dataset's work folder, below it.
        expectations: the folder of suites; None stands for the shipped ones.
        config: the settings as they were when the run began.
        files: every raw file that was found, with size and digest.

    """

    folder: Path
    output: str
    work: str
    expectations: Path | None
    config: Config
    files: tuple[sources.RawFile, ...]

    @classmethod
    def load(cls, path: Place) -> Self:
        """Read the run that :func:`plan` wrote."""
        value = read_json(path)
        return cls(
            folder=Path(value["folder"]),
            output=value["output"],
            work=value["work"],
            expectations=Path(value["expectations"]) if value["expectations"] else None,
            config=Config.model_validate(value["config"]),
            files=tuple(sources.RawFile.from_json(file) for file in value["files"]),
        )

    def to_json(self) -> Json:
        """Return the run as JSON values."""
        return {
            "folder": str(self.folder),
            "output": self.output,
            "work": self.work,
            "expectations": str(self.expectations) if self.expectations else None,
            "config": self.config.model_dump(mode="json"),
            "files": [asdict(file) for file in self.files],
        }


def read_settings(folder: Path) -> tuple[Config, Path | None, validate.Suites]:
    """Read all that a user may have got wrong: settings, outlets, suites, the raw folder.

    Returns:
        The settings, the folder of suites where one is named, and the suites.

    Raises:
        ConfigError: something is wrong; names the file, the key or line, and the remedy.
        StorageError: a file or folder may not be read.

    """
    config = load_config(folder)
    sources.require_raw_files(sources.locate(folder, config.sources.path))
    if config.outlets:  # without entries nothing can be wrong, and the registry takes time to load
        normalize.registry_for(config)
    expectations = config.validation.expectations
    suites_folder = (folder / expectations).resolve() if expectations else None
    return config, suites_folder, validate.load_suites(suites_folder, config=config)


def plan(folder: Path, output: Place, *, on_work: Callable[[str], None] = lambda _: None) -> Json:
    """Discover the raw files and divide them into batches.

    ``on_work`` is told the dataset's work folder once the settings are read, before the files are.

    Returns:
        JSON: ``run``, the place of the plan; ``work``, the dataset's work folder; ``requests``, one
        place for each batch's task, and ``sizes``, the bytes that each reads; ``learns_lines``,
        whether the lines that recur are to be learned first; ``discovery``, a staged batch that
        holds what could not be read at all.

    Raises:
        ConfigError: dataset.toml or a suite is wrong, or the folder holds no raw file.
        StorageError: the folder or the output may not be used.

    """
    config, suites_folder, suites = read_settings(folder)
    root = sources.locate(folder, config.sources.path)
    home = _home_of(output)
    work = join(home, ".work", config.dataset.name)
    on_work(work)
    discovery = guarded.discover(root, config.sources, partial(keep_file, parts_of(work)))
    run = Run(
        folder=folder.resolve(),
        output=home,
        work=work,
        expectations=suites_folder,
        config=config,
        files=discovery.files,
    )
    run_folder = _write_run(run, discovery)
    batches = sources.plan_batches(run.files, discovery.settings)
    return {
        "run": join(run_folder, "run.json"),
        "work": run.work,
        "requests": _write_requests(run_folder, run, root, suites.batch, batches),
        "sizes": [batch.size for batch in batches],
        "learns_lines": config.text.recurring_lines == "remove",
        "discovery": _stage_unread(join(run_folder, "discovery"), discovery).to_json(),
    }


def _home_of(output: Place) -> str:
    return str(output) if is_address(str(output)) else str(Path(output).resolve())


def _write_run(run: Run, discovery: sources.Discovery) -> str:
    """Write the plan of a run; return the folder that is its own."""
    folder = join(run.work, "runs", _key_of(run, discovery))
    write_json(join(folder, "run.json"), run.to_json())
    return folder


def _key_of(run: Run, discovery: sources.Discovery) -> str:
    """Return the digest of all that a run depends on."""
    refused = [asdict(item) | {"source": item.source._asdict()} for item in discovery.rejections]
    unread = {"rejections": refused, "skipped": discovery.skipped}
    return digest_json(run.to_json() | unread | {"code": code_digest()})[:32]


def _stage_unread(folder: str, discovery: sources.Discovery) -> StagedBatch:
    """Stage what the discovery could not read, as a batch without articles."""
    unread = guarded.Worked(
        rejections=list(discovery.rejections),
        skipped=list(discovery.skipped),
        found=Counter(rejection.source.path for rejection in discovery.rejections),
    )
    return stage(folder, unread, None)


def _write_requests(
    run_folder: str,
    run: Run,
    root: sources.Place,
    suite: validate.Suite,
    batches: Sequence[sources.Batch],
) -> list[str]:
    """Write what each batch's task needs to know; return their places, in the order of batches."""
    keyed_by = {
        "code": code_digest(),
        "config": run.config.batch_digest(),
        "suite": suite.digest,
    }
    named = {digest_json(keyed_by | {"batch": batch.digest})[:32]: batch for batch in batches}
    earlier = find_earlier(run.work, named, run.config, keyed_by["code"])
    places = []
    for key, batch in named.items():
        request = Request(
            root=str(root),
            staged=join(run.work, "batches", key),
            code=keyed_by["code"],
            suite=suite.to_json(),
            config=run.config.model_dump(mode="json"),
            batch=batch.to_json(),
            kept=parts_of(run.work),
            earlier=earlier.get(key, {}),
        )
        place = join(run_folder, f"{key}.json")
        write_json(place, asdict(request))
        places.append(place)
    return places
