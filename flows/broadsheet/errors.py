"""The few exceptions of broadsheet, each with the exit code of the command line.

Bad input is never an exception: it becomes a :class:`~broadsheet.records.Rejection`. These are
raised where the run as a whole cannot go on. A message says what happened, to which file, and
what to do.
"""

from typing import ClassVar


class BroadsheetError(Exception):
    """Base of every error that broadsheet raises on purpose."""

    exit_code: ClassVar[int] = 1


class ConfigError(BroadsheetError):
    """A configuration, a suite or an argument is wrong; the message names file, key and remedy."""

    exit_code = 2


class PublishError(BroadsheetError):
    """A release could not be published, or is not what it says it is."""

    exit_code = 4


class VersionConflictError(PublishError):
    """The version exists already with another content; nothing was changed."""


class StorageError(BroadsheetError):
    """Input or output failed: missing, unreadable, no permission, no space."""

    exit_code = 74
