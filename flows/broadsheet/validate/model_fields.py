"""Fields of Great Expectations' models, copied no further than anybody changes them.

It makes some 380 models of pydantic's first version, and each copies the fields of the models that
it extends down to the last validator: a third of the import. What a model changes of its fields are
their lists, sub-fields and settings of its own, so that the rest can be the same object.
"""

import copyreg
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from pydantic.v1.fields import FieldInfo, ModelField
from pydantic.v1.utils import Representation

_COPIED = (ModelField, FieldInfo)


@contextmanager
def sparing_copies() -> Iterator[None]:
    """Have :func:`copy.deepcopy` copy fields of models with :func:`copy_field`."""
    for kind in _COPIED:
        copyreg.pickle(kind, _reduce)
    try:
        yield
    finally:
        for kind in _COPIED:
            copyreg.dispatch_table.pop(kind, None)  # another thread may have been here


def _reduce(field: Representation) -> tuple[Callable[..., Representation], tuple[Any, ...]]:
    return partial(copy_field, field, {}), ()


def copy_field(field: Any, copies: dict[int, Any]) -> Any:  # noqa: ANN401 - a field or its settings
    """Copy a field with all fields in it, and share what they refer to.

    Args:
        field: a ``ModelField`` or ``FieldInfo``.
        copies: by identity, what was copied for the same field already.

    """
    if id(field) in copies:
        return copies[id(field)]
    kind = field.__class__
    copied = copies[id(field)] = kind.__new__(kind)
    for name in kind.__slots__:
        if hasattr(field, name):
            setattr(copied, name, _copy_value(getattr(field, name), copies))
    return copied


def _copy_value(value: Any, copies: dict[int, Any]) -> Any:  # noqa: ANN401 - whatever a field holds
    match value:
        case ModelField() | FieldInfo():
            return copy_field(value, copies)
        case list():
            return [_copy_value(item, copies) for item in value]
        case dict():
            return {key: _copy_value(item, copies) for key, item in value.items()}
        case _:
            return value
