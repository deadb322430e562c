"""Where things lie besides the local disk: addresses such as ``s3://bucket/path``.

Any file system that fsspec knows will do. Credentials come from where the file system's own
library looks for them; none is ever part of an address.
"""

import fsspec
from fsspec import AbstractFileSystem

from broadsheet.errors import ConfigError


def is_address(place: str) -> bool:
    """Tell whether a place is an address; otherwise it is a path of the local disk."""
    return "://" in place


def open_store(address: str) -> tuple[AbstractFileSystem, str]:
    """Return the file system of an address, and the path within it, without a final slash.

    Raises:
        ConfigError: there is no such kind of address, or its library is not installed.

    """
    try:
        store, path = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        message = f"{address} cannot be reached: {error}."
        raise ConfigError(message) from error
    return store, path.rstrip("/")
