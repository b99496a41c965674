"""Read and check the files of a folder that a verb has written."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pandas as pd
from pydantic import BaseModel, ValidationError

from tsshape._errors import DataError, explain_fields, quote
from tsshape._files import open_regular
from tsshape.data import Table, read_table

SUMMARY_FILE = "summary.json"
Model = TypeVar("Model", bound=BaseModel)


def read_json(path: Path, model: type[Model]) -> Model:
    """Read a record."""
    with open_regular(path) as file:
        try:
            return model.model_validate_json(file.read())
        except ValidationError as error:
            raise DataError(f"{path}: {explain_fields(error)}") from error


def read_numbers(
    path: Path, number_column: str, *, words: Collection[str] = (), channel: str | None = None
) -> pd.DataFrame:
    """Read a table of numbers whose rows are named by integers; columns of `words` are left out.

    Of a table with several channels, the rows of one are read.
    """
    table = of_channel(read_table(path), channel).take_ids(number_column)
    table.check_unique()
    for row in table.ids:
        if not (row.isascii() and row.isdecimal()):
            raise DataError(f"{path}: {number_column} {row!r} is not a whole number")
    columns = {name: table.numbers(name) for name in table.cells if name not in words}
    if not columns:
        raise DataError(f"{path} has no column of numbers beside {number_column!r}")
    return pd.DataFrame(columns, table.ids.astype(int).rename(number_column))


def of_channel(table: Table, channel: str | None) -> Table:
    """Return the rows of a channel, without the column that names it; all where channels have no names."""
    if channel is None:
        return table
    if "channel" not in table.cells:
        raise DataError(f"{table.path} has no column 'channel'")
    rows = table.names("channel") == channel
    if not rows.any():
        raise DataError(f"{table.path} has no row of channel {quote(channel)}")
    return replace(table, cells=table.cells[rows].drop(columns="channel"))
