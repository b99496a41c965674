"""The estimators in scikit-learn's hands: searches, pipelines, tables in and out, metadata, tags."""

import numpy as np
import pandas as pd
import pytest
from contracts.public_estimators import INSTANCES, spelled
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.base import clone, is_classifier, is_clusterer, is_regressor
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC, SVR
from sklearn.utils import get_tags

import tsshape
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeMeanShift,
    silhouette,
)
from tsshape.features import FeatureSelector, TableEncoder
from tsshape.forecast import DirectForecaster, ScaleRegressor, ScaleShapeForecaster, ShapeClassifier

BASELINES = {"LastValue", "SzaboHuberman", "MultivariateLinear", "RadialBasis"}
REGRESSORS = {"ScaleRegressor", "ScaleShapeForecaster", "DirectForecaster"} | BASELINES
RNG = np.random.default_rng(0)
# Numbers that clusterings, features, classifiers and regressors all take.
TABLE = pd.DataFrame(np.sort(RNG.random((60, 4)), axis=1), [f"p{row}" for row in range(60)], list("abcd"))
LABELS = np.arange(60) % 3
COUNTS = 1.0 + 20 * TABLE["a"].to_numpy() + LABELS
TRANSFORMERS = [each for each in INSTANCES if hasattr(each, "transform")]
# A label is that of the nearest curve, not of the nearest prototype.
BY_DENSITY = (ShapeDBSCAN, ShapeHDBSCAN)
CLUSTERERS = [each for each in INSTANCES if is_clusterer(each)]

POSTS = tsshape.simulate_spid(120, n_times=6, random_state=0)
FEATURES = POSTS.features[["Contacts", "MeanViews", "TagCount", "Ispro"]]
RISEN = POSTS.curves[POSTS.curves.max(axis=1) > 0]

# The bandwidth that is estimated for so few curves gives one cluster.
pytestmark = pytest.mark.filterwarnings("ignore:the bandwidth .* gives")


def target_of(estimator):
    """A target that the estimator takes."""
    tags = get_tags(estimator)
    if is_classifier(estimator):
        return LABELS
    if not tags.target_tags.required:
        return None
    return COUNTS if tags.target_tags.single_output else COUNTS[:, None]


def quick_forecaster(**parameters):
    """A forecaster at upload, with one model for the scale."""
    return ScaleShapeForecaster(
        ShapeKMeans(3, n_init=1, random_state=0),
        regressor=ScaleRegressor(quantiles=(0.5,), random_state=0),
        in_flight=False,
        intervals=False,
        random_state=0,
        **parameters,
    )


def shape_of(curves):
    return tsshape.split_scale_shape(curves)[1]


SPLIT = FunctionTransformer(shape_of, feature_names_out="one-to-one")


def by_silhouette(clustering, X, y=None):
    del y
    return silhouette(X, clustering.predict(X), metric="euclidean")


@pytest.mark.parametrize("estimator", INSTANCES, ids=spelled)
def test_clones_have_the_same_parameters_at_every_depth(estimator):
    assert str(clone(estimator).get_params()) == str(estimator.get_params())
    params = {name: value for name, value in estimator.get_params().items() if not hasattr(value, "get_params")}
    assert str(clone(estimator).set_params(**params).get_params()) == str(estimator.get_params())


def test_parameters_of_parts_are_set_by_name():
    forecaster = quick_forecaster(classifier=ShapeClassifier(encoder=TableEncoder()))
    forecaster.set_params(clusterer__n_clusters=5, regressor__loss="mean", classifier__encoder__max_categories=3)
    assert forecaster.clusterer.n_clusters == 5
    assert forecaster.regressor.loss == "mean"
    assert forecaster.classifier.encoder.max_categories == 3
    selector = FeatureSelector(LinearRegression()).set_params(estimator__positive=True)
    assert selector.estimator.positive


@pytest.mark.parametrize("estimator", TRANSFORMERS, ids=spelled)
def test_tables_come_out_where_they_are_asked_for_with_the_promised_names(estimator):
    plain = clone(estimator).fit(TABLE, target_of(estimator)).transform(TABLE)
    model = clone(estimator).set_output(transform="pandas")
    found = model.fit_transform(TABLE, target_of(estimator))
    assert isinstance(found, pd.DataFrame)
    assert found.columns.tolist() == list(model.get_feature_names_out())
    pd.testing.assert_index_equal(found.index, TABLE.index)
    np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("estimator", INSTANCES, ids=spelled)
def test_tables_and_arrays_of_the_same_numbers_give_the_same(estimator):
    of_table, of_array = clone(estimator), clone(estimator)
    of_table.fit(TABLE, target_of(estimator))
    of_array.fit(TABLE.to_numpy(), target_of(estimator))
    method = "predict" if hasattr(estimator, "predict") else "transform"
    found = [getattr(model, method)(X) for model, X in ((of_table, TABLE), (of_array, TABLE.to_numpy()))]
    np.testing.assert_array_equal(*map(np.asarray, found))
    assert of_table.feature_names_in_.tolist() == list("abcd")
    assert not hasattr(of_array, "feature_names_in_")
    assert of_table.n_features_in_ == of_array.n_features_in_ == 4


@pytest.mark.parametrize("estimator", CLUSTERERS, ids=spelled)
def test_a_curve_belongs_to_the_prototype_that_is_nearest_by_transform(estimator):
    if not hasattr(estimator, "transform"):
        pytest.skip("k-shape has no distance for constant curves")
    for X in (TABLE, TABLE.astype("float32")):
        model = clone(estimator).fit(TABLE)
        distances = model.transform(X)
        if not isinstance(model, BY_DENSITY):
            np.testing.assert_array_equal(distances.argmin(axis=1), model.predict(X))
        assert str(distances.dtype) in get_tags(estimator).transformer_tags.preserves_dtype


def test_a_search_compares_metrics_and_numbers_of_clusters_by_one_measure():
    shapes = np.repeat([[0.1, 0.2, 1.0], [0.5, 0.9, 1.0], [0.9, 1.0, 1.0]], 12, axis=0) + 0.02 * RNG.random((36, 3))
    grid = {"metric": ["euclidean", "area"], "n_clusters": [2, 3, 4]}
    model = ShapeKMeans(n_init=1, random_state=0)
    search = GridSearchCV(model, grid, scoring=by_silhouette, cv=3).fit(RNG.permutation(shapes))
    assert search.best_params_["n_clusters"] == 3
    assert search.predict(shapes[:2]).shape == (2,)


def test_a_search_compares_metrics_and_numbers_of_clusters_by_the_forecast():
    grid = {"clusterer__metric": ["euclidean", "area"], "clusterer__n_clusters": [1, 4]}
    search = GridSearchCV(quick_forecaster(), grid, cv=2).fit(FEATURES, POSTS.curves)
    best = search.best_estimator_
    assert len(best.prototypes_) == search.best_params_["clusterer__n_clusters"]
    assert best.clusterer_.metric == search.best_params_["clusterer__metric"]
    assert len(set(search.cv_results_["mean_test_score"])) > 1


def test_the_score_of_k_means_grows_with_the_number_of_clusters_whatever_the_metric():
    for metric in ("euclidean", "area"):
        models = [ShapeKMeans(k, metric=metric, random_state=0).fit(TABLE) for k in (2, 8)]
        assert models[0].score(TABLE) < models[1].score(TABLE) < 0


def test_the_score_of_forecasts_is_r2_of_the_logarithms():
    features, curves = FEATURES.loc[RISEN.index], RISEN
    for model in (quick_forecaster(), DirectForecaster(days=(1,), random_state=0)):
        model.fit(features, curves)
        expected = r2_score(np.log1p(curves), np.log1p(model.predict(features)))
        assert model.score(features, curves) == pytest.approx(expected, rel=1e-12)
    regressor, scale = ScaleRegressor(quantiles=(0.5,), random_state=0), curves.max(axis=1)
    regressor.fit(features, scale)
    expected = r2_score(np.log1p(scale), np.log1p(regressor.predict(features)))
    assert regressor.score(features, scale) == pytest.approx(expected, rel=1e-12)
    # A post of ten million views that is missed leaves the others their say.
    great = curves.copy()
    great.iloc[0] = 1e7
    assert model.score(features, great) > 0.5 * model.score(features, curves)
    assert r2_score(great, model.predict(features)) < 0.01


def test_cross_validation_gives_each_post_a_forecast_and_the_same_for_any_number_of_jobs():
    model = quick_forecaster()
    forecast = cross_val_predict(model, FEATURES, POSTS.curves, cv=2)
    assert forecast.shape == POSTS.curves.shape
    alone, together = (cross_val_score(model, FEATURES, POSTS.curves, cv=2, n_jobs=n_jobs) for n_jobs in (1, 2))
    np.testing.assert_array_equal(alone, together)


@pytest.mark.parametrize(
    "clustering",
    [ShapeKMeans(3, random_state=0), ShapeKMedoids(3, random_state=0), ShapeMeanShift(0.3), ShapeAgglomerative(3)],
    ids=spelled,
)
def test_curves_are_split_and_clustered_in_a_pipeline(clustering):
    pipeline = make_pipeline(SPLIT, clustering).set_output(transform="pandas")
    distances = pipeline.fit_transform(RISEN)
    assert distances.columns.tolist() == pipeline[-1].get_feature_names_out().tolist()
    np.testing.assert_array_equal(pipeline.fit_predict(RISEN), clone(clustering).fit(shape_of(RISEN)).labels_)


def test_columns_are_encoded_selected_and_clustered_side_by_side():
    table = pd.concat([FEATURES.loc[RISEN.index], RISEN.rename(columns="day{}".format)], axis=1)
    days = [name for name in table if name.startswith("day")]
    numbers = ["Contacts", "MeanViews", "TagCount"]
    columns = make_column_transformer(
        (TableEncoder(), ["Ispro"]),
        (FeatureSelector(LinearRegression(), max_features=1, cv=3, random_state=0), numbers),
        (make_pipeline(SPLIT, ShapeKMeans(2, random_state=0)), days),
    ).set_output(transform="pandas")
    found = columns.fit_transform(table, RISEN.max(axis=1))
    assert found.columns.tolist() == columns.get_feature_names_out().tolist()
    assert found.columns.tolist() == [
        "tableencoder__Ispro",
        "featureselector__MeanViews",
        "pipeline__shapekmeans0",
        "pipeline__shapekmeans1",
    ]


def test_a_selector_goes_between_an_encoder_and_a_regressor():
    pipeline = make_pipeline(
        TableEncoder(categories="onehot"),
        SimpleImputer().set_output(transform="pandas"),
        FeatureSelector(LinearRegression(), cv=3, random_state=0),
        LinearRegression(),
    )
    grid = {"featureselector__max_features": [1, 2], "tableencoder__max_categories": [5]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(FEATURES, np.log1p(POSTS.curves.max(axis=1)))
    best = search.best_estimator_
    assert set(best[:-1].get_feature_names_out()) <= set(FEATURES.columns)
    assert best[-1].n_features_in_ == len(best[:-1].get_feature_names_out())


@pytest.mark.parametrize("model", [quick_forecaster(), DirectForecaster(days=(1,), random_state=0)], ids=spelled)
def test_authors_are_metadata(model):
    with config_context(enable_metadata_routing=True):
        asking = clone(model).set_fit_request(authors=True).set_score_request(authors=True)
        scores = cross_val_score(
            asking, FEATURES, POSTS.curves, params={"authors": POSTS.authors}, cv=[(range(80), range(80, 120))]
        )
    known = clone(model).fit(FEATURES[:80], POSTS.curves[:80], authors=POSTS.authors[:80])
    assert scores[0] == known.score(FEATURES[80:], POSTS.curves[80:], authors=POSTS.authors[80:])
    assert scores[0] != known.score(FEATURES[80:], POSTS.curves[80:])


@pytest.mark.parametrize("kind", [ShapeKMeans, ShapeKMedoids])
def test_weights_are_metadata(kind):
    weights = RNG.integers(0, 3, len(RISEN)).astype(float)
    with config_context(enable_metadata_routing=True):
        asking = kind(3, random_state=0).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(SPLIT, asking).fit(RISEN, sample_weight=weights)
    alone = kind(3, random_state=0).fit(shape_of(RISEN), sample_weight=weights)
    np.testing.assert_array_equal(pipeline[-1].prototypes_, alone.prototypes_)


@pytest.mark.parametrize("estimator", INSTANCES, ids=spelled)
def test_nothing_but_what_is_given_beside_the_posts_is_metadata(estimator):
    routing = estimator.get_metadata_routing()
    for method in ("fit", "partial_fit", "predict", "predict_proba", "transform", "score"):
        assert set(getattr(routing, method).requests) <= {"authors", "posted", "observed", "sample_weight"}


def takes(estimator, X, y):
    """Whether an estimator can be fitted on this; what it refuses, it refuses with an error of the right kind."""
    try:
        clone(estimator).fit(X, y)
    except (ValueError, TypeError):
        return False
    return True


@pytest.mark.parametrize("estimator", INSTANCES, ids=spelled)
def test_the_tags_of_the_input_are_what_is_taken(estimator):
    tags, y = get_tags(estimator).input_tags, target_of(estimator)
    assert takes(estimator, TABLE, y)
    # Days that are missing at the end, which elastic metrics take, are days that are not over.
    assert takes(estimator, TABLE.mask(TABLE < 0.05), y) == tags.allow_nan
    assert takes(estimator, csr_array(TABLE.to_numpy()), y) == tags.sparse
    words = TABLE.assign(a=np.array(["cats", "news"])[LABELS % 2])
    assert takes(estimator, words, y) == tags.string
    assert takes(estimator, words.astype({"a": "category"}), y) == tags.categorical
    assert takes(estimator, -TABLE, y) != tags.positive_only
    assert not takes(estimator, TABLE["a"].to_numpy(), y)
    assert takes(estimator, np.stack([TABLE, TABLE**2], axis=1), y) == tags.three_d_array
    assert tags.two_d_array
    assert not tags.one_d_array
    assert not tags.pairwise


@pytest.mark.parametrize("estimator", INSTANCES, ids=spelled)
def test_the_tags_of_the_target_are_what_is_taken(estimator):
    tags, y = get_tags(estimator).target_tags, target_of(estimator)
    assert takes(estimator, TABLE, None) != tags.required
    if not tags.required:
        return
    assert takes(estimator, TABLE, y if y.ndim == 1 else y[:, 0]) == tags.single_output
    assert takes(estimator, TABLE, np.column_stack([y, y + 1])) == tags.multi_output
    if is_regressor(estimator):
        assert takes(estimator, TABLE, -y) != tags.positive_only


@pytest.mark.parametrize(
    ("kind", "part"), [(ShapeClassifier, SVC()), (ScaleRegressor, SVR())], ids=["classifier", "regressor"]
)
def test_missing_values_are_taken_where_the_part_takes_them(kind, part):
    assert not get_tags(kind(part)).input_tags.allow_nan
    assert not takes(kind(part), TABLE.mask(TABLE > 0.95), LABELS)
    name = "classifier" if kind is ShapeClassifier else "regressor"
    assert not get_tags(ScaleShapeForecaster(**{name: part})).input_tags.allow_nan


def test_clusterings_classifiers_and_regressors_say_what_they_are():
    for estimator in INSTANCES:
        kinds = [is_clusterer(estimator), is_classifier(estimator), is_regressor(estimator)]
        name = type(estimator).__name__
        clusters, classifies = name in {type(each).__name__ for each in CLUSTERERS}, name == "ShapeClassifier"
        assert kinds == [clusters, classifies, name in REGRESSORS]
        assert hasattr(estimator, "transform") == (get_tags(estimator).transformer_tags is not None)
