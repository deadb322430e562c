"""Great Expectations' models are the same, however their fields were copied."""

import copy
import subprocess
import sys

from pydantic.v1 import BaseModel, Field

from broadsheet.validate.model_fields import sparing_copies

DESCRIBE = """
import contextlib
from broadsheet.validate import model_fields, warm_up
if {plainly}:
    model_fields.sparing_copies = contextlib.nullcontext
warm_up()
from pydantic.v1 import BaseModel
from pydantic.v1.fields import FieldInfo, ModelField

def describe(value):
    if isinstance(value, ModelField | FieldInfo):
        told = {{n: describe(getattr(value, n, "-")) for n in type(value).__slots__}}
        return type(value).__name__, told
    if isinstance(value, list | tuple):
        return list(map(describe, value))
    if isinstance(value, dict):
        return [(describe(key), describe(item)) for key, item in value.items()]
    return getattr(value, "__qualname__", None) or repr(value).split(" at 0x")[0]

pending, seen = [BaseModel], []
while pending:
    model = pending.pop()
    pending += sorted(model.__subclasses__(), key=lambda m: (m.__module__, m.__qualname__))
    seen.append(model)
for model in seen:
    print(model.__module__, model.__qualname__, describe(model.__fields__))
"""


def test_all_models_of_great_expectations_are_as_they_would_be():
    def described(*, plainly):
        code = DESCRIBE.format(plainly=plainly)
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        return done.stdout.splitlines()

    models = described(plainly=False)
    assert len(models) > 300
    assert models == described(plainly=True)


def test_a_copy_shares_nothing_that_a_model_changes():
    class Inner(BaseModel):
        names: list[str] = Field([], min_items=1)

    class Outer(BaseModel):
        inner: dict[str, list[Inner]] = Field({}, title="Inner")

    before = Outer.__fields__
    with sparing_copies():
        after = copy.deepcopy(before)
    field, copied = before["inner"], after["inner"]

    assert copied is not field
    assert copied.field_info is not field.field_info
    assert copied.field_info.title == "Inner"
    assert copied.class_validators is not field.class_validators
    assert copied.sub_fields[0] is not field.sub_fields[0]
    assert copied.sub_fields[0].type_ is Inner
    assert copied.key_field is not field.key_field


def test_only_fields_are_copied_so_and_only_meanwhile():
    class Model(BaseModel):
        number: int = Field(1, exclude={"a": {"b"}})

    info = Model.__fields__["number"].field_info
    assert copy.deepcopy(info).exclude is not info.exclude
    with sparing_copies():
        assert copy.deepcopy(info).exclude is not info.exclude
        assert copy.deepcopy([[1]]) == [[1]]
    assert copy.deepcopy(info).exclude is not info.exclude
