from typing import ClassVar

import numpy as np
import pytest

import tsshape
from tsshape import DataError
from tsshape.cluster import ShapeKMeans, select_n_clusters
from tsshape.forecast import Predictability

POSTS = tsshape.simulate_spid(240, n_times=8, random_state=0)


def error(features=POSTS.features, curves=POSTS.curves, **options):
    """The criterion, on few folds."""
    options = {"n_splits": 2, "random_state": 0} | options
    return Predictability(features, curves, ShapeKMeans(n_init=1, random_state=0), **options)


def test_it_is_the_error_of_forecasts_in_the_unit_of_the_counts():
    found = error()(3, None, None)
    assert found.shape == (2,)
    assert 0 < found.min() <= found.max() < np.median(POSTS.curves.max(axis=1))
    assert error(curves=POSTS.curves * 10)(3, None, None) == pytest.approx(10 * found, rel=0.2)


def test_the_labels_that_are_handed_in_do_not_matter():
    criterion = error()
    handed = criterion(3, np.zeros(240, int), POSTS.curves.to_numpy()[:3])
    np.testing.assert_array_equal(handed, criterion(3, None, None))


class Recording(ShapeKMeans):
    """K-means that keeps what it was fitted on."""

    fitted_on: ClassVar[list] = []

    def fit(self, X, y=None, sample_weight=None):
        self.fitted_on.append({row.tobytes() for row in np.asarray(X)})
        return super().fit(X, y, sample_weight)


def test_a_forecast_is_scored_on_curves_that_nothing_was_fitted_on():
    Recording.fitted_on.clear()
    criterion = Predictability(POSTS.features, POSTS.curves, Recording(random_state=0), n_splits=3, random_state=0)
    criterion(3, None, None)
    assert len(Recording.fitted_on) == 3
    for fold, seen in zip(criterion._folds, Recording.fitted_on, strict=True):
        _, shapes = tsshape.split_scale_shape(fold.test_curves.to_numpy())
        assert not seen & {row.tobytes() for row in shapes}


def test_only_the_numbers_that_were_asked_for_are_evaluated():
    criterion = error(k_values=[2])
    assert np.isnan(criterion(3, None, None)).all()
    assert (criterion(2, None, None) > 0).all()


def test_more_clusters_than_a_training_part_has_shapes_give_nan():
    few = POSTS.curves.iloc[:10]
    assert np.isnan(error(features=POSTS.features.iloc[:10], curves=few)(6, None, None)).all()


def test_it_decides_a_selection():
    _, shapes = tsshape.split_scale_shape(POSTS.curves)
    selection = select_n_clusters(shapes, [1, 2, 4, 8], criteria=["inertia", error(k_values=[2, 4, 8])], random_state=0)
    assert selection.table[["predictability", "predictability_sd"]].notna().all(axis=1).tolist() == [False, *[True] * 3]
    assert selection.recommended.n_clusters in {2, 4, None}
    assert "predictability" in selection.recommended.reason


def test_tables_of_different_posts_are_refused():
    with pytest.raises(DataError, match="240 rows and curves 100"):
        error(curves=POSTS.curves[:100])


@pytest.mark.parametrize("n_splits", [1, 241])
def test_a_number_of_folds_out_of_range_is_refused(n_splits):
    with pytest.raises(ValueError, match="n_splits"):
        error(n_splits=n_splits)
