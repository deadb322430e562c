"""``dataset.toml``: what a dataset is, and the settings that its rows depend on.

Sections whose values change rows (``BATCH_SECTIONS``) are part of a batch's key; the rest are not,
so that editing a description does not work the corpus again.

Longer than 300 lines because every section of the file is declared here, to be read in one place.
"""

import difflib
import hashlib
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self, get_args
from zoneinfo import available_timezones

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from broadsheet.addresses import fault_of_address, is_address
from broadsheet.errors import ConfigError, StorageError

FILE_NAME = "dataset.toml"
BATCH_SECTIONS = (
    "sources",
    "hints",
    "outlets",
    "dates",
    "language",
    "text",
    "filters",
    "privacy",
    "rights",
    "takedown",
)

NAME_PATTERN = r"^[a-z0-9](?:[a-z0-9_.-]{0,62}[a-z0-9])?$"
OUTLET_ID_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
OUTLET_DOMAIN_PATTERN = (
    r"^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}(?: [0-9./-]*/[0-9.-]*)?$"
)
LANGUAGE_PATTERN = r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$"


_UNSHOWN = "unshown"  # errors whose input is not repeated


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        close = difflib.get_close_matches(name, available_timezones(), n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        message = f"{name!r} is no IANA time zone{hint}"
        raise ValueError(message)
    return name


def _text_encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        message = f"{name!r} is no text encoding that Python knows, such as 'cp1252'"
        raise ValueError(message) from None
    return name


def _place(place: str) -> str:
    if is_address(place) and (fault := fault_of_address(place)):
        # Not a ValueError: pydantic would show the address, which may hold a secret.
        raise PydanticCustomError(_UNSHOWN, "{fault}", {"fault": fault})
    return place


ColumnRole = Literal[
    "title", "subtitle", "author", "agency", "outlet", "url",
    "published", "modified", "crawled", "language", "rights", "text", "html",
]  # fmt: skip
"""What a column can hold: a field of an article, or its page."""


def _filter_name(name: str) -> str:
    from broadsheet.tables import SIGNALS  # noqa: PLC0415 - Arrow, which no run waits for here

    known = ["n_words", "n_chars", "language_score", *(column.name for column in SIGNALS)]
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known signals: {', '.join(known)}"
        message = f"{name!r} is no quality signal; {hint}"
        raise ValueError(message)
    return name


FilterName = Annotated[str, AfterValidator(_filter_name)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
LanguageTag = Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
OutletDomain = Annotated[str, Field(pattern=OUTLET_DOMAIN_PATTERN)]


class Section(BaseModel):
    """Base of all sections: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Dataset(Section):
    """What the dataset is; shown on its card."""

    name: str = Field(pattern=NAME_PATTERN, description="Folder and repository name")
    pretty_name: str = Field(min_length=1, description="Title on the card")
    description: str = Field(min_length=1, description="What the dataset holds, in Markdown")
    license: str = Field(
        min_length=1, description="Licence identifier of the Hub, such as cc-by-4.0 or other"
    )
    license_name: str | None = Field(None, description="Name of the licence where it is 'other'")
    license_link: str | None = Field(None, description="Address of the licence where it is 'other'")
    languages: tuple[LanguageTag, ...] = Field(
        (), description="BCP 47 tags of the languages that the corpus is known to hold"
    )
    homepage: str | None = Field(None, description="Address of the project's page")
    citation: str | None = Field(None, description="How to cite the dataset, in words or BibTeX")
    authors: tuple[str, ...] = Field((), description="People or organisations who publish it")

    @model_validator(mode="after")
    def _other_license_is_named(self) -> Self:
        if self.license == "other" and not self.license_name:
            message = "license = 'other' needs license_name, which says what applies"
            raise ValueError(message)
        return self


class Sources(Section):
    """Which raw files are read, and in what portions."""

    path: Annotated[str, AfterValidator(_place)] = Field(
        ".",
        description="Folder of raw files, relative to dataset.toml, or an address: s3://, gs://, "
        "az://, hf://datasets/",
    )
    exclude: tuple[str, ...] = Field((), description="Glob patterns of files that are no raw input")
    encoding: Annotated[str, AfterValidator(_text_encoding)] | None = Field(
        None, description="Encoding of all text files, where known"
    )
    separator: str | None = Field(
        None,
        min_length=3,
        description="How a line begins that divides the articles of one text file, such as '====='",
    )
    max_record_bytes: int = Field(
        16 * 2**20, ge=1024, le=2**30, description="A larger record is quarantined; bytes"
    )
    batch_bytes: int = Field(64 * 2**20, ge=2**16, description="Most bytes in a batch")
    batch_records: int = Field(10_000, ge=1, le=1_000_000, description="Most records in a batch")
    max_ratio: int = Field(
        250,
        ge=2,
        description="Most bytes that one compressed byte may become, past the first 8 MiB",
    )
    max_members: int = Field(200_000, ge=1, description="Most members of one archive")
    max_nesting: int = Field(3, ge=0, le=8, description="Most archives within one another")
    columns: dict[ColumnRole, str | tuple[str, ...]] = Field(
        default_factory=dict,
        description="Names of columns or JSON keys that broadsheet does not know, by their role, "
        "such as text = 'story_body'; a dot leads into nested objects",
    )


class Hints(Section):
    """What the collector knows and the raw files do not say."""

    outlet: str | None = Field(None, description="Outlet of every article, where it is one")
    time_zone: TimeZone | None = Field(
        None, description="IANA zone for times without one, where the outlet's is unknown"
    )


class OutletEntry(Section):
    """One ``[[outlets]]`` table: adds an outlet, or overrides the given keys of a known one."""

    id: str = Field(pattern=OUTLET_ID_PATTERN, description="Key in the registry of outlets")
    name: str = Field("", min_length=1, description="Canonical name; required for a new outlet")
    domains: tuple[OutletDomain, ...] = Field(
        (), description="Hosts, the present main one first; 'old.example /2013' ended in 2013"
    )
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        None, description="ISO 3166-1 alpha-2 code of its newsroom's country"
    )
    languages: tuple[LanguageTag, ...] = Field((), description="BCP 47 tags, the main one first")
    time_zone: TimeZone | None = Field(None, description="IANA zone of its newsroom")
    kind: (
        Literal[
            "newspaper", "agency", "broadcaster", "magazine", "online", "aggregator", "blog_host"
        ]
        | None
    ) = Field(None, description="What sort of publisher it is")
    founded: int | None = Field(
        None, ge=1605, le=2100, description="Year of its first issue; no article is older"
    )
    wikidata: Annotated[str, Field(pattern=r"^Q[1-9][0-9]*$")] | None = Field(
        None, description="Its Wikidata item"
    )
    aliases: tuple[str, ...] = Field((), description="Other names by which its pages declare it")
    phrases: tuple[str, ...] = Field((), description="Text that only its pages carry")


class Dates(Section):
    """How dates are read."""

    not_before: date = Field(
        date(1605, 1, 1), description="Earliest plausible day; the first newspaper is of 1605"
    )
    not_after: date = Field(
        date(2027, 12, 31),
        description="Latest plausible day: when the corpus was collected. No clock is asked",
    )
    order: Literal["DMY", "MDY"] | None = Field(
        None, description="Order of all-digit dates such as 01/02/2024, where known"
    )


class Language(Section):
    """How languages are detected, and when the detector abstains."""

    detector: Literal["langdetect", "cld2"] = Field(
        "langdetect", description="cld2 is faster and knows more languages; needs broadsheet[cld2]"
    )
    min_letters: int = Field(
        60, ge=1, description="A text with fewer letters is und (a third, where the script tells)"
    )
    min_score: float = Field(0.9, ge=0, le=1, description="A label with a lower score is und")
    sample_chars: int = Field(1_000, ge=100, description="Most characters shown to the detector")


class Privacy(Section):
    """What is masked in published text."""

    mask: tuple[Literal["email", "phone", "ip", "secret"], ...] = Field(
        ("secret",), description="What is replaced by a placeholder such as [email], and counted"
    )


class Rights(Section):
    """What the pages' own statements of rights do."""

    exclude_reserved: bool = Field(
        False, description="Whether pages that reserve text and data mining are quarantined"
    )


class Takedown(Section):
    """What must be absent from every later release."""

    ids: tuple[str, ...] = Field((), description="Ids of articles")
    urls: tuple[str, ...] = Field((), description="URLs of articles, in any variant")
    domains: tuple[str, ...] = Field((), description="Hosts, with everything below them")


class Text(Section):
    """What counts as an article."""

    min_words: int = Field(20, ge=1, description="A body with fewer words is quarantined")
    recurring_lines: Literal["keep", "remove"] = Field(
        "keep",
        description="remove: lines of plain text that recur across an outlet's pages (the same "
        "host, else the same folder) are left out; takes a first pass over the corpus",
    )


class Bounds(Section):
    """What a quality signal may be; a row outside is quarantined, one without a value kept."""

    min: float | None = Field(None, description="Least value")
    max: float | None = Field(None, description="Greatest value")

    @model_validator(mode="after")
    def _bound_something(self) -> Self:
        if self.min is None and self.max is None:
            message = "give min, max or both"
            raise ValueError(message)
        if self.min is not None and self.max is not None and self.min > self.max:
            message = "min is greater than max"
            raise ValueError(message)
        return self


class Duplicates(Section):
    """Which copies are folded into one row; the others are only labelled.

    Records of the same page (the same canonical URL) are always one row: its id is the page's.
    """

    fold: tuple[Literal["exact", "near"], ...] = Field(
        ("exact",),
        description="exact: records with the same text become one row; near: near copies, too",
    )
    near_similarity: float = Field(
        0.5, ge=0.3, le=1, description="Least share of shingles that near copies have in common"
    )
    contained_share: float = Field(
        0.9, ge=0.5, le=1, description="Least share of a text that its container holds, too"
    )
    story_days: int = Field(
        3, ge=0, le=60, description="Most days between an article and the centre of its story"
    )
    story_similarity: float = Field(
        0.35, ge=0.05, le=1, description="Least likeness of names and places within a story"
    )


class Splits(Section):
    """Train, validation and test: related articles are never in two of them."""

    by: Literal["hash", "time", "outlet"] | None = Field(
        None,
        description="hash: at random; time: by day of publication; outlet: whole outlets at "
        "random; no splits by default",
    )
    validation: float = Field(0.1, ge=0, lt=1, description="Share by hash or by outlet")
    test: float = Field(0.1, ge=0, lt=1, description="Share by hash or by outlet")
    validation_from: date | None = Field(None, description="First day of validation, by time")
    test_from: date | None = Field(None, description="First day of test, by time")
    salt: str = Field("", description="Another word, another random choice")

    @model_validator(mode="after")
    def _leave_something_to_train_on(self) -> Self:
        if self.validation + self.test >= 1:
            message = "validation and test take everything; leave a share to train on"
            raise ValueError(message)
        if (self.by == "time") != bool(self.validation_from or self.test_from):
            message = "by = 'time' needs validation_from or test_from, and only it uses them"
            raise ValueError(message)
        if self.validation_from and self.test_from and self.validation_from >= self.test_from:
            message = "validation_from must be before test_from"
            raise ValueError(message)
        return self


class Validation(Section):
    """What must hold before a release is published."""

    expectations: str | None = Field(
        None, description="Folder of suites, relative to dataset.toml; the shipped ones by default"
    )
    max_quarantine_share: float = Field(
        0.5, ge=0, le=1, description="A release with a larger share quarantined is stopped"
    )
    data_docs: bool = Field(
        False, description="Whether a release has Great Expectations' Data Docs beside its report"
    )


class Drift(Section):
    """How far a release may differ from the one before."""

    severity: Literal["warning", "critical"] = Field(
        "warning", description="warning: the report says so; critical: nothing is published"
    )
    least_rows: int = Field(
        50, ge=1, description="Fewer articles, of a release, an addition or an outlet, tell nothing"
    )
    rows_drop: float = Field(0.2, ge=0, le=1, description="Largest share of articles that is lost")
    missing_rise: float = Field(
        0.2, ge=0, le=1, description="Largest rise of a column's share of missing values"
    )
    shares_distance: float = Field(
        0.25,
        ge=0,
        le=1,
        description="Largest move of shares by outlet, language, format, precision or length",
    )
    quarantine_rise: float = Field(
        0.1, ge=0, le=1, description="Largest rise of the share of quarantined records"
    )


class Publish(Section):
    """How a release is written."""

    append: bool = Field(
        False,
        description="Whether what was published stays where its raw files are no longer in the "
        "folder, so that the folder may hold new articles alone",
    )
    rows_per_shard: int = Field(200_000, ge=1, description="Most rows in one Parquet file")
    rows_per_group: int = Field(
        2_000, ge=1, le=5_000, description="Rows of a row group; larger ones stall streaming"
    )
    quarantine_excerpts: bool = Field(
        True, description="Whether the quarantine shows the first characters of each record"
    )
    notes: str | None = Field(
        None, description="Markdown in your own words, kept on the card of every release"
    )


class Config(Section):
    """A whole ``dataset.toml``."""

    dataset: Dataset
    sources: Sources = Sources()
    hints: Hints = Hints()
    outlets: tuple[OutletEntry, ...] = ()
    dates: Dates = Dates()
    language: Language = Language()
    text: Text = Text()
    privacy: Privacy = Privacy()
    rights: Rights = Rights()
    takedown: Takedown = Takedown()
    filters: dict[FilterName, Bounds] = Field(
        {}, description="Quality signals with their bounds; none by default"
    )
    duplicates: Duplicates = Duplicates()
    splits: Splits = Splits()
    validation: Validation = Validation()
    drift: Drift = Drift()
    publish: Publish = Publish()

    def batch_digest(self) -> str:
        """Return the SHA-256 of the settings that rows depend on, hexadecimal."""
        settings = self.model_dump(mode="json", include=set(BATCH_SECTIONS))
        return hashlib.sha256(orjson.dumps(settings, option=orjson.OPT_SORT_KEYS)).hexdigest()


def load_config(folder: Path) -> Config:
    """Read ``folder/dataset.toml``.

    Raises:
        ConfigError: the file is missing, no TOML, or wrong; names the file, the key, the remedy.
        StorageError: the file may not be read.

    """
    path = folder / FILE_NAME
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = (
            f"{folder} has no {FILE_NAME}. Give a folder that has one, or make one with "
            "`broadsheet init`."
        )
        raise ConfigError(message) from None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise StorageError(message) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{path} is not valid TOML: {error}."
        raise ConfigError(message) from error
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        problems = "\n".join(f"  {_explain(e)}" for e in error.errors())
        message = f"{path} is not a valid dataset configuration:\n{problems}"
        raise ConfigError(message) from None


def _explain(error: ErrorDetails) -> str:
    """Say one pydantic error as: key, what is wrong, what to do."""
    keys = [str(part) for part in error["loc"]]
    key = ".".join(keys)
    if error["type"] == "extra_forbidden":
        known = _keys_beside(keys)
        close = difflib.get_close_matches(keys[-1], known, n=1)
        remedy = f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(known)}."
        return f"{key}: unknown key; {remedy}"
    if error["type"] == "missing":
        return f"{key}: missing; add it."
    if error["type"] == _UNSHOWN:
        return f"{key}: {error['msg']}."
    return f"{key}: {error['msg'].removeprefix('Value error, ')} (found {error['input']!r})."


def _keys_beside(keys: list[str]) -> list[str]:
    model: type[BaseModel] = Config
    for key in keys[:-1]:
        if key.isdigit():  # the position in an array of tables
            continue
        nested = model.model_fields[key].annotation if key in model.model_fields else None
        nested = next(iter(get_args(nested)), nested)
        if not (isinstance(nested, type) and issubclass(nested, BaseModel)):
            break
        model = nested
    return list(model.model_fields)
