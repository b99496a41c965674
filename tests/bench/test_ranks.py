"""Comparisons over data sets reproduce the worked examples of J. Demšar (JMLR 7, 2006)."""

import shutil

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import DataError, bench
from tsshape.bench import Suite
from tsshape.bench._components import DIRECT, TRIVIAL
from tsshape.bench._ranks import _groups, adjust_by_holm, rank_variants

# Table 6: areas under the curve on 14 data sets. On voting it prints .975 twice, and ranks them 2 and 3.
DEMSAR = pd.DataFrame(
    {
        "C4.5": [0.763, 0.599, 0.954, 0.628, 0.882, 0.936, 0.661, 0.583, 0.775, 1, 0.940, 0.619, 0.972, 0.957],
        "C4.5+m": [0.768, 0.591, 0.971, 0.661, 0.888, 0.931, 0.668, 0.583, 0.838, 1, 0.962, 0.666, 0.981, 0.978],
        "C4.5+cf": [0.771, 0.590, 0.968, 0.654, 0.886, 0.916, 0.609, 0.563, 0.866, 1, 0.965, 0.614, 0.975, 0.946],
        "C4.5+m+cf": [0.798, 0.569, 0.967, 0.657, 0.898, 0.931, 0.685, 0.625, 0.875, 1, 0.962, 0.669, 0.9749, 0.970],
    }
).T
FOUND = rank_variants(-DEMSAR, 0.05, [])


def test_mean_ranks_are_those_of_the_literature():
    expected = {"C4.5+m+cf": 1.964, "C4.5+m": 2.000, "C4.5+cf": 2.893, "C4.5": 3.143}
    assert FOUND.ranks["mean_rank"].round(3).to_dict() == expected
    assert [*FOUND.ranks.index] == [*expected]
    assert FOUND.ranks["datasets"].eq(14).all()


def test_friedmans_p_value_is_that_of_the_literature():
    # Its statistic, 9.28 with 3 degrees of freedom, has p = 0.026; the ties, which it ignores, lower that to 0.017.
    assert FOUND.friedman_p == pytest.approx(0.0167, abs=0.0002)


def test_wilcoxons_test_is_that_of_the_literature():
    # Table 2: of the sums of ranks 93 and 12, z = -2.54, two-sided 0.011.
    row = rank_variants(-DEMSAR.loc[["C4.5", "C4.5+m"]], 0.05, []).pairs.loc["C4.5+m", "C4.5"]
    assert row[["wins", "ties", "losses"]].tolist() == [10, 2, 2]
    assert row["p_value"] == pytest.approx(0.011, abs=0.0005)
    assert row["p_holm"] == row["p_value"]
    assert row["different"]


def test_holms_correction_is_that_of_the_literature():
    # Section 3.2.2 rejects the first two of p = .016, .019, .607 at .05.
    assert adjust_by_holm(np.array([0.019, 0.607, 0.016])) == pytest.approx([0.048, 0.607, 0.048])
    assert adjust_by_holm(np.array([0.4, 0.6])).tolist() == [0.8, 0.8]


def test_groups_are_the_largest_of_which_no_pair_differs():
    pairs = pd.MultiIndex.from_tuples([("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")])
    assert _groups("abcd", pd.Series([False, False, True, False, False, False], pairs)) == [
        ["a", "b", "c"],
        ["b", "c", "d"],
    ]
    assert _groups("abcd", pd.Series([True] * 6, pairs)) == []
    assert _groups("abcd", pd.Series([False] * 6, pairs)) == [["a", "b", "c", "d"]]


@pytest.mark.parametrize("n_variants", [2, 3])
def test_variants_that_are_equal_have_equal_ranks_and_do_not_differ(n_variants):
    losses = pd.DataFrame(np.ones((n_variants, 4)), index=[*"abc"[:n_variants]])
    found = rank_variants(losses, 0.05, [])
    assert found.ranks["mean_rank"].eq((n_variants + 1) / 2).all()
    assert found.pairs["p_holm"].eq(1).all()
    assert np.isnan(found.friedman_p)
    assert found.groups == [[*"abc"[:n_variants]]]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two runs of one suite on different data, of which the second has a further variant."""
    out = tmp_path_factory.mktemp("ranks")
    for seed, direct in enumerate([[], [{"name": "further"}]]):
        posts = tsshape.simulate_spid(60, n_times=2, random_state=seed)
        suite = Suite.model_validate({"name": "baselines", "variants": [], "direct": direct, "n_runs": 2})
        bench.run(suite, posts, out / str(seed))
    return [out / "0", out / "1"]


def test_runs_on_different_data_are_ranked_by_their_mean_scores(folders):
    found = bench.compare_datasets(folders, score="med")
    means = pd.DataFrame([bench.score_table(bench.read_run(folder).records)["med"] for folder in folders])
    wins = (means[DIRECT.name] < means[TRIVIAL.name]).sum()
    assert found.ranks.loc[DIRECT.name, ["best", "mean_rank"]].tolist() == [wins, 2 - wins / 2]
    assert found.left_out == ["further"]


def test_what_cannot_be_ranked_is_refused(folders, tmp_path):
    with pytest.raises(DataError, match="two or more"):
        bench.compare_datasets(folders[:1])
    copy = shutil.copytree(folders[0], tmp_path / "copy")
    with pytest.raises(DataError, match="same data"):
        bench.compare_datasets([*folders, copy])
    with pytest.raises(DataError, match="fewer than two variants with the score 'mrse'"):
        bench.compare_datasets(folders, score="mrse")
    with pytest.raises(ValueError, match="score"):
        bench.compare_datasets(folders, score="luck")
