"""Reading series with known classes, which are no counts: `.ts` files, and the UCR archive's `.tsv`."""

from pathlib import Path

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._files import open_regular
from tsshape._memory import check_fits
from tsshape._typing import PathLike
from tsshape.data._ts_files import BYTES_PER_BYTE, parse_value, read_lines, read_ts

SERIES_ENDINGS = (".ts", ".tsv")


def read_series(path: PathLike) -> tuple[pd.DataFrame, pd.Series | None]:
    r"""Read series of any finite values and their classes.

    Parameters
    ----------
    path : path
        A `.ts` file, as `tsshape.adapters.sktime.read_ts` reads it, or a `.tsv` file of the UCR archive: no header, and
        in each line the class and the values with tabs between.

    Returns
    -------
    series : DataFrame of shape (n_series, n_times)
        Index: positions from 1, as text; columns: the steps 1…T.
    classes : Series of shape (n_series,) or None
        As text, missing where empty; None where the file has none.

    Raises
    ------
    DataError
        If the file is malformed, or the series have missing values or several lengths; file and line are named.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "two.tsv"
    ...     _ = path.write_text("1\t-0.5\t0.5\n2\t0.5\t-0.5\n")
    ...     series, classes = read_series(path)
    >>> series.to_dict("index")
    {'1': {1: -0.5, 2: 0.5}, '2': {1: 0.5, 2: -0.5}}
    >>> classes.tolist()
    ['1', '2']
    """
    path = Path(path)
    series, classes = read_ts(path) if path.suffix.lower() == ".ts" else _read_ucr(path)
    # As `tsshape import` names the posts of such a file.
    ids = pd.Index([str(number) for number in range(1, len(series) + 1)], name="id", dtype="str")
    if classes is None or classes.name != "label":
        return series.set_axis(ids), None
    return series.set_axis(ids), classes.set_axis(ids)


def _read_ucr(path: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Read a class and values from each line, between tabs."""
    rows, labels = [], []
    with open_regular(path) as file:
        check_fits(path, BYTES_PER_BYTE * path.stat().st_size)
        for where, text in read_lines(path, file):
            label, *cells = text.split("\t")
            if not cells:
                raise DataError(
                    f"{where} has no tab: a .tsv file has the UCR archive's form, in each line the class and the "
                    "values with tabs between"
                )
            rows.append(np.array([parse_value(where, place, cell) for place, cell in enumerate(cells, start=1)]))
            if len(rows[-1]) != len(rows[0]):
                raise DataError(f"{where} has {len(rows[-1])} values, not {len(rows[0])}; curves have one length")
            labels.append(label.strip() or None)
    if not rows:
        raise DataError(f"{path} has no series")
    table = pd.DataFrame(np.array(rows), columns=range(1, len(rows[0]) + 1))
    return table, pd.Series(labels, name="label", dtype="str")
