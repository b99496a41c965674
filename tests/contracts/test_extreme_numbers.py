"""Numbers at the edges: a result that is finite, or one refusal that says why; no library's warning leaks."""

import numpy as np
import pandas as pd
import pytest

from tsshape import DataError, split_scale_shape
from tsshape.cluster import ShapeAgglomerative, ShapeKMeans, ShapeKMedoids, ShapeMeanShift, silhouette
from tsshape.forecast import DirectForecaster, ScaleShapeForecaster
from tsshape.metrics import available_metrics, get_metric, pairwise

N_POSTS, N_TIMES = 40, 4
IDS = pd.Index([f"p{number}" for number in range(N_POSTS)], name="id")
DRAW = np.random.default_rng(0)
PLAIN = pd.DataFrame(DRAW.integers(0, 50, (N_POSTS, N_TIMES)).cumsum(axis=1) + 1.0, IDS, range(1, N_TIMES + 1))
FEATURES = pd.DataFrame({"followers": DRAW.random(N_POSTS), "topic": ["cats", "dogs"] * (N_POSTS // 2)}, IDS)


def mixed():
    """Counts near 1 and counts near 1e18 in one table."""
    return PLAIN.mul(np.where(np.arange(N_POSTS) % 2, 1.0, 1e16), axis=0)


CURVES = {
    "counts of 1e18": PLAIN * 1e16,
    "counts of 1 and of 1e18": mixed(),
    "counts of 1e-300": PLAIN * 1e-300,
    "counts of one digit beyond whole numbers": PLAIN + 2.0**53,
    "a single day": PLAIN[[1]],
    "two days": PLAIN[[1, 2]],
    "all posts equal": PLAIN.iloc[[0] * N_POSTS].set_axis(IDS),
    "nothing but zeros": PLAIN * 0,
    "one post that lives": PLAIN * (np.arange(N_POSTS) == 3)[:, None],
    "two lives only": PLAIN.iloc[[0, 1] * (N_POSTS // 2)].set_axis(IDS),
    "the same scale for all": PLAIN.div(PLAIN.max(axis=1), axis=0) * 7,
    "one post a trillion times the others": PLAIN * np.where(np.arange(N_POSTS) == 5, 1e12, 1)[:, None],
}
TABLES = {
    "no feature at all": FEATURES[[]],
    "features that are all missing": pd.DataFrame({"x": [np.nan] * N_POSTS}, IDS),
    "features that are all the same": pd.DataFrame({"x": 1.0, "y": "same"}, IDS),
    "features of 1e300": pd.DataFrame({"x": DRAW.normal(size=N_POSTS) * 1e300}, IDS),
    "a category for every post": pd.DataFrame({"x": [f"topic {number}" for number in range(N_POSTS)]}, IDS),
    "texts that are all blank": pd.DataFrame({"x": [" "] * N_POSTS}, IDS),
    "columns with odd names": FEATURES.set_axis(['{"a": [1]}', "优酷\n,\t"], axis=1),
}


def answer(work):
    """What some work gives; a refusal is an answer if it is one line."""
    try:
        return np.asarray(work(), dtype=np.float64)
    except DataError as error:
        if not str(error).isprintable():
            raise AssertionError("the refusal is not one line") from error
        return np.zeros(0)


@pytest.mark.parametrize("loss", ["median", "mean", "trimmed"])
@pytest.mark.parametrize("name", CURVES)
def test_forecasts_of_extreme_curves_are_finite_or_refused(name, loss):
    curves = CURVES[name]
    forecasters = (
        ScaleShapeForecaster(ShapeKMeans(2, random_state=0), loss=loss, random_state=0),
        DirectForecaster(loss=loss, random_state=0),
    )
    for forecaster in forecasters:
        forecast = answer(lambda forecaster=forecaster: forecaster.fit(FEATURES, curves).predict(FEATURES))
        assert np.isfinite(forecast).all()
        assert (forecast >= 0).all()
    if hasattr(forecasters[0], "bands_"):
        seen = curves.iloc[:, :1]
        assert np.isfinite(answer(lambda: forecasters[0].predict(FEATURES, observed=seen))).all()
        assert np.isfinite(answer(lambda: np.hstack(forecasters[0].predict_interval(FEATURES, coverage=0.999)))).all()


@pytest.mark.parametrize("name", TABLES)
def test_forecasts_from_extreme_features_are_finite(name):
    features = TABLES[name]
    forecaster = ScaleShapeForecaster(ShapeKMeans(2, random_state=0), random_state=0).fit(features, PLAIN)
    assert np.isfinite(forecaster.predict(features)).all(axis=None)


@pytest.mark.parametrize("n_posts", [1, 2, 3])
def test_a_forecaster_of_very_few_posts_is_fitted(n_posts):
    few = FEATURES[:n_posts], PLAIN[:n_posts]
    forecaster = ScaleShapeForecaster(ShapeKMeans(1), random_state=0).fit(*few)
    assert np.isfinite(forecaster.predict(few[0])).all(axis=None)
    with pytest.raises(DataError, match="no intervals"):
        forecaster.predict_interval(few[0])


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize(
    "clusterer",
    [ShapeKMeans(2, random_state=0), ShapeKMedoids(2, random_state=0), ShapeMeanShift(), ShapeAgglomerative(2)],
)
def test_clusterings_of_extreme_shapes_are_finite_or_refused(name, clusterer):
    curves = CURVES[name]
    alive = curves[curves.max(axis=1) > 0]
    if alive.empty:
        with pytest.raises(DataError):
            split_scale_shape(curves)
        return
    shapes = split_scale_shape(alive)[1]
    prototypes = answer(lambda: clusterer.fit(shapes).prototypes_)
    assert np.isfinite(prototypes).all()
    if len(prototypes) > 1:
        assert -1 <= silhouette(shapes, clusterer.labels_) <= 1


@pytest.mark.parametrize("clusterer", [ShapeKMeans, ShapeKMedoids, ShapeAgglomerative])
def test_more_clusters_than_distinct_curves_are_refused_and_as_many_are_found(clusterer):
    shapes = split_scale_shape(CURVES["two lives only"])[1]
    with pytest.raises(ValueError, match="2 distinct curves; got 3"):
        clusterer(3).fit(shapes)
    assert len(np.unique(clusterer(2).fit(shapes).labels_)) == 2


@pytest.mark.parametrize("factor", [1e150, 1e-150, 1e18])
@pytest.mark.parametrize("metric", [name for name in available_metrics() if get_metric(name).origin == "built in"])
def test_distances_of_extreme_curves_are_finite_and_symmetric_or_refused(metric, factor):
    distances = answer(lambda: pairwise(PLAIN.to_numpy()[:8] * factor, metric=metric))
    assert np.isfinite(distances).all()
    if get_metric(metric).symmetric and len(distances):
        np.testing.assert_allclose(distances, distances.T, rtol=1e-9, atol=1e-12 * np.abs(distances).max())
