from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsshape import DataError, resample

DAY = 86_400
Samples = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]


def table(times: Any, views: Any, *, posted: Any = 0, post: str = "a") -> pd.DataFrame:
    return pd.DataFrame({"id": post, "posted": posted, "time": times, "views": views})


@st.composite
def sample_tables(draw: st.DrawFn, *, monotone: bool) -> Samples:
    times = draw(st.lists(st.integers(0, 8 * DAY), min_size=1, max_size=12, unique=True))
    extremes = st.sampled_from([5e-324, 1e-300, 1e18, 1e308, np.finfo(np.float64).max])
    counts = st.one_of(st.integers(0, 10_000).map(float), st.integers(0, 10**12).map(lambda n: n / 997), extremes)
    views = draw(st.lists(counts, min_size=len(times), max_size=len(times)))
    return np.sort(times), np.sort(views) if monotone else np.asarray(views)


@given(sample_tables(monotone=False))
def test_every_value_lies_between_the_samples_around_it(samples: Samples) -> None:
    times, views = samples
    curve = resample(table(times, views), n_times=8).loc["a"]
    known_times, known_views = (times, views) if times[0] == 0 else (np.r_[0, times], np.r_[0, views])
    for day, value in curve.items():
        if day * DAY > times[-1]:
            assert np.isnan(value)
        else:
            before = known_views[known_times <= day * DAY][-1]
            after = known_views[known_times >= day * DAY][0]
            assert min(before, after) <= value <= max(before, after)


@given(sample_tables(monotone=True))
def test_samples_that_never_decrease_give_a_curve_that_never_decreases(samples: Samples) -> None:
    curve = resample(table(*samples), n_times=8).loc["a"].dropna()
    assert (np.diff(curve) >= 0).all()


@given(sample_tables(monotone=True), st.randoms())
def test_the_order_of_the_samples_makes_no_difference(samples: Samples, random: Random) -> None:
    rows = table(*samples)
    shuffled = rows.iloc[random.sample(range(len(rows)), len(rows))]
    pd.testing.assert_frame_equal(resample(shuffled, n_times=4), resample(rows, n_times=4))


def test_samples_on_the_grid_are_kept_exactly() -> None:
    views = [0.1, 0.7, 0.7, 123.456]
    curve = resample(table(np.arange(1, 5) * DAY, views), n_times=5).loc["a"]
    assert curve.tolist()[:4] == views
    assert np.isnan(curve[5])


def test_between_the_first_sample_and_posting_the_curve_starts_at_zero() -> None:
    assert resample(table([2 * DAY], [10.0]), n_times=1).loc["a", 1] == 5.0


def test_a_sample_at_posting_replaces_the_zero() -> None:
    assert resample(table([0, 2 * DAY], [4.0, 10.0]), n_times=1).loc["a", 1] == 7.0


def test_a_post_sampled_before_the_first_grid_point_only_has_an_empty_curve() -> None:
    assert resample(table([0], [4.0]), n_times=3).isna().all(axis=None)


def test_posts_do_not_touch_one_another_and_keep_their_order() -> None:
    posts = pd.concat([table([DAY], [3.0], post="b"), table([DAY], [1.0], post="a"), table([9], [1.0], post="b")])
    curves = resample(posts, n_times=2)
    assert curves.index.tolist() == ["b", "a"]
    assert curves.index.name == "id"
    assert curves.columns.tolist() == [1, 2]
    assert curves[1].tolist() == [3.0, 1.0]


@pytest.mark.parametrize("step", ["1h", pd.Timedelta(hours=1)])
def test_the_grid_is_counted_from_posting_in_steps(step: Any) -> None:
    rows = table([7200 + 50], [6.0], posted=50)
    assert resample(rows, n_times=3, step=step).loc["a"].tolist()[:2] == [3.0, 6.0]


def test_timestamps_and_unix_seconds_are_the_same() -> None:
    rows = table([DAY, 2 * DAY], [1.0, 4.0])
    stamps = rows.assign(posted="1970-01-01", time=pd.to_datetime(rows["time"], unit="s", utc=True))
    pd.testing.assert_frame_equal(resample(stamps), resample(rows))


def test_a_sample_that_stands_twice_counts_once() -> None:
    rows = table([DAY, DAY, 2 * DAY], [1.0, 1.0, 4.0])
    pd.testing.assert_frame_equal(resample(rows), resample(rows[1:]))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (table([DAY, DAY], [1.0, 2.0]), "id 'a': two samples of one time have different views"),
        (table([DAY], [1.0], posted=DAY + 1), "id 'a': a sample is older than the post"),
        (table([DAY, DAY], [1.0, 2.0], posted=[0, 1]), "id 'a': the samples name two times of posting"),
        (table([DAY], [-1.0]), "id 'a': views are negative"),
        (table([DAY], [np.nan]), "id 'a': views is missing"),
        (table([np.nan], [1.0]), "id 'a': time is missing"),
        (table([DAY], [np.inf]), "samples, id 'a', column 'views': inf is not a finite number"),
        (table([DAY], ["few"]), "samples, id 'a', column 'views': 'few' is not a number"),
        (table(["soon"], [1.0]), "samples, id 'a', column 'time': 'soon' is not a time"),
        (table([DAY], [1.0]).drop(columns="posted"), "samples: no column 'posted'"),
        (table([], []), "samples: there are none"),
    ],
)
def test_samples_that_cannot_be_used_are_refused_with_their_id(rows: pd.DataFrame, says: str) -> None:
    with pytest.raises(DataError) as caught:
        resample(rows)
    assert says in str(caught.value)


@pytest.mark.parametrize("options", [{"n_times": 0}, {"step": "0h"}, {"step": "-1h"}, {"step": "NaT"}])
def test_parameters_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        resample(table([DAY], [1.0]), **options)


@pytest.mark.parametrize("ids", [["a", None], ["a", np.nan], [7.0, np.nan], pd.array([7, None], dtype="Int64")])
def test_a_missing_id_is_refused_with_its_row(ids) -> None:
    samples = pd.DataFrame({"id": ids, "posted": 0, "time": 86_400, "views": 1.0}, index=[5, 6])
    with pytest.raises(DataError, match=r"samples: the id is missing in row 6 \(1 such rows in all\)"):
        resample(samples)
