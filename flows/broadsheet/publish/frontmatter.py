"""The metadata at the head of a dataset card, which ``datasets`` and the Hub read."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from huggingface_hub import DatasetCardData

from broadsheet.config import Dataset
from broadsheet.publish import layout
from broadsheet.publish.features import describe_columns
from broadsheet.publish.layout import Version

# https://github.com/huggingface/hub-docs/blob/main/datasetcard.md, "size_categories"
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
)


class Size(NamedTuple):
    """How large a split is: its rows, bytes of its files, bytes of its data before compression."""

    rows: int
    stored_bytes: int
    plain_bytes: int


def release_front_matter(
    dataset: Dataset,
    version: Version,
    sizes: Mapping[str, Mapping[str, Size]],
    languages: Sequence[str],
) -> str:
    """Return the YAML of a release's card.

    Args:
        dataset: what the dataset is.
        version: of the release; in each configuration, as ``datasets`` caches by it.
        sizes: how large each split is, for each configuration with rows.
        languages: tags of the languages that the rows are in.

    """
    configs = [
        {
            "config_name": name,
            "version": str(version),
            "default": name == "default",
            "data_files": [
                {"split": split, "path": layout.shard_pattern(name, split)} for split in sizes[name]
            ],
        }
        for name in layout.FOLDERS
        if name in sizes
    ]
    rows = sum(size.rows for size in sizes.get("default", {}).values())
    fields = _about(dataset, languages) | {
        "size_categories": [_size_category(rows)] if rows else None,
        "configs": configs,
        "dataset_info": [_info(name, sizes[name]) for name in sizes],
    }
    return _yaml(fields)


def dataset_front_matter(
    dataset: Mapping[str, Any], releases: Mapping[Version, Mapping[str, Mapping[str, int]]]
) -> str:
    """Return the YAML of the card of all releases: each version is a configuration.

    Args:
        dataset: the section ``[dataset]`` of the newest release.
        releases: for each version its splits, with ``rows`` and ``bytes`` before compression; the
            newest version is the default.

    """
    newest = max(releases)
    names = sorted(releases, reverse=True)
    configs = [
        {
            "config_name": str(version),
            "version": str(version),
            "default": version == newest,
            "data_files": [
                {"split": split, "path": f"{version}/{layout.shard_pattern('default', split)}"}
                for split in releases[version]
            ],
        }
        for version in names
    ]
    infos = [
        {"config_name": str(v), "splits": [_split(n, s) for n, s in releases[v].items()]}
        for v in names
    ]
    about = _about(Dataset.model_validate(dataset), ())
    return _yaml(about | {"configs": configs, "dataset_info": infos})


def _split(name: str, stated: Mapping[str, int]) -> dict[str, Any]:
    """Say how large a split is; `datasets` heeds the rows only where the bytes are stated, too."""
    return {"name": name, "num_bytes": stated["bytes"], "num_examples": stated["rows"]}


def _about(dataset: Dataset, languages: Sequence[str]) -> dict[str, Any]:
    return {
        "pretty_name": dataset.pretty_name,
        "license": dataset.license,
        "license_name": dataset.license_name,
        "license_link": dataset.license_link,
        "language": list(dataset.languages or languages) or None,
        "tags": ["news"],
    }


def _info(name: str, sizes: Mapping[str, Size]) -> dict[str, Any]:
    return {
        "config_name": name,
        "features": describe_columns()[name]["card"],
        "splits": [
            _split(split, {"bytes": size.plain_bytes, "rows": size.rows})
            for split, size in sizes.items()
        ],
        "download_size": sum(size.stored_bytes for size in sizes.values()),
        "dataset_size": sum(size.plain_bytes for size in sizes.values()),
    }


def _size_category(rows: int) -> str:
    return next((name for most, name in _SIZES if rows < most), "n>1B")


def _yaml(fields: Mapping[str, Any]) -> str:
    data = DatasetCardData(**{k: v for k, v in fields.items() if v is not None})
    yaml: str = data.to_yaml(line_break="\n")
    return f"---\n{yaml.strip()}\n---\n"
