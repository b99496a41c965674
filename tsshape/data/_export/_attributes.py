"""The other columns of an export: features, further counts of a post, and what is left out."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from tsshape._errors import DataError, quote
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.data._cells import match_cells, parse_numbers, strip_cells
from tsshape.data._export._columns import Columns
from tsshape.data._export._names import TEXT_NAMES, UNNAMED, find_known, is_later_count, plain, plain_names
from tsshape.data._export._roles import is_total
from tsshape.data._export._times import feature_times
from tsshape.data._features import SEPARATE_COLUMNS

# Words among numbers are missing values where at most a tenth of the cells are words.
_FEW_WORDS = 0.1
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"


class Attributes(NamedTuple):
    """What the other columns of an export are.

    Attributes
    ----------
    features : DataFrame of shape (n_posts, n_features)
        What is constant within a post.
    channels : dict of str to array of shape (n_rows,)
        Further counts, one a row of the table.
    left_out : dict of str to str
        Columns that are neither, with the reason.
    remarks : list of str
        What a reader should look at.
    """

    features: pd.DataFrame
    channels: dict[str, FloatArray]
    left_out: dict[str, str]
    remarks: list[str]


def find_attributes(columns: Columns) -> Attributes:
    """Return what the columns without a role are."""
    ids, post = columns.ids, columns.post
    found = Attributes(pd.DataFrame(index=ids), {}, {}, [])
    features: dict[str, pd.Series] = {}
    for name in columns.others:
        if is_total(name):
            found.left_out[name] = "a sum of others"
            continue
        if find_known("id", [name]) or plain(name) in UNNAMED:
            found.left_out[name] = "the number of a row, or another id"
            continue
        column = _read_attribute(columns, name, found.remarks)
        first = column.groupby(post, sort=False).first().reindex(range(len(ids)))
        constant = _is_constant(column, first, post)
        is_count = is_later_count(name)
        if find_known("time", [name]) and (not constant or plain(name).endswith("at")):
            found.left_out[name] = "a time of samples"
        elif is_numeric_dtype(column) and not is_bool_dtype(column) and columns.is_long and (is_count or not constant):
            _add_channel(found, name, column.to_numpy(np.float64))
        elif is_count and is_numeric_dtype(column):
            found.left_out[name] = "a count that was taken after upload"
        elif not constant:
            found.left_out[name] = "text or times that change with time"
        elif name in {"id", *SEPARATE_COLUMNS}:
            found.left_out[name] = "no feature can have this name"
        elif first.isna().all():
            found.left_out[name] = "empty"
        else:
            features[name] = first.set_axis(ids)
    return found._replace(features=pd.DataFrame(features, index=ids))


def _read_attribute(columns: Columns, name: str, remarks: list[str]) -> pd.Series:
    """Return a column as numbers, times or text; a few words among numbers are missing, with a remark."""
    joined, cells = columns.joined, columns.joined.cells[name]
    if is_datetime64_any_dtype(cells) or (is_numeric_dtype(cells) and not is_bool_dtype(cells)):
        return cells
    if is_bool_dtype(cells):
        return cells.astype("float64")
    text = strip_cells(cells)
    present = match_cells(text, "(?s).+")
    if not present.any() or _is_text(name, text):
        return cells.astype("str")
    canonical = columns.numbers.canonical(cells)
    is_number = match_cells(strip_cells(canonical), _NUMBER)
    words = present & match_cells(strip_cells(canonical), "(?s).+") & ~is_number
    if is_number.any() and words.sum() <= _FEW_WORDS * is_number.sum():
        if words.any():
            position = int(words.argmax())
            remarks.append(
                f"{joined.where(name)(position)}: {quote(str(cells.iloc[position]))} among numbers is taken as missing"
                f" ({words.sum()} of {present.sum()} cells are words)"
            )
        values = parse_numbers(canonical.where(~words), joined.where(name))
        return pd.Series(values, index=cells.index, name=name)
    stamps = feature_times(cells, joined.where(name), columns.times)
    return cells.astype("str") if stamps is None else stamps


def _is_text(name: str, text: object) -> bool:
    """Whether a column is text whatever its cells look like: by its name, or because it holds addresses."""
    named = any(each in TEXT_NAMES for each in plain_names(name))
    return named or bool(match_cells(text, "(?s)[a-z]+://.*").any())


def _is_constant(column: pd.Series, first: pd.Series, post: IntArray) -> bool:
    """Whether the known cells of a column are equal within each post."""
    codes, _ = pd.factorize(column)
    of_first = (
        pd.Series(codes).where(codes >= 0).groupby(post, sort=False).first().reindex(range(len(first))).to_numpy()
    )
    same: BoolArray = (codes < 0) | (codes == of_first[post])
    return bool(same.all())


def _add_channel(found: Attributes, name: str, values: FloatArray) -> None:
    """Keep a count beside the views; what is negative or infinite somewhere is no count."""
    if (values < 0).any() or np.isinf(values).any():
        found.left_out[name] = "changes with time and is below 0 somewhere: no count"
        return
    channel = channel_name(name)
    if channel in found.channels:
        raise DataError(f"columns that would both be channel {quote(channel)}: leave one out with --ignore")
    found.channels[channel] = values


def channel_name(name: str) -> str:
    """Return a name that a file can have; the count of the curves is called views, and no other.

    Examples
    --------
    >>> channel_name("statistics.likeCount"), channel_name("Saves (total)")
    ('statistics_likeCount', 'Saves total')
    """
    words = [
        "".join(each if each.isalnum() or each in "_-" else "_" for each in word).strip("_") for word in name.split()
    ]
    channel = " ".join(word for word in words if word)[:80] or "count"
    return "view count" if channel.casefold() == "views" else channel
