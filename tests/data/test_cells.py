from typing import Any

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError
from tsshape.data._cells import parse_timestamps

NOON = pd.Timestamp("2020-01-01 12:00")


def where(position: int) -> str:
    return f"cell {position}"


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series(["2020-01-01T12:00:00", None]),
        pd.Series(["2020-01-01 13:00+01:00", "NA"]),
        pd.Series(["1577880000", ""]),
        pd.Series(["1.57788e9", None]),
        pd.Series([1_577_880_000, np.nan]),
        pd.Series([1_577_880_000, None], dtype="Int64"),
        pd.Series([1_577_880_000, None], dtype=object),
        pd.Series([NOON, None]),
        pd.Series([NOON.tz_localize("UTC").tz_convert("Asia/Tokyo"), None]),
        pd.Series([NOON, None], dtype="datetime64[ns]"),
        pd.Series(["2020-01-01T12:00:00Z", None], dtype="category"),
    ],
)
def test_instants_in_every_form_are_the_same_naive_utc_time(cells: pd.Series) -> None:
    stamps = parse_timestamps(cells, where)
    assert stamps.dtype == "datetime64[us]"
    assert stamps[0] == NOON
    assert stamps[1] is pd.NaT


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["0", "soon"], "cell 1: 'soon' is not a time; write 2024-05-31T18:00:00 in every row, or unix seconds in"),
        (["2020-01-01", "5"], "cell 1: '5' is not a time; write"),
        (["2020-01-01", "2020-02-30"], "cell 1: '2020-02-30' is not a time; write"),
        ([0, 1.5e12], "cell 1: 1500000000000.0 is not a time in unix seconds (milliseconds, perhaps?)"),
        ([0, np.inf], "cell 1: inf is not a finite number"),
    ],
)
def test_what_is_no_instant_is_refused_with_its_place(cells: list[Any], says: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_timestamps(pd.Series(cells), where)
    assert says in str(caught.value)
