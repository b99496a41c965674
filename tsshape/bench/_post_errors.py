"""The errors of each test post of a cell, in a file beside the records.

They are kept where all runs have the same division, whose posts are all that can be drawn anew.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from tsshape import scores
from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape.bench._cell import Record
from tsshape.bench._records import ERRORS_FOLDER
from tsshape.data import read_table, write_table
from tsshape.scores import squared_relative_errors

# The key of a record under which its errors come from where they are measured.
POST_ERRORS = "post_errors"
# By score: what is kept of each post, of which the score is a mean or a trimmed mean.
KEPT = {"trmse": "rmse", "med": "rmse", "mrse": "relative"}


def later_errors(future: pd.DataFrame, forecast: pd.DataFrame) -> dict[str, FloatArray]:
    """Return the error of each post on the later days, and the squared relative error of its last count."""
    return {
        "rmse": scores.rmse_per_post(future, forecast),
        "relative": squared_relative_errors(future.iloc[:, -1], forecast.iloc[:, -1]),
    }


def take_errors(record: Record) -> dict[str, FloatArray]:
    """Remove the errors of the posts from scores, and return them by name: `rmse` at upload, `rmse_7` after 7 days."""
    errors = {**record.pop(POST_ERRORS, {})}
    for days, found in record.get("in_flight", {}).items():
        errors |= {f"{name}_{days}": values for name, values in found.pop(POST_ERRORS, {}).items()}
    return errors


def write_errors(out: Path, key: str, errors: Mapping[str, FloatArray]) -> None:
    """Write the errors of a cell, whole or not at all; a file that an unfinished run left is replaced."""
    (out / ERRORS_FOLDER).mkdir(exist_ok=True)
    # In single precision: a score from them differs in the eighth digit, and the file has half the size.
    largest = np.finfo(np.float32).max
    table = pd.DataFrame(
        {name: values.astype(np.float32) if values.max() < largest else values for name, values in errors.items()}
    )
    write_table(table.rename_axis("post"), _path(out, key))


def read_errors(folder: Path, record: Record, score: str, days: int) -> FloatArray | None:
    """Return what a score of `KEPT` is a mean of, by test post in the order of the data; None if it was not kept.

    Raises
    ------
    DataError
        If the file is damaged, or of another number of posts than the record says.
    """
    path, name = _path(folder, record["key"]), KEPT[score]
    if days:
        name = f"{name}_{days}"
    if not path.exists():
        return None
    cells = read_table(path).cells
    if name not in cells:
        return None
    try:
        values: FloatArray = cells[name].to_numpy(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{path}: not the errors of a cell, or damaged: {error}") from error
    if len(values) != record.get("n_test"):
        raise DataError(f"{path} has {len(values):,} posts; the record of its cell has {record.get('n_test')}")
    if not (np.isfinite(values) & (values >= 0)).all():
        raise DataError(f"{path}: {name} are errors, which are finite and at least 0")
    return values


def _path(folder: Path, key: str) -> Path:
    """Return the file of a cell."""
    return folder / ERRORS_FOLDER / f"{key}.parquet"
