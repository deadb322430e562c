"""Where things lie besides the local disk: addresses such as ``s3://bucket/path``.

Any file system that fsspec knows will do. Credentials come from where the file system's own
library looks for them; none is ever part of an address.
"""

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from broadsheet.errors import BroadsheetError, ConfigError, StorageError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_EXTRAS = {
    "s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "az": "azure", "abfs": "azure",
}  # fmt: skip
_CREDENTIALS = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write ~/.aws/credentials; a public "
    "bucket is read without any where FSSPEC_S3_ANON=true is set",
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`",
    "az": "set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME and a key",
    "hf": "set HF_TOKEN, or run `hf auth login`",
}
_SAME = {"s3a": "s3", "gcs": "gs", "abfs": "az", "abfss": "az"}
# A signed address carries its key in its parameters, a connection string of Azure by name.
_PARAMETERS = re.compile(r"\?[^\s'\"]*|(?<=AccountKey=)[^;\s]+|(?<=//)[^/\s@]+(?=@)")


def is_address(place: str) -> bool:
    """Tell whether a place is an address; otherwise it is a path of the local disk."""
    return "://" in place


def fault_of_address(address: str) -> str | None:
    """Say why an address is none that raw files or releases may lie at, without showing it."""
    parts = urlsplit(address)
    if parts.scheme in {"http", "https", "ftp"}:
        return f"{parts.scheme}:// has no folders that can be listed; download the files first"
    if "::" in address:
        return "addresses within one another (::) are not followed; archives are read as they are"
    if "@" in parts.netloc or "?" in address:
        return f"an address carries no credentials: {remedy_for(parts.scheme)}"
    return None


def remedy_for(scheme: str) -> str:
    """Say where the credentials for a kind of store are looked for."""
    return _CREDENTIALS.get(_SAME.get(scheme, scheme), "use what its library reads by itself")


def open_store(address: str) -> "tuple[AbstractFileSystem, str]":
    """Return the file system of an address, and the path within it, without a final slash.

    Raises:
        ConfigError: there is no such kind of address, or its library is not installed.

    """
    import fsspec  # noqa: PLC0415 - takes 0.1 s, and most runs need it not

    scheme = urlsplit(address).scheme
    try:
        store, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        extra = _EXTRAS.get(scheme)
        remedy = f"`pip install 'broadsheet[{extra}]'`" if extra else str(error)
        message = f"{address} cannot be reached: its library is not installed. Run {remedy}."
        raise ConfigError(message) from error
    except ValueError as error:
        message = f"{address} cannot be reached: {str(error).rstrip('.')}. "
        if _SAME.get(scheme, scheme) in _CREDENTIALS:
            message += f"To name yourself, {remedy_for(scheme)}."
        else:
            message += "Known are s3://, gs://, az://, hf://."
        raise ConfigError(message) from error
    return store, path.rstrip("/")


@contextlib.contextmanager
def as_os_errors() -> Iterator[None]:
    """Turn whatever the library of a store raises into an ``OSError`` that shows no secret.

    Raises:
        OSError: the store failed; of the kind of the library's own error, where that is one.

    """
    try:
        yield
    except BroadsheetError:
        raise
    except (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError) as error:
        raise type(error)(error.errno or 0, _shown(error)) from None
    except Exception as error:  # noqa: BLE001 - libraries of stores raise kinds of their own
        raise OSError(0, _shown(error)) from None


def storage_error(address: str, error: OSError) -> StorageError:
    """Return the error for a person: what happened at an address, and what to do."""
    scheme = urlsplit(address).scheme
    said = error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        advice = f"Check the address; where it is private, {remedy_for(scheme)}"
        return StorageError(f"{address} is not there. {advice}.")
    if isinstance(error, PermissionError) or "redential" in said:
        return StorageError(f"{address} may not be read ({said}): {remedy_for(scheme)}.")
    return StorageError(f"{address} cannot be read: {said}. Check the network, and run again.")


def _shown(error: Exception) -> str:
    """Return the first line of what a library says, without the parameters of addresses."""
    said = (getattr(error, "strerror", None) or str(error)).strip().partition("\n")[0]
    kind = type(error).__name__
    told = _PARAMETERS.sub("", said)[:300]
    is_known = isinstance(error, FileNotFoundError | PermissionError)
    return told if is_known and told else f"{kind}: {told}".rstrip(": ")
