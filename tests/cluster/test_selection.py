import re

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as theirs
from sklearn.datasets import make_blobs

from tsshape import DataError
from tsshape.cluster import ClusterSelection, applicable_criteria, select_n_clusters, silhouette
from tsshape.cluster._criteria import CRITERIA
from tsshape.cluster._lloyd import Lloyd
from tsshape.cluster._recommend import recommend
from tsshape.cluster._sweep import bootstrap_agreement, calinski_harabasz, davies_bouldin, reference_inertia, sweep
from tsshape.metrics import Metric, get_metric

GROUPS, TRUTH = make_blobs(240, centers=4, n_features=8, cluster_std=0.6, random_state=3)
NOISE = np.random.default_rng(0).random((200, 6))
ALL = applicable_criteria("euclidean")
# A metric that claims to be 0 between a curve and itself, and is not.
OFFSET = Metric("offset", batch=lambda X, Y: 1 + np.abs(X[:, None] - Y[None]).sum(axis=2))


def select(X=GROUPS, k_values=range(1, 9), **options):
    """A selection, seeded."""
    return select_n_clusters(X, k_values, **({"random_state": 0} | options))


@pytest.fixture(scope="module")
def everything():
    return select(criteria=ALL, n_jobs=2)


@pytest.fixture(scope="module")
def known():
    """The classes of the groups, by id, of which some are not known."""
    return pd.Series(TRUTH, dtype=object).mask(np.arange(240) % 9 == 0)


def one_fit(X, k):
    """One clustering, its Lloyd, and what the sweep keeps."""
    euclidean = get_metric("euclidean")
    lloyd = Lloyd(X, np.ones(len(X)), euclidean, {})
    return lloyd, sweep(lloyd, [k], [0], lambda: None)[k][0]


def test_separated_groups_are_recommended_by_every_criterion(everything):
    assert everything.votes == dict.fromkeys(ALL, 4)
    assert everything.recommended.n_clusters == 4
    assert "7 of 7 criteria agree" in everything.recommended.reason


def test_curves_without_groups_have_no_knee():
    selection = select(NOISE, range(1, 16))
    assert selection.votes["inertia"] is None
    assert "no knee" in selection.recommended.reason


def test_the_table_has_mean_and_spread_of_each_criterion(everything):
    assert everything.table.index.tolist() == list(range(1, 9))
    assert list(everything.table) == [column for name in ALL for column in (name, f"{name}_sd")]
    assert everything.table["inertia"].is_monotonic_decreasing
    undefined = everything.table.loc[1, ["silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "stability"]]
    assert undefined.isna().all()
    assert everything.table.drop(index=1).notna().all(axis=None)


def test_known_classes_are_compared_with_and_have_no_vote(everything, known):
    with_classes = select(criteria=ALL, classes=known)
    assert list(with_classes.table)[-6::2] == ["class_ari", "class_nmi", "class_accuracy"]
    pd.testing.assert_frame_equal(with_classes.table[everything.table.columns], everything.table)
    assert (with_classes.votes, with_classes.recommended) == (everything.votes, everything.recommended)
    assert with_classes.table.loc[4, ["class_ari", "class_ari_sd"]].tolist() == [1.0, 0.0]
    assert with_classes.table.loc[1, "class_ari"] == 0.0
    assert len(with_classes.plot().axes) == len(ALL)
    assert "class_nmi" in with_classes._repr_html_()


def test_classes_are_matched_by_id(known):
    table = select(pd.DataFrame(GROUPS), [4], criteria=["inertia"], classes=known[::-1], n_seeds=1).table
    assert table.loc[4, "class_ari"] == 1.0


def test_columns_stand_in_the_order_that_was_asked_for():
    table = select(criteria=["stability", "inertia"], n_resamples=2).table
    assert list(table) == ["stability", "stability_sd", "inertia", "inertia_sd"]


@pytest.mark.parametrize("metric", ["euclidean", "dtw", "area"])
def test_silhouettes_are_those_of_the_clusterings(metric):
    labels = {}

    def keep(k, found, _prototypes):
        labels[k] = found
        return 0.0

    table = select(k_values=[2, 5], metric=metric, criteria=["silhouette", keep], n_seeds=1).table
    for k, found in labels.items():
        assert table.loc[k, "silhouette"] == pytest.approx(silhouette(GROUPS, found, metric))


def test_the_indices_are_those_of_scikit_learn():
    lloyd, fit = one_fit(GROUPS, 5)
    assert fit.davies_bouldin == pytest.approx(theirs.davies_bouldin_score(GROUPS, fit.labels), rel=1e-6)
    total = float(np.square(GROUPS - GROUPS.mean(axis=0)).sum())
    index = calinski_harabasz(np.array([fit.inertia]), np.array([5]), total=total, n_curves=len(GROUPS))
    assert index[0] == pytest.approx(theirs.calinski_harabasz_score(GROUPS, fit.labels), rel=1e-6)
    assert np.isnan(davies_bouldin(lloyd.run(GROUPS[:1], max_iter=9, tol=0.0, n_threads=1), lloyd))


def test_references_of_the_gap_fill_the_box_of_the_principal_axes():
    stretched = NOISE * [9, 1, 1, 1, 1, 1]
    lloyd = Lloyd(stretched, np.ones(len(stretched)), get_metric("euclidean"), {})
    inertia = reference_inertia(lloyd, [1], [0, 1, 2], lambda: None)
    box = np.ptp((stretched - stretched.mean(axis=0)) @ np.linalg.svd(stretched - stretched.mean(axis=0))[2].T, axis=0)
    assert inertia.shape == (3, 1)
    np.testing.assert_allclose(inertia, len(stretched) * np.square(box).sum() / 12, rtol=0.1)


def test_bootstrap_samples_agree_on_groups_and_not_on_noise():
    for X, low, high in ((GROUPS, 0.99, 1.01), (NOISE, -0.1, 0.9)):
        lloyd = Lloyd(X, np.ones(len(X)), get_metric("euclidean"), {})
        agreement = bootstrap_agreement(lloyd, [4], [0, 1, 2], lambda: None)
        assert agreement.shape == (1, 3)
        assert low < agreement.mean() < high


def test_a_sample_with_fewer_distinct_curves_than_clusters_says_nothing():
    agreement = bootstrap_agreement(
        Lloyd(NOISE[:6], np.ones(6), get_metric("euclidean"), {}), [6], [0, 1], lambda: None
    )
    assert np.isnan(agreement).all()


def test_progress_counts_every_clustering():
    seen = []
    select(k_values=[2, 3], criteria=ALL, n_seeds=2, n_resamples=3, on_fit=lambda *counts: seen.append(counts))
    assert seen == [(done, 16) for done in range(17)]


def test_a_user_defined_criterion_decides_with_the_least_clusters_as_good_as_the_best():
    def cost(k, labels, prototypes):
        assert len(labels) == len(GROUPS)
        assert prototypes.shape == (k, GROUPS.shape[1])
        return {2: 9.0, 3: 5.02, 4: 5.0}.get(k, np.nan)

    selection = select(k_values=range(2, 7), criteria=["inertia", cost])
    assert selection.table["cost"].notna().sum() == 3
    assert selection.recommended.n_clusters == 3
    assert "cost (5.02)" in selection.recommended.reason


def test_a_criterion_that_was_never_evaluated_recommends_nothing():
    selection = select(k_values=[2, 3], criteria=[lambda *_: np.nan])
    assert selection.recommended.n_clusters is None


def test_criteria_that_disagree_are_said_to():
    table = pd.DataFrame({"silhouette": [0.5, 0.1, 0.1], "dunn": [0.1, 0.1, 0.5]}, index=[2, 10, 40])
    found = recommend({name: CRITERIA[name].vote(table) for name in table}, table, most=99)
    assert found.n_clusters is None
    assert found.reason == "the criteria disagree: silhouette 2, dunn 40"


def test_of_numbers_that_agree_the_one_most_criteria_name_is_taken():
    votes = {"silhouette": 3, "dunn": 3, "calinski_harabasz": 3, "stability": 2}
    assert recommend(votes, pd.DataFrame(index=range(1, 9)), most=99).n_clusters == 3


@pytest.mark.parametrize(
    ("vote", "numbers", "most", "words"),
    [
        (9, range(1, 10), 99, "9 is the largest number tried, more may be better: 1 of 1 criteria agree"),
        (9, range(1, 10), 9, None),
        (3, range(3, 10), 99, "3 is the smallest number tried, fewer may be better: 1 of 1 criteria agree"),
        (2, range(2, 10), 99, None),
        (1, range(1, 10), 99, None),
        (2, [2, 3], 99, "of fewer than three numbers none is recommended; tried: 2 and 3"),
        (2, [2], 99, "none is recommended; tried: 2$"),
    ],
)
def test_a_number_beyond_which_a_better_one_may_be_is_not_recommended(vote, numbers, most, words):
    found = recommend({"silhouette": vote}, pd.DataFrame(index=numbers), most=most)
    assert found.n_clusters == (vote if words is None else None)
    assert re.search(words or "1 of 1 criteria agree", found.reason)


def test_the_end_of_the_numbers_with_an_error_is_not_recommended_either():
    table = pd.DataFrame({"error": [np.nan, 5.0, 4.0, 3.0, np.nan]}, index=[1, 2, 5, 9, 20])
    found = recommend({"error": 9}, table, ["error"], most=99)
    assert found.n_clusters is None
    assert found.reason.startswith("9 is the largest number tried by error, more may be better: 9 is the least number")
    assert recommend({"error": 2}, table.replace(5.0, 3.0), ["error"], most=99).n_clusters == 2


def test_all_that_the_curves_allow_may_be_recommended():
    X = np.repeat(GROUPS[:4], 5, axis=0)
    assert select(X, range(2, 5), criteria=["silhouette"]).recommended.n_clusters == 4
    X[0, 0] += 0.01
    assert select(X, range(2, 5), criteria=["silhouette"]).recommended.n_clusters is None


def test_a_criterion_may_give_several_values():
    table = select(k_values=[2, 3], criteria=[lambda k, *_: [k - 1.0, k + 1.0]]).table
    assert table["<lambda>"].tolist() == [2.0, 3.0]
    np.testing.assert_allclose(table["<lambda>_sd"], np.sqrt(2))


def test_one_curve_has_no_gap():
    table = select(GROUPS[:1], [1], criteria=["inertia", "gap"]).table
    assert table["gap"].isna().all()


def test_the_gap_takes_the_first_number_that_the_next_does_not_beat():
    table = pd.DataFrame({"gap": [0.1, 0.5, 0.52, 0.9], "gap_sd": [0.01, 0.01, 0.05, 0.01]}, index=[1, 2, 3, 4])
    assert CRITERIA["gap"].vote(table) == 2
    assert CRITERIA["gap"].vote(table.drop(index=3)) is None


def test_soft_dtw_has_inertia_and_stability_only():
    table = select(metric="soft_dtw", metric_params={"gamma": 0.1}, k_values=[1, 2, 3], n_seeds=1).table
    assert list(table) == ["inertia", "inertia_sd"]
    with pytest.raises(ValueError, match="'silhouette' has no meaning under 'soft_dtw'"):
        select(metric="soft_dtw", criteria=["silhouette"])


def test_it_plots_itself(everything):
    assert isinstance(everything, ClusterSelection)
    assert len(everything.plot().axes) == len(ALL)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"k_values": []}, "k_values is empty"),
        ({"k_values": [0, 3]}, "at least 1; got 0"),
        ({"k_values": [2, 241]}, "240 distinct curves; got 241"),
        ({"criteria": ["luck"]}, "'luck'"),
        ({"metric": "nosuch"}, "'nosuch'"),
        ({"metric_params": {"window": 3}}, "'window'"),
        ({"n_seeds": 0}, "n_seeds"),
        ({"n_resamples": 0}, "n_resamples"),
        ({"sample_size": 2.5}, "sample_size must be an integer or None"),
        ({"n_resamples": 1, "criteria": ["stability"]}, "n_resamples must be at least 2"),
        ({"criteria": ["inertia", "inertia"]}, "two criteria are called 'inertia'"),
        ({"metric": OFFSET}, "'offset'"),
        ({"criteria": [type("class_ari", (), {"__call__": None})]}, "cannot be called 'class_ari'"),
        ({"classes": [1, 2]}, "there are 2 for 240 curves"),
        ({"classes": [None] * 240}, "no class is known"),
    ],
)
def test_what_cannot_be_used_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        select(**options)


def test_criteria_of_all_distances_are_computed_from_a_sample_which_is_said(everything):
    assert everything.sample is None
    sampled = select(criteria=ALL, sample_size=120)
    np.testing.assert_array_equal(sampled.table["inertia"], everything.table["inertia"])
    error = (sampled.table["silhouette"] - everything.table["silhouette"]).abs().max()
    assert 0 < error < 3 * sampled.sample.silhouette_error
    assert (sampled.table["dunn"].dropna() >= everything.table["dunn"].dropna()).all()
    assert re.fullmatch(
        r"silhouette and dunn are computed from a sample of 1\d\d of the 240 curves; the standard error of a mean "
        r"silhouette is at most 0\.\d+; the Dunn index of a sample is an upper bound",
        sampled.sample.words,
    )
    assert "upper bound" in sampled._repr_html_()


def test_a_missing_value_is_refused_with_its_row():
    X = GROUPS.copy()
    X[7, 3] = np.nan
    with pytest.raises(DataError, match="row 7, column 3"):
        select(X)
