import numpy as np
import pandas as pd
import pytest

from tsshape.report._conclude import conclude_benchmark, conclude_clusters, conclude_selection
from tsshape.report._lives import lives

SCORES = pd.DataFrame(
    {"trmse": [60.0, 45.0], "n_clusters": [1.0, 9.0], "accuracy": [1.0, 0.3], "majority_share": [1.0, 0.2]},
    index=["trivial", "ours"],
)
BUDGET = pd.DataFrame({"nothing": [45.0], "scale": [12.0], "prototype": [44.0], "shape": [40.0]}, index=["ours"])
NONE = pd.DataFrame()


def differences(lower, upper, runs=10):
    row = {"runs": runs, "baseline": 60.0, "difference": -15.0, "lower": lower, "upper": upper}
    return pd.DataFrame([row], index=["ours"])


def covered(share):
    index = pd.MultiIndex.from_tuples([("ours", "80%"), ("ours", "90%")], names=["variant", "nominal"])
    return pd.DataFrame({"coverage": [0.8, share]}, index=index)


def test_the_best_variant_is_named_with_its_gain_and_interval():
    first, *_ = conclude_benchmark(SCORES, differences(-17.0, -13.0), BUDGET, NONE)
    assert first == (
        "ours forecasts best: its tRMSE of 45.0 is 25 % below the baseline's, a difference of -15.0 (-17.0 to -13.0)."
    )


def test_a_difference_whose_interval_holds_0_may_be_chance():
    assert "may be chance" in conclude_benchmark(SCORES, differences(-31.0, 1.0), BUDGET, NONE)[0]


@pytest.mark.parametrize(("runs", "words"), [(1, "one split is too few"), (4, "4 splits are too few")])
def test_few_splits_decide_nothing(runs, words):
    assert words in conclude_benchmark(SCORES, differences(np.nan, np.nan, runs), BUDGET, NONE)[0]


def test_nothing_may_beat_the_baseline():
    worse = SCORES.assign(trmse=[60.0, 75.0])
    assert conclude_benchmark(worse, differences(1.0, 2.0), NONE, NONE)[0].startswith("Nothing forecasts better")


@pytest.mark.parametrize(("scale", "shape", "decides"), [(12.0, 40.0, "scale"), (44.0, 5.0, "shape")])
def test_what_would_help_most_decides(scale, shape, decides):
    budget = BUDGET.assign(scale=scale, shape=shape)
    assert conclude_benchmark(SCORES, differences(-17.0, -13.0), budget, NONE)[1].startswith(f"The {decides} decides")


@pytest.mark.parametrize(
    ("share", "verdict"),
    [(0.85, "fewer than they should"), (0.89, "about as many as they should"), (0.93, "more than they should")],
)
def test_coverage_is_compared_with_the_nominal_one(share, verdict):
    third = conclude_benchmark(SCORES, differences(-17.0, -13.0), BUDGET, covered(share))[2]
    assert third.startswith("The intervals of ours for 90 % cover")
    assert third.endswith(f"{verdict}.")


def test_without_intervals_the_conclusion_is_about_the_largest_cluster():
    third = conclude_benchmark(SCORES, differences(-17.0, -13.0), BUDGET, NONE)[2]
    assert "30.0 % of the test posts correctly" in third
    assert "correct for 20.0 %" in third


def test_baselines_alone_are_concluded_from_too():
    alone = SCORES[:1]
    none = differences(0.0, 0.0)[:0]
    assert len(conclude_benchmark(alone, none, NONE, NONE)) == 3


def test_the_quickest_and_the_slowest_life_are_described():
    found = lives(np.array([[0.1, 0.2, 1.0], [0.8, 0.9, 1.0]]), [30, 70])
    first, second, third = conclude_clusters(found, 0.6, 100)
    assert first == "2 kinds of life in 100 shapes: the largest, long tail (1), has 70 % of them."
    assert "long tail (1), has 80 % of the views on the first day and half of them by day 1" in second
    assert "still growing (0), has 10 % of the views on the first day and half of them by day 3" in second
    assert third == "With a mean silhouette of 0.600, the clusters are well separated."


@pytest.mark.parametrize(
    ("silhouette", "verdict"), [(0.4, "clusters overlap"), (0.1, "hardly separated"), (None, "no silhouette")]
)
def test_a_silhouette_is_rated_as_its_inventors_did(silhouette, verdict):
    assert verdict in conclude_clusters(lives(np.array([[0.5, 1.0]]), [9]), silhouette, 9)[2]


def test_a_selection_is_concluded_by_its_reason_and_its_gain():
    table = pd.DataFrame({"inertia": [100.0, 25.0, 10.0], "silhouette": [np.nan, 0.55, 0.2]}, index=[1, 2, 3])
    assert conclude_selection(table, 2, "two say so") == [
        "Take 2 clusters: two say so.",
        "Of the inertia with 1, 2 clusters remove 75 % and 3 clusters remove 90 %.",
        "With a mean silhouette of 0.550, the clusters are well separated.",
    ]


def test_a_selection_without_advice_says_so():
    assert conclude_selection(pd.DataFrame({"dunn": [0.1]}, index=[2]), None, "no criterion speaks") == [
        "No number of clusters stands out: no criterion speaks.",
        "The inertia was not measured.",
        "There is no silhouette to say how separated the clusters are.",
    ]
