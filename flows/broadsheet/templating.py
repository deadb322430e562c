"""What a template compiles to is kept where Python keeps what a module compiles to."""

import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from broadsheet.fingerprint import package_digest


class KeptBytecode(FileSystemBytecodeCache):
    """Bytecode of templates; where it may not be kept they are compiled each time.

    It belongs to our code, which sets up the environments, and to the version of Jinja.
    """

    def __init__(self) -> None:
        """Keep it beside this module's own."""
        super().__init__(str(Path(cache_from_source(__file__)).parent))

    def get_source_checksum(self, source: str) -> str:
        """Return what a template's bytecode depends on."""
        return super().get_source_checksum(_code() + source)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the bytecode, if it may be kept."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


@cache
def _code() -> str:
    return f"{package_digest()} {version('jinja2')} "
