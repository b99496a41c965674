"""Every public estimator passes scikit-learn's own checks, but for the exceptions that docs/scikit-learn.md lists."""

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

import tsshape
from tsshape import paper
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeMeanShift,
    clustering_methods,
    get_clusterer,
)
from tsshape.features import FeatureSelector, TableEncoder
from tsshape.forecast import DirectForecaster, ScaleRegressor, ScaleShapeForecaster, ShapeClassifier

DOCUMENT = Path(__file__).parents[2] / "docs" / "scikit-learn.md"
METRICS = ("euclidean", "dtw", "area")

# What is checked of each class, with settings that make it quick; a class that is not here is checked as it comes.
CHECKED = {
    # The checks that give weights do so to 4 distinct curves.
    "ShapeKMeans": [ShapeKMeans(3, metric=metric, n_init=2, random_state=0) for metric in METRICS],
    "ShapeKMedoids": [ShapeKMedoids(3, metric=metric, random_state=0) for metric in METRICS],
    "ShapeMeanShift": [ShapeMeanShift(metric=metric) for metric in ("euclidean", "auc", "cumulative_area")],
    "ShapeAgglomerative": [ShapeAgglomerative(2, metric=metric) for metric in METRICS],
    "ShapeKShape": [get_clusterer("kshape")(2)],
    "TableEncoder": [TableEncoder(random_state=0), TableEncoder(categories="onehot", random_state=0)],
    "FeatureSelector": [
        FeatureSelector(LinearRegression(), cv=3, random_state=0),
        FeatureSelector(DecisionTreeRegressor(max_depth=3, random_state=0), cv=3),
    ],
    "ShapeClassifier": [
        ShapeClassifier(random_state=0),
        ShapeClassifier(RandomForestClassifier(5, random_state=0), random_state=0),
    ],
    "ScaleRegressor": [
        ScaleRegressor(random_state=0),
        ScaleRegressor(RandomForestRegressor(5, random_state=0), random_state=0),
    ],
    "ScaleShapeForecaster": [
        # The checks have curves of one day, whose shapes are all alike.
        ScaleShapeForecaster(
            ShapeKMeans(1),
            regressor=ScaleRegressor(quantiles=(0.5,), random_state=0),
            random_state=0,
        )
    ],
    "DirectForecaster": [DirectForecaster(random_state=0)],
}

WEIGHTS = "check_sample_weight_equivalence_on_dense_data"
DRAWS = (
    "Seeds are drawn by weight; a table with repeated rows draws others. scikit-learn excepts its own `KMeans` for the "
    "same reason."
)
NEGATIVE = "Its targets fall below 0, and counts of views do not."
# (class, metric or None, check): the reason. The document shows the same.
EXCEPTIONS = {
    **{("ShapeKMeans", metric, WEIGHTS): DRAWS for metric in METRICS},
    **{("ShapeKMedoids", metric, WEIGHTS): DRAWS for metric in ("dtw", "area")},
    ("ShapeKShape", None, "check_clustering"): (
        "It asks for three clusters of curves of two days; z-normalised, as k-shape takes them, such curves have two "
        "forms, up and down."
    ),
    ("ScaleShapeForecaster", None, "check_fit_score_takes_y"): (
        "The parameters of `fit` are called `features` and `curves`, not `X` and `y`; by position they are the same."
    ),
    ("ScaleShapeForecaster", None, "check_regressor_multioutput"): NEGATIVE,
    ("DirectForecaster", None, "check_regressor_multioutput"): NEGATIVE,
}


def public_modules():
    """Every module of the package whose name has no underscore in front, at any depth."""
    found = pkgutil.walk_packages(tsshape.__path__, "tsshape.")
    return [import_module(each.name) for each in found if not re.search(r"\._", each.name)]


def public_estimators():
    """Every estimator of the public names and of the clusterings by entry point, by its class's name."""
    named = [getattr(module, name) for module in public_modules() for name in getattr(module, "__all__", ())]
    found = [*named, *map(get_clusterer, clustering_methods())]
    classes = {each for each in found if inspect.isclass(each) and issubclass(each, BaseEstimator)}
    return {each.__name__: each for each in sorted(classes, key=lambda each: each.__name__)}


def exceptions_of(estimator):
    """The checks that an instance is not expected to pass, and why."""
    metric = estimator.get_params(deep=False).get("metric")
    return {
        check: why for (name, of, check), why in EXCEPTIONS.items() if (name, of) == (type(estimator).__name__, metric)
    }


ESTIMATORS = public_estimators()


# Some data of the checks are one blob, or few points.
@pytest.mark.filterwarnings("ignore:the bandwidth .* gives")
@parametrize_with_checks(
    [each for name, kind in ESTIMATORS.items() for each in CHECKED.get(name) or [kind()]],
    expected_failed_checks=exceptions_of,
    xfail_strict=True,
)
def test_it_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_the_estimators_are_found():
    assert set(CHECKED) <= set(ESTIMATORS)
    assert all(type(each).__name__ == name for name, instances in CHECKED.items() for each in instances)


def test_the_document_lists_the_exceptions():
    rows = re.findall(r"^\| `(\w+)`(?: under (.+?))? \| `(\w+)` \| (.+) \|$", DOCUMENT.read_text(), flags=re.MULTILINE)
    listed = [
        ((name, metric, check), why)
        for name, metrics, check, why in rows
        for metric in re.findall(r"`(\w+)`", metrics) or [None]
    ]
    assert len(listed) == len(EXCEPTIONS)
    assert dict(listed) == EXCEPTIONS


@pytest.mark.parametrize(
    "make", [paper.kmeans, paper.mean_shift, paper.shape_classifier, paper.scale_regressor, paper.forecaster]
)
def test_the_papers_pipelines_are_estimators_that_are_checked(make):
    assert type(make()) in ESTIMATORS.values()
