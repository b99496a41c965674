"""Tables in parts as Dask dataframes, which read a part when it is asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd

from tsshape._choices import Decreasing, Missing
from tsshape._errors import DataError
from tsshape._typing import PathLike
from tsshape._validation import check_choice
from tsshape.adapters.dask._shape_files import Cleaning, clean_some
from tsshape.data import CALENDAR_PARTS, FeatureKind, Parts, find_parts
from tsshape.data import read_curves as read_curves_of_file
from tsshape.data import read_posts as read_posts_of_file

_KINDS: dict[str, FeatureKind] = {
    "numbers": "number", "nothing": "number", "text": "text", "categories": "category", "times": "date",
}  # fmt: skip
_DTYPES = {"number": "float64", "text": "str", "category": "str", "date": "datetime64[us]"}
_SEPARATE = {"author": "str", "posted": "datetime64[us]", "label": "str", "split": "str"}


def read_curves(
    folder: PathLike,
    *,
    id_column: str | None = None,
    missing: Missing = "interpolate",
    decreasing: Decreasing = "keep",
    incomplete: str = "drop",
) -> Any:
    """Return the curves of a folder of Parquet parts, cleaned part by part when they are asked for.

    Parameters
    ----------
    folder : path
        A folder of parts as `tsshape.data.find_parts` takes it, of curves in the wide form of `tsshape.read_curves`.
    id_column : str, optional
        The column that holds the ids; by default the first there is of `id`, `post_id` and `FlickrId`.
    missing, decreasing : str
        As `tsshape.clean_curves` takes them.
    incomplete : {"keep", "drop", "refuse"}
        As `tsshape.clean_curves` takes it. To cut all curves to the days that each has, all parts must be read first:
        `prepare_shapes` does.

    Returns
    -------
    dask.dataframe
        A partition for each part that has rows: counts as float64, with the index `id` and the columns 1…n_times.
        Partitions may be empty. That no id stands in two parts is checked by `check_part_ids`.

    Raises
    ------
    DataError
        If it is no folder of parts. Where a part is asked for, as `tsshape.read_curves` and `clean_curves`, with the
        name of the file.

    Examples
    --------
    >>> import tempfile
    >>> import tsshape
    >>> from tsshape.data import write_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     curves = tsshape.simulate_spid(20, random_state=0).curves.rename_axis("id")
    ...     write_table(curves, Path(folder) / "part-00000.parquet")
    ...     bool((read_curves(folder).compute() == curves).all(axis=None))
    True
    """
    check_choice("incomplete", incomplete, ("keep", "drop", "refuse"))
    parts = _find(folder, "curves")
    cleaning = Cleaning(missing, decreasing, incomplete)  # type: ignore[arg-type] # checked above
    days = range(1, len(parts.columns))
    meta = pd.DataFrame(np.empty((0, len(days))), index=pd.Index([], dtype="str", name="id"), columns=days)
    return _from_files(_read_clean, parts, meta, id_column=id_column, cleaning=cleaning)


def read_posts(
    folder: PathLike, *, id_column: str | None = None, kinds: Mapping[str, FeatureKind] | None = None
) -> Any:
    """Return the features of posts of a folder of Parquet parts, read when they are asked for.

    Parameters
    ----------
    folder : path
        A folder of parts as `tsshape.data.find_parts` takes it, each as `tsshape.data.read_posts` takes a table.
    id_column : str, optional
        The column that holds the ids; by default the first there is of `id`, `post_id` and `FlickrId`.
    kinds : mapping of str to {"number", "category", "text", "date"}, optional
        What columns hold, as a model knows them (`forecaster.posts_.encoder.value_kinds_`); by default what the types
        of the parts say. Text in which all cells are dates is then text, since that cannot be seen without reading all
        parts.

    Returns
    -------
    dask.dataframe
        A partition for each part that has rows, with the index `id`: features, then those of the columns `author`,
        `posted`, `label` and `split` that there are, and last the calendar of `posted` as far as `kinds` names it.
        Categories are text. That no id stands in two parts is checked by `check_part_ids`.

    Raises
    ------
    DataError
        If it is no folder of parts. Where a part is asked for, as `tsshape.data.read_posts`.

    Examples
    --------
    >>> import tempfile
    >>> import tsshape
    >>> from tsshape.data import write_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     posts = tsshape.simulate_spid(20, random_state=0).features.rename_axis("id")
    ...     write_table(posts, Path(folder) / "part-00000.parquet")
    ...     list(read_posts(folder).compute().index[:2]) == list(posts.index[:2])
    True
    """
    parts = _find(folder, "features")
    column = parts.id_column(id_column)
    held = {name: _KINDS[kind] for name, kind in zip(parts.columns, parts.kinds, strict=True) if name != column}
    named = kinds or {}
    held |= {name: kind for name, kind in named.items() if name in held}
    features = {name: kind for name, kind in held.items() if name in named or name not in _SEPARATE}
    dtypes = {name: _DTYPES[kind] for name, kind in features.items()}
    dtypes |= {name: dtype for name, dtype in _SEPARATE.items() if name in held and name not in features}
    if "posted" in held and "posted" not in named:
        known = {f"posted_{part}": "float64" for part in CALENDAR_PARTS}
        dtypes |= {name: dtype for name, dtype in known.items() if name in named and name not in held}
    meta = pd.DataFrame(
        {name: pd.Series([], dtype=dtype) for name, dtype in dtypes.items()},
        index=pd.Index([], dtype="str", name="id"),
    )
    return _from_files(_read_posts, parts, meta, id_column=id_column, kinds=features | dict(named), columns=[*meta])


def _find(folder: PathLike, stem: str) -> Parts:
    """Return the parts of a folder, which must have rows."""
    parts = find_parts(folder, stem)
    if parts is None or not parts.filled:
        raise DataError(f"{folder} has no Parquet parts of {stem} with rows")
    return parts


def _from_files(function: Any, parts: Parts, meta: pd.DataFrame, **options: Any) -> Any:
    """Return the Dask dataframe whose partitions a function reads."""
    # Text stays what pandas reads; Dask would make another type of it.
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_map(function, [file.absolute() for file in parts.filled], meta=meta, **options)


def _read_clean(file: Path, id_column: str | None, cleaning: Cleaning) -> pd.DataFrame:
    """Return the curves of a part after cleaning."""
    curves = read_curves_of_file(file, id_column=id_column)
    return pd.concat([cleaned for cleaned, _ in clean_some(file, curves, range(len(curves)), cleaning)])


def _read_posts(
    file: Path, id_column: str | None, kinds: Mapping[str, FeatureKind], columns: Sequence[str]
) -> pd.DataFrame:
    """Return the features of a part, and what else it says of posts."""
    posts = read_posts_of_file(file, id_column=id_column, kinds=kinds)
    # A table that is written has the times alone; a model takes what is made of them.
    return posts.to_frame().assign(**posts.features)[[*columns]]
