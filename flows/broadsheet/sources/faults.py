"""Which errors tell of what a file holds, and which of how it was read."""

import errno

_OF_CONTENT = frozenset({None, errno.EINVAL})
"""``errno`` where a decoder gives up, and where a damaged directory has sought to no place."""


def may_pass(error: BaseException) -> bool:
    """Tell whether an error is the system's or the store's, so that another try may do better.

    Decoders raise ``OSError`` as well (bz2 and Arrow do), but without a number; faults of a store
    have the number 0 (:func:`broadsheet.addresses.as_os_errors`).
    """
    return isinstance(error, OSError) and error.errno not in _OF_CONTENT
