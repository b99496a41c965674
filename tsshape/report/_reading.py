"""Read and check the files of a folder that a verb has written."""

from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

import pandas as pd
from pydantic import BaseModel, ValidationError

from tsshape._errors import DataError, explain_fields
from tsshape._files import open_regular
from tsshape.data import read_features

SUMMARY_FILE = "summary.json"
Model = TypeVar("Model", bound=BaseModel)


def read_json(path: Path, model: type[Model]) -> Model:
    """Read a record."""
    with open_regular(path) as file:
        try:
            return model.model_validate_json(file.read())
        except ValidationError as error:
            raise DataError(f"{path}: {explain_fields(error)}") from error


def read_numbers(path: Path, number_column: str, *, words: Collection[str] = ()) -> pd.DataFrame:
    """Read a table of numbers whose rows are named by integers; the columns `words` may hold text."""
    table = read_features(path, id_column=number_column)
    for name in table.columns.difference(words, sort=False):
        if not pd.api.types.is_numeric_dtype(table[name]):
            raise DataError(f"{path}: column {name!r} does not hold numbers")
    for row in table.index:
        if not (row.isascii() and row.isdecimal()):
            raise DataError(f"{path}: {number_column} {row!r} is not a whole number")
    if table.empty:
        raise DataError(f"{path} has no rows")
    return table.set_axis(table.index.astype(int)).rename_axis(number_column)
