"""From a dataset's folder to batches of work."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from broadsheet import normalize, sources, validate
from broadsheet.config import Config, load_config
from broadsheet.fingerprint import code_digest, digest_json
from broadsheet.pipeline.batch import Request, stage
from broadsheet.pipeline.workspace import StagedBatch, read_json, write_json

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run works on.

    Attributes:
        folder: the dataset's folder, which holds dataset.toml.
        output: the folder of releases.
        work: the dataset's work folder.
        expectations: the folder of suites; None stands for the shipped ones.
        config: the settings as they were when the run began.
        files: every raw file that was found, with size and digest.

    """

    folder: Path
    output: Path
    work: Path
    expectations: Path | None
    config: Config
    files: tuple[sources.RawFile, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the run that :func:`plan` wrote."""
        value = read_json(path)
        return cls(
            folder=Path(value["folder"]),
            output=Path(value["output"]),
            work=Path(value["work"]),
            expectations=Path(value["expectations"]) if value["expectations"] else None,
            config=Config.model_validate(value["config"]),
            files=tuple(sources.RawFile(**file) for file in value["files"]),
        )

    def to_json(self) -> Json:
        """Return the run as JSON values."""
        return {
            "folder": str(self.folder),
            "output": str(self.output),
            "work": str(self.work),
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
    sources.require_raw_files(folder / config.sources.path)
    normalize.registry_for(config)
    expectations = config.validation.expectations
    suites_folder = (folder / expectations).resolve() if expectations else None
    return config, suites_folder, validate.load_suites(suites_folder, config=config)


def plan(folder: Path, output: Path) -> Json:
    """Discover the raw files and divide them into batches.

    Returns:
        JSON: ``run``, the path of the plan; ``requests``, one path for each batch's task;
        ``discovery``, a staged batch that holds what could not be read at all.

    Raises:
        ConfigError: dataset.toml or a suite is wrong, or the folder holds no raw file.
        StorageError: the folder or the output may not be used.

    """
    config, suites_folder, suites = read_settings(folder)
    root = (folder / config.sources.path).resolve()
    discovery = sources.discover(root, config.sources)
    run = Run(
        folder=folder.resolve(),
        output=output.resolve(),
        work=(output / ".work" / config.dataset.name).resolve(),
        expectations=suites_folder,
        config=config,
        files=discovery.files,
    )
    unread = {"rejections": discovery.rejections, "skipped": discovery.skipped}
    made_by = {"code": code_digest()}
    run_folder = run.work / "runs" / digest_json(run.to_json() | unread | made_by)[:32]
    run_folder.mkdir(parents=True, exist_ok=True)
    write_json(run_folder / "run.json", run.to_json())
    return {
        "run": str(run_folder / "run.json"),
        "requests": _write_requests(run_folder, run, root, suites.batch),
        "discovery": _stage_unread(run_folder / "discovery", discovery).to_json(),
    }


def _stage_unread(folder: Path, discovery: sources.Discovery) -> StagedBatch:
    """Stage what the discovery could not read, as a batch without articles."""
    found = Counter(rejection.source.path for rejection in discovery.rejections)
    return stage(folder, [], discovery.rejections, discovery.skipped, None, found=found)


def _write_requests(run_folder: Path, run: Run, root: Path, suite: validate.Suite) -> list[str]:
    """Write what each batch's task needs to know; return the paths, in the order of batches."""
    keyed_by = {
        "code": code_digest(),
        "config": run.config.batch_digest(),
        "suite": suite.digest,
    }
    paths = []
    for batch in sources.plan_batches(run.files, run.config.sources):
        key = digest_json(keyed_by | {"batch": batch.digest})[:32]
        request = Request(
            root=str(root),
            staged=str(run.work / "batches" / key),
            expectations=str(run.expectations) if run.expectations else None,
            config=run.config.model_dump(mode="json"),
            batch=batch.to_json(),
        )
        path = run_folder / f"{key}.json"
        write_json(path, asdict(request))
        paths.append(str(path))
    return paths
