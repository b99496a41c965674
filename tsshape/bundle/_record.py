"""What describes a component of a model, and what follows from that description.

A record describes one component. Its fields are the component's parameters with their types and bounds, its arrays with
their types and numbers of dimensions, and the records of the components inside it. From the fields follow, for every
record alike:

- the closed schema of the metadata: `model_validate` refuses a field that is missing, unknown or out of its bounds;
- what is saved: `model_dump` gives the metadata, `arrays_of` the arrays;
- the arrays that a file must hold, by name: `layout`;
- the record with its arrays, once they were read: `fill`.

A field has the name of what it is in the fitted object: one that ends in `_` is a fitted attribute, another a parameter
of the constructor; `kind` is the name of the class where there are several. So `of` can describe a fitted object and
`make` can make it again. A class of records adds `build`, which calls `make` but first checks what no single field
shows: that parameters and arrays fit one another.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Self, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from tsshape.bundle._npy import Arrays, Form, Layout

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Positive = Annotated[int, Field(ge=1, le=2**31 - 1)]
Whole = Annotated[int, Field(ge=-(2**63), le=2**64 - 1)]
Share = Annotated[float, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)] | None
# A list of another type is refused at its first element: errors are larger than what they are about.
Names = Annotated[list[str], Field(fail_fast=True)]

# An array is a member of the archive and never part of the metadata: there, its field must be absent.
Array: TypeAlias = Annotated[npt.NDArray[Any], Field(default=None, exclude=True)]
Integers: TypeAlias = Annotated[Array, Form(("<i8",), (1,))]
Numbers: TypeAlias = Annotated[Array, Form(("<f8",), (1,))]
Matrix: TypeAlias = Annotated[Array, Form(("<f8",), (2,))]
Shape: TypeAlias = tuple[int, ...]


class Record(BaseModel):
    """One component of a model."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)

    # The class of the object that is described.
    makes: ClassVar[type]

    @classmethod
    def of(cls, fitted: Any) -> Self:
        """Describe a fitted object by its attributes, which have the names of the fields."""
        return cls.of_attributes(fitted)

    @classmethod
    def of_attributes(cls, fitted: Any, **fields: Any) -> Self:
        """Describe a fitted object; fields that are not given are its attributes of the same names."""
        for name in cls.model_fields.keys() - fields.keys():
            value = getattr(fitted, name)
            if name == "random_state" and not isinstance(value, int | np.integer):
                value = None  # A generator cannot be saved, and a fitted model does not draw from it.
            fields[name] = _describe(value, cls.model_fields[name].annotation)
        return cls(**fields)

    def counts(self, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, int]]:
        """Yield how many there are of what costs more than its bytes, given the shapes of the record's own arrays."""
        for name, form in forms(type(self)).items():
            if form.each is not None:
                yield form.each, shapes[name][0]

    def make(self, **fields: Any) -> Any:
        """Make the object that is described; values that are given stand in place of fields, or beside them."""
        values = {name: value for name, value in self if name != "kind"} | fields
        made = self.makes(**{name: value for name, value in values.items() if not name.endswith("_")})
        vars(made).update({name: value for name, value in values.items() if name.endswith("_")})
        return made


def forms(record: type[Record]) -> Layout:
    """Return the form of each array that records of a class have, by the name of its field."""
    fields = record.model_fields.items()
    return {name: mark for name, field in fields for mark in field.metadata if isinstance(mark, Form)}


def layout(record: Record) -> Layout:
    """Return the form of each array of a record and of the records inside it, by the array's name in the archive."""
    return {name: form for name, _, _, form in _places(record)}


def arrays_of(record: Record) -> Arrays:
    """Return the arrays of a record and of the records inside it, by their names in the archive."""
    return {name: getattr(holder, field) for name, holder, field, _ in _places(record)}


def fill(record: Record, arrays: Arrays) -> None:
    """Set the arrays of a record and of the records inside it."""
    for name, holder, field, _ in _places(record):
        setattr(holder, field, arrays[name])


def counts_of(record: Record, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, int]]:
    """Yield the counts of a record and of the records inside it, given the shapes of all arrays by their names."""
    for folder, holder in records_of(record):
        yield from holder.counts({field: shapes[folder + field] for field in forms(type(holder))})


def _places(record: Record) -> Iterator[tuple[str, Record, str, Form]]:
    """Yield of each array its name in the archive, the record and the field that hold it, and its form."""
    for folder, holder in records_of(record):
        for field, form in forms(type(holder)).items():
            yield folder + field, holder, field, form


def records_of(record: Record, folder: str = "") -> Iterator[tuple[str, Record]]:
    """Yield a record and those inside it, each with the folder of its arrays.

    The folder is made of fields and, in a list or a dict of records, of numbers: no name comes from the user.
    """
    yield folder, record
    for name, value in record:
        if isinstance(value, Record):
            yield from records_of(value, f"{folder}{name}/")
        elif isinstance(value, list | dict):
            for number, each in enumerate(value.values() if isinstance(value, dict) else value):
                if isinstance(each, Record):
                    yield from records_of(each, f"{folder}{name}/{number}/")


def _describe(value: Any, annotation: Any) -> Any:
    """Return an attribute as its field holds it: as a record if the field is of records, else as JSON has it.

    An array stays an array.
    """
    if isinstance(value, Mapping):
        return {name: _describe(each, annotation) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_describe(each, annotation) for each in value]
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, Record) and value is not None:
            return kind.of(value)
    return value.item() if isinstance(value, np.generic) else value
