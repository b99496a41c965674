import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsshape import DataError
from tsshape.data._cells import parse_numbers, parse_timestamps

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
        (["0000-01-01"], "cell 0: '0000-01-01' is outside the years 1 to 9999"),
        (["0001-01-01T00:00+14:00"], "cell 0: '0001-01-01T00:00+14:00' is outside the years 1 to 9999"),
        ([pd.NaT, np.datetime64(2**60, "s")], "cell 1: 36534630048-05-13 13:56:16 is outside the years"),
    ],
)
def test_what_is_no_instant_is_refused_with_its_place(cells: list[Any], says: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_timestamps(pd.Series(cells), where)
    assert says in str(caught.value)


NO_TIMES = """now|today|2020|2020-01|2020-1-1|2020/01/01|-2020-01-01|2020-02-30|0x10|1_000|2020-01-01T
2020-01-01T1|2020-01-01 13:2|2020-01-01 13:20:0|2020-01-01T24:00|2020-01-01T00:00+99:99
2020-01-01T00:00+1|\u0662\u0660\u0662\u0660-01-01"""
NOONS = """2020-01-01T12|2020-01-01 12:00|20200101T120000Z|2020-01-01T12:00:00.000Z|2020-01-01T14:30:00+02:30
2020-01-01 10:00 -02| 2020-01-01T12:00:00.000000999 """
WORDS = """|x|1|1.|.5|.|+1.5e3|1e|1E-5|--1|1_0|0x1|1 0|1,5|1.5,0|\u0661|\uff11|\u00b2|\u221e|inf|nan|NaN|NA|null|none
1e5|-0|1e400|5e-324|1e-400|\u22121|1\u00a0000|1d5|5%|True"""


@pytest.mark.parametrize("word", re.split("[|\n]", NO_TIMES))
def test_what_pandas_alone_would_take_for_a_time_is_refused(word):
    with pytest.raises(DataError, match=r"cell 1: .* is not a time; write"):
        parse_timestamps(pd.Series(["2020-01-01", word]), where)


@pytest.mark.parametrize("word", re.split("[|\n]", NOONS))
def test_times_may_be_written_in_every_form_of_iso_8601_with_a_day(word):
    assert parse_timestamps(pd.Series([word, "2020-05-31"]), where)[0] == NOON


@given(
    st.one_of(st.sampled_from(re.split("[|\n]", WORDS)), st.text(max_size=8), st.text("0123456789.eE+-_, ", max_size=8))
)
def test_a_number_has_the_digits_0_to_9_a_point_and_an_exponent_and_is_what_python_makes_of_it(word):
    spelling = re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", word.strip())
    if word.strip().lower() in {"", "na", "nan", "null"}:
        assert np.isnan(parse_numbers(pd.Series([word]), where)[0])
    elif spelling and np.isfinite(float(word)):
        (value,) = parse_numbers(pd.Series([word]), where)
        assert value.tobytes() == np.float64(float(word)).tobytes()
    else:
        with pytest.raises(DataError, match=r"cell 0: .* is not a (finite )?number"):
            parse_numbers(pd.Series([word]), where)


def test_a_number_of_a_hundred_thousand_digits_is_read_or_refused_at_once():
    assert parse_numbers(pd.Series(["0" * 100_000 + "7"]), where)[0] == 7
    for word in ("1" * 100_000, "1" * 100_000 + "x", "1," * 50_000):
        with pytest.raises(DataError, match="cell 0: "):
            parse_numbers(pd.Series([word]), where)
