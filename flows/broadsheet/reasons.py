"""The closed list of reason codes.

A code says why a raw record was quarantined, why a value is null, or what was done to a text.
Codes are part of the data contract: they stand in the columns ``reason`` and ``notes`` of a
release, so one is added freely, renamed only with a major version, and never reused.

Two families are open: ``expectation.<id>``, where ``<id>`` is the id of a row expectation in the
dataset's suite (see :func:`expectation_reason`), and ``filter.<signal>``, where ``<signal>`` is a
quality signal that the dataset's configuration bounds (see :func:`filter_reason`).

Longer than 300 lines because it is one list.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Self

EXPECTATION_PREFIX = "expectation."
FILTER_PREFIX = "filter."


class Kind(StrEnum):
    """What a code is said of."""

    QUARANTINE = "quarantine"  # the whole record is set aside
    NULL = "null"  # one value is left out
    NOTE = "note"  # the record is published, changed as noted
    SKIP = "skip"  # an entry that is no article is counted and left alone


class Reason(StrEnum):
    """A reason code with its meaning in one sentence."""

    kind: Kind
    meaning: str

    def __new__(cls, code: str, kind: Kind, meaning: str) -> Self:
        """Bind a code to its kind and its meaning."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.kind = kind
        member.meaning = meaning
        return member

    # Reading
    IO_PERMISSION = "io.permission", Kind.QUARANTINE, "The file may not be read."
    IO_FAILED = "io.failed", Kind.QUARANTINE, "Reading the file failed after all retries."
    IO_CHANGED = "io.changed", Kind.QUARANTINE, "The file changed while the run was reading it."
    IO_LINK = "io.link", Kind.QUARANTINE, "A symbolic link leads out of the raw folder or nowhere."
    IO_NAME = "io.name", Kind.QUARANTINE, "The file's name is not valid UTF-8."
    INPUT_EXCLUDED = "input.excluded", Kind.SKIP, "The configuration excludes the file."
    INPUT_LINK = (
        "input.link",
        Kind.SKIP,
        "A symbolic link within the raw folder; its target is read where it lies.",
    )
    INPUT_DATASET = "input.dataset", Kind.SKIP, "A folder that is a dataset of its own."
    INPUT_RELEASE = "input.release", Kind.SKIP, "A folder that holds what was released."
    SIZE_RECORD = "size.record", Kind.QUARANTINE, "The record is larger than the configured limit."
    TYPE_UNSUPPORTED = (
        "type.unsupported",
        Kind.QUARANTINE,
        "No reader exists for this kind of file.",
    )
    TYPE_MISMATCH = "type.mismatch", Kind.QUARANTINE, "The bytes are not what the file's name says."
    ENCODING_UNDETECTED = (
        "encoding.undetected",
        Kind.QUARANTINE,
        "No character encoding explains the bytes.",
    )
    ENCODING_REPLACED = (
        "encoding.replaced",
        Kind.NOTE,
        "Some bytes are invalid in the text's encoding and became U+FFFD.",
    )
    ENCODING_DETECTED = (
        "encoding.detected",
        Kind.NOTE,
        "The text is not UTF-8; its encoding was detected from the bytes.",
    )
    RECORD_FAULT = "record.fault", Kind.QUARANTINE, "A fault of ours: working on the record raised."

    # Records in tables, feeds and archives
    SCHEMA_TYPE = "schema.type", Kind.QUARANTINE, "The entry is no object with named values."
    SCHEMA_TEXT = (
        "schema.text",
        Kind.QUARANTINE,
        "No key or column is known to hold the text; name it in [sources.columns].",
    )
    JSON_SYNTAX = "json.syntax", Kind.QUARANTINE, "The bytes are not valid JSON."
    JSON_DEPTH = "json.depth", Kind.QUARANTINE, "The JSON value is nested too deeply."
    JSON_NUMBER = (
        "json.number",
        Kind.QUARANTINE,
        "A number is none that JSON knows, or too large for any machine number.",
    )
    JSON_DUPLICATE_KEY = (
        "json.duplicate_key",
        Kind.QUARANTINE,
        "An object has one key twice, so that its value depends on the reader.",
    )
    CSV_QUOTE = "csv.quote", Kind.QUARANTINE, "A quoted field does not end, or not where it should."
    CSV_COLUMNS = (
        "csv.columns",
        Kind.QUARANTINE,
        "The row has more or fewer fields than the header.",
    )
    CSV_HEADER = (
        "csv.header",
        Kind.QUARANTINE,
        "The header is missing or names one column twice.",
    )
    XML_SYNTAX = "xml.syntax", Kind.QUARANTINE, "The bytes are not well-formed XML."
    XML_DTD = (
        "xml.dtd",
        Kind.QUARANTINE,
        "The document declares entities or an external definition, which are never resolved.",
    )
    XML_DEPTH = "xml.depth", Kind.QUARANTINE, "The XML document is nested too deeply."
    MAIL_DAMAGED = (
        "mail.damaged",
        Kind.QUARANTINE,
        "The message or the saved page has no readable part.",
    )
    DOCUMENT_DAMAGED = (
        "document.damaged",
        Kind.QUARANTINE,
        "The office document or PDF cannot be read.",
    )
    DOCUMENT_ENCRYPTED = (
        "document.encrypted",
        Kind.QUARANTINE,
        "The document asks for a password.",
    )
    TABLE_DAMAGED = "table.damaged", Kind.QUARANTINE, "The Parquet or Arrow file cannot be read."
    ARCHIVE_MEMBER = (
        "archive.member",
        Kind.QUARANTINE,
        "A member's name leads out of the archive, or it is a link or a device.",
    )
    ARCHIVE_RATIO = (
        "archive.ratio",
        Kind.QUARANTINE,
        "The compressed bytes grow beyond the configured ratio.",
    )
    ARCHIVE_DEPTH = "archive.depth", Kind.QUARANTINE, "Archives are nested too deeply."
    ARCHIVE_COUNT = "archive.count", Kind.QUARANTINE, "The archive has too many members."
    ARCHIVE_ENCRYPTED = "archive.encrypted", Kind.QUARANTINE, "The member is encrypted."
    ARCHIVE_DAMAGED = (
        "archive.damaged",
        Kind.QUARANTINE,
        "The archive or its member is damaged: a wrong checksum, size or structure.",
    )
    ARCHIVE_NAME = (
        "archive.name",
        Kind.NOTE,
        "The member's name cannot be used and was replaced by its number.",
    )
    STREAM_TRUNCATED = (
        "stream.truncated",
        Kind.QUARANTINE,
        "The bytes end before the stream says that it is complete.",
    )
    STREAM_DAMAGED = (
        "stream.damaged",
        Kind.QUARANTINE,
        "The compressed stream is damaged, or asks for more memory than is allowed.",
    )
    STREAM_TRAILING = (
        "stream.trailing",
        Kind.NOTE,
        "Bytes that belong to nothing follow the end of the compressed stream.",
    )
    WARC_DAMAGED = (
        "warc.damaged",
        Kind.QUARANTINE,
        "A stretch of the web archive is no record; reading went on at the next one.",
    )
    WARC_SKIPPED = (
        "warc.skipped",
        Kind.SKIP,
        "A record that holds no page: a request, metadata, a revisit, or another kind of file.",
    )
    INPUT_PART = (
        "input.part",
        Kind.SKIP,
        "A part of a page or message that is no text: an image, a script, a style sheet.",
    )
    RECORD_CRASHED = (
        "record.crashed",
        Kind.QUARANTINE,
        "Working on the record ended the process that did it.",
    )
    RESOURCE_TIMEOUT = "resource.timeout", Kind.QUARANTINE, "The record took longer than allowed."
    RESOURCE_MEMORY = (
        "resource.memory",
        Kind.QUARANTINE,
        "The record took more memory than allowed.",
    )

    # Content
    CONTENT_EMPTY = "content.empty", Kind.QUARANTINE, "No article text is left."
    CONTENT_SHORT = (
        "content.short",
        Kind.QUARANTINE,
        "The text has fewer words than the configured least.",
    )
    TEXT_CLEANED = (
        "text.cleaned",
        Kind.NOTE,
        "Control, zero-width, bidirectional or unpaired surrogate characters were removed.",
    )
    TEXT_CAPPED = (
        "text.capped",
        Kind.NOTE,
        "A run of combining marks was cut to the length that a letter can carry.",
    )
    CHROME_REMOVED = "chrome.removed", Kind.NOTE, "Lines of page chrome were left out of the text."
    CHROME_RECURRING = (
        "chrome.recurring",
        Kind.NOTE,
        "Lines that recur across the outlet's pages were left out of the text.",
    )
    TEXT_TRUNCATED = "text.truncated", Kind.NOTE, "The raw text says that it is an excerpt."
    TEXT_PAYWALLED = "text.paywalled", Kind.NOTE, "The raw text says that the rest is for payers."

    # Values
    DATE_UNPARSED = "date.unparsed", Kind.NULL, "The stated date could not be read."
    DATE_IMPOSSIBLE = "date.impossible", Kind.NULL, "The calendar has no such day."
    DATE_IMPLAUSIBLE = (
        "date.implausible",
        Kind.NULL,
        "The date lies before the outlet's first issue, or before or after all that was collected.",
    )
    DATE_AMBIGUOUS = (
        "date.ambiguous",
        Kind.NULL,
        "Day and month could be exchanged and nothing says which is which.",
    )
    DATE_RELATIVE = (
        "date.relative",
        Kind.NULL,
        "The date is relative and the time of the crawl is unknown.",
    )
    DATE_CONFLICT = (
        "date.conflict",
        Kind.NOTE,
        "Witnesses of the date disagree; the surest was kept.",
    )
    DATE_ZONE_ASSUMED = (
        "date.zone_assumed",
        Kind.NOTE,
        "The time zone is the outlet's or the configured one, not a stated one.",
    )
    DATE_ZONE_UNKNOWN = (
        "date.zone_unknown",
        Kind.NOTE,
        "A time of day is stated without its zone; only the day was kept.",
    )
    DATE_MIDNIGHT = (
        "date.midnight",
        Kind.NOTE,
        "The stated time is exactly midnight, which stands for none; only the day was kept.",
    )
    DATE_UTC_DAY = (
        "date.utc_day",
        Kind.NOTE,
        "The day is that of UTC, because the outlet's time zone is unknown.",
    )
    DATE_RESOLVED = (
        "date.resolved",
        Kind.NOTE,
        "A relative date was counted back from the time of the crawl.",
    )
    URL_INVALID = "url.invalid", Kind.NULL, "The stated URL is none."
    URL_SCHEME = "url.scheme", Kind.NULL, "The URL is not one of http or https."
    URL_HOST = "url.host", Kind.NULL, "The URL's host is missing, misleading or no public name."
    URL_USERINFO = "url.userinfo", Kind.NOTE, "A user name or password was cut from the URL."
    URL_HOMOGLYPH = "url.homoglyph", Kind.NOTE, "The host mixes scripts to look like another."
    URL_FOREIGN = (
        "url.foreign",
        Kind.NOTE,
        "The page calls an address of another site or the front page its own; it was not taken.",
    )
    URL_IDN = "url.idn", Kind.NOTE, "The host is an internationalised name."
    OUTLET_UNKNOWN = (
        "outlet.unknown",
        Kind.NOTE,
        "An outlet is stated that the registry does not know.",
    )
    RIGHTS_RESERVED = (
        "rights.reserved",
        Kind.QUARANTINE,
        "The page reserves text and data mining, and the dataset excludes such pages.",
    )
    COPY_ALONE = (
        "copy.alone",
        Kind.QUARANTINE,
        "The article that it repeats is gone, and a copy's own text is not kept.",
    )
    RIGHTS_TAKEDOWN = (
        "rights.takedown",
        Kind.QUARANTINE,
        "The article is on the takedown list of the dataset.",
    )
    PRIVACY_EMAIL = "privacy.email", Kind.NOTE, "E-mail addresses were masked."
    PRIVACY_PHONE = "privacy.phone", Kind.NOTE, "Telephone numbers were masked."
    PRIVACY_IP = "privacy.ip", Kind.NOTE, "Public IP addresses were masked."
    PRIVACY_SECRET = "privacy.secret", Kind.NOTE, "Passwords, keys or tokens were masked."
    LANGUAGE_CONFLICT = (
        "language.conflict",
        Kind.NOTE,
        "The page declares another language than its text is in; the text's was kept.",
    )
    LANGUAGE_UNSURE = "language.unsure", Kind.NOTE, "The detector cannot tell the language: und."


_BY_CODE: Final[Mapping[str, Reason]] = {reason.value: reason for reason in Reason}


def expectation_reason(expectation_id: str) -> str:
    """Return the reason code of a row that fails the expectation with this id."""
    return f"{EXPECTATION_PREFIX}{expectation_id}"


def filter_reason(signal: str) -> str:
    """Return the reason code of a row whose quality signal is out of its bounds."""
    return f"{FILTER_PREFIX}{signal}"


def is_reason(code: str) -> bool:
    """Tell whether a code is in the closed list or in one of the open families."""
    return code in _BY_CODE or any(
        code.startswith(prefix) and len(code) > len(prefix)
        for prefix in (EXPECTATION_PREFIX, FILTER_PREFIX)
    )


def reason_of(code: str) -> Reason:
    """Return the member of the closed list that a code is.

    Raises:
        KeyError: it is none.

    """
    return _BY_CODE[code]


def meaning_of(code: str) -> str:
    """Return the meaning of a code, for a person."""
    if code.startswith(EXPECTATION_PREFIX):
        return f"The row fails the expectation {code.removeprefix(EXPECTATION_PREFIX)!r}."
    if code.startswith(FILTER_PREFIX):
        return f"The quality signal {code.removeprefix(FILTER_PREFIX)} is out of its bounds."
    return (
        _BY_CODE[code].meaning if code in _BY_CODE else "A code of another version of broadsheet."
    )
