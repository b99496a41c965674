from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal

from tsshape._errors import DataError
from tsshape.features import RANKING_COLUMNS, predictive_power_score, rank_features


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Features of known strength for the target in the column `scale`."""
    rng = np.random.default_rng(0)
    scale = rng.uniform(-1, 1, 300)
    features = pd.DataFrame(
        {
            "noise": rng.normal(size=300),
            "Country": np.where(scale > 0, "IT", "FR"),
            "MeanViews": -(scale**3),
            "square": scale**2,
            "weak": scale + rng.normal(size=300),
            "constant": 1.0,
            "empty": np.nan,
            "DateTaken": pd.Timestamp("2015-12-16") + pd.to_timedelta((scale * 1e6).round(), unit="s"),
            "scale": scale,
        },
        index=[f"p{i}" for i in range(300)],
    )
    features.loc["p3", ["MeanViews", "Country"]] = None
    return features


def test_features_are_sorted_by_the_strength_of_their_correlation(table: pd.DataFrame) -> None:
    ranking = rank_features(table.drop(columns="scale"), table["scale"])
    assert list(ranking.index[:3]) == ["MeanViews", "DateTaken", "weak"]
    assert list(ranking.index[-2:]) == ["Country", "empty"]
    assert list(ranking.columns) == ["spearman", "spearman_p", "pps", "n"]
    assert ranking.loc["MeanViews", "spearman"] == pytest.approx(-1)
    assert ranking.loc["constant", "spearman"] == 0
    assert ranking.loc[["Country", "empty"], ["spearman", "spearman_p"]].isna().all(axis=None)


def test_the_first_method_decides_the_order(table: pd.DataFrame) -> None:
    ranking = rank_features(table.drop(columns="scale"), table["scale"], methods=["pps", "spearman"])
    assert ranking["pps"].dropna().is_monotonic_decreasing
    assert list(ranking.columns) == ["pps", "spearman", "spearman_p", "n"]
    assert ranking.loc["Country", "pps"] > 0.4


def test_only_what_is_asked_for_is_computed(table: pd.DataFrame) -> None:
    assert list(rank_features(table[["weak"]], table["scale"], methods=["spearman"]).columns) == [
        "spearman",
        "spearman_p",
        "n",
    ]
    assert list(rank_features(table[["weak"]], table["scale"], methods=["pps"]).columns) == ["pps", "n"]


def test_predictive_power_is_asymmetric_where_spearman_sees_nothing(table: pd.DataFrame) -> None:
    ranking = rank_features(table[["square"]], table["scale"], both_directions=True)
    assert ["feature", *ranking] == [column.name for column in RANKING_COLUMNS]
    row = ranking.loc["square"]
    assert abs(row["spearman"]) < 0.2
    assert row["pps"] < 0.2
    assert row["pps_reverse"] > 0.9
    assert row["pps_reverse"] == predictive_power_score(table["scale"], table["square"])


def test_n_counts_the_rows_with_feature_and_target(table: pd.DataFrame) -> None:
    target = table["scale"].copy()
    target.iloc[:10] = np.nan
    ranking = rank_features(table.drop(columns="scale"), target)
    assert ranking.loc[["MeanViews", "weak", "empty"], "n"].tolist() == [290, 290, 0]
    assert ranking.loc["Country", "n"] == 290
    target = table["scale"].copy()
    target.iloc[10] = np.nan
    assert rank_features(table[["MeanViews"]], target).loc["MeanViews", "n"] == 298


def test_a_feature_that_fewer_than_ten_posts_have_is_not_scored(table: pd.DataFrame) -> None:
    features = table[["weak", "square"]].copy()
    features.iloc[9:, 0] = np.nan
    ranking = rank_features(features, table["scale"], both_directions=True)
    assert ranking.loc["weak", "n"] == 9
    assert ranking.loc["weak"].drop("n").isna().all()
    assert ranking.loc["square"].notna().all()
    assert rank_features(features.iloc[:10], table["scale"].iloc[:10]).loc["square"].notna().all()


def test_a_series_is_matched_by_index_and_an_array_by_position(table: pd.DataFrame) -> None:
    features = table[["weak", "square"]]
    by_index = rank_features(features, table["scale"].iloc[::-1])
    assert_frame_equal(by_index, rank_features(features, table["scale"].to_numpy()))
    with pytest.raises(DataError, match="target lacks 1 of the ids in features"):
        rank_features(features, table["scale"].iloc[1:])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        rank_features(features, table["scale"].to_numpy()[1:])


def test_equal_features_keep_the_order_of_the_table(table: pd.DataFrame) -> None:
    twins = pd.DataFrame(dict.fromkeys("cab", table["weak"]))
    assert list(rank_features(twins, table["scale"]).index) == ["c", "a", "b"]


def test_the_same_seed_gives_the_same_ranking(table: pd.DataFrame) -> None:
    features = table.drop(columns="scale")
    first, second = (rank_features(features, table["scale"], random_state=7) for _ in range(2))
    assert_frame_equal(first, second)
    assert_series_equal(first["spearman"], rank_features(features, table["scale"], random_state=8)["spearman"])


@pytest.mark.parametrize(
    "settings", [{"methods": ["pearson"]}, {"methods": []}, {"methods": ["spearman"], "both_directions": True}]
)
def test_methods_that_make_no_ranking_are_refused(table: pd.DataFrame, settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="methods must"):
        rank_features(table[["weak"]], table["scale"], **settings)


def test_bad_tables_are_refused_with_the_place(table: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="'weak' appears more than once"):
        rank_features(table[["weak", "weak"]], table["scale"])
    with pytest.raises(DataError, match="inf at row 'p0', column 'weak'"):
        rank_features(table[["weak"]].replace(table["weak"].iloc[0], np.inf), table["scale"])
    with pytest.raises(DataError, match="inf at row 'p0'"):
        rank_features(table[["weak"]], table["scale"].replace(table["scale"].iloc[0], np.inf))
