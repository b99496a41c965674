import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tsshape import DataError
from tsshape.cluster import describe_lives, name_lives

NAMES = {
    "instant": [(0, 0), (0.02, 0.85), (0.08, 0.97), (0.1, 1)],
    "second wave": [(0, 0), (0.05, 0.4), (0.6, 0.5), (0.7, 0.95), (1, 1)],
    "front-loaded": [(0, 0), (0.02, 0.6), (0.3, 0.95), (1, 1)],
    "quick rise": [(0, 0), (0.1, 0.2), (0.2, 0.95), (1, 1)],
    "long tail": [(0, 0), (0.02, 0.6), (0.6, 0.85), (1, 1)],
    "slow burn": [(0, 0), (0.25, 0.5), (1, 1)],
    "steady": [(0, 0), (1, 1)],
    "delayed": [(0, 0), (0.25, 0.1), (0.52, 0.92), (1, 1)],
    "late riser": [(0, 0), (0.6, 0.1), (0.7, 0.95), (1, 1)],
    "still growing": [(0, 0), (0.8, 0.5), (1, 1)],
    "last minute": [(0, 0), (0.92, 0), (1, 1)],
}


def path(corners, n_times):
    """A curve through corners (share of the days, share of the views)."""
    return np.interp(np.arange(1, n_times + 1) / n_times, *np.transpose(corners))


@pytest.mark.parametrize("n_times", [30, 60, 144, 365])
def test_each_kind_of_life_has_its_name_on_any_grid_and_at_any_scale(n_times):
    prototypes = np.array([path(corners, n_times) for corners in NAMES.values()])
    assert name_lives(prototypes) == name_lives(70 * prototypes) == list(NAMES)


def test_lives_are_ordered_by_the_mean_day_of_their_views_and_keep_their_numbers():
    lives = describe_lives([path(NAMES[name], 40) for name in ("steady", "last minute", "instant", "slow burn")])
    assert lives["name"].to_dict() == {2: "instant", 3: "slow burn", 0: "steady", 1: "last minute"}
    assert lives.loc[0, "first_day":].tolist() == pytest.approx([1 / 40, 20, 36, 0.1])


def test_a_table_keeps_the_numbers_of_its_index():
    prototypes = pd.DataFrame([path(NAMES["steady"], 10), path(NAMES["instant"], 10)], index=[7, 3])
    assert describe_lives(prototypes)["name"].to_dict() == {3: "instant", 7: "steady"}


DAYS = np.arange(1, 31)


@pytest.mark.parametrize(
    ("prototypes", "names"),
    [
        ([DAYS, (DAYS + 3.0) ** 0.9], ["steady, half by day 15", "steady, half by day 13"]),
        ([DAYS**0.1, DAYS**0.15], ["front-loaded, 90 % by day 11", "front-loaded, 90 % by day 15"]),
        ([[8, 9], [7, 9], [9, 1]], ["long tail, 89 % on day 1", "long tail, 78 % on day 1", "instant"]),
        ([[1, 1], [1, 1]], ["instant, cluster 0", "instant, cluster 1"]),
        ([[0, 0], [-1, 0], [1, 2]], ["no views, cluster 0", "no views, cluster 1", "steady"]),
    ],
)
def test_lives_of_one_name_are_told_apart_in_words(prototypes, names):
    assert name_lives(prototypes) == names


@given(arrays(float, st.tuples(st.integers(1, 8), st.integers(1, 6)), elements=st.floats(-10, 1e9)))
@settings(max_examples=60)
def test_any_prototypes_are_named_each_once(prototypes):
    lives = describe_lives(prototypes)
    assert sorted(lives.index) == list(range(len(prototypes)))
    assert lives["name"].is_unique
    assert lives.sort_index()["name"].tolist() == name_lives(prototypes)
    numbers = lives.drop(columns="name")[prototypes.max(axis=1)[lives.index] > 0]
    assert numbers.notna().all(axis=None)
    assert (numbers["half_day"] <= numbers["nine_tenths_day"]).all()


def test_a_missing_value_is_refused_with_its_place():
    with pytest.raises(DataError, match=r"prototypes holds .* at row 1"):
        describe_lives([[0.5, 1.0], [np.nan, 1.0]])
