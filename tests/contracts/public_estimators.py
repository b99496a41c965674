"""The estimators of the public names, and instances of them with settings that make their tests quick."""

import inspect
import pkgutil
import re
from importlib import import_module

from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

import tsshape
from tsshape.cluster import (
    ShapeAgglomerative,
    ShapeDBSCAN,
    ShapeHDBSCAN,
    ShapeKMeans,
    ShapeKMedoids,
    ShapeKShape,
    ShapeMeanShift,
    clustering_methods,
    get_clusterer,
)
from tsshape.features import FeatureSelector, TableEncoder
from tsshape.forecast import (
    DirectForecaster,
    RadialBasis,
    ScaleRegressor,
    ScaleShapeForecaster,
    ShapeClassifier,
    SzaboHuberman,
)

METRICS = ("euclidean", "dtw", "area")

# A class that is not here is taken as it comes.
QUICK = {
    # scikit-learn's checks give weights to 4 distinct curves.
    "ShapeKMeans": [ShapeKMeans(3, metric=metric, n_init=2, random_state=0) for metric in METRICS],
    "ShapeKMedoids": [ShapeKMedoids(3, metric=metric, random_state=0) for metric in METRICS],
    "ShapeMeanShift": [ShapeMeanShift(metric=metric) for metric in ("euclidean", "auc", "cumulative_area")],
    "ShapeAgglomerative": [ShapeAgglomerative(2, metric=metric) for metric in METRICS],
    "ShapeDBSCAN": [ShapeDBSCAN(metric=metric) for metric in METRICS],
    "ShapeHDBSCAN": [ShapeHDBSCAN(min_samples=2, metric=metric) for metric in METRICS],
    "ShapeKShape": [ShapeKShape(2, random_state=0)],
    "TableEncoder": [TableEncoder(random_state=0), TableEncoder(categories="onehot", random_state=0)],
    "FeatureSelector": [
        FeatureSelector(LinearRegression(), cv=3, random_state=0),
        FeatureSelector(DecisionTreeRegressor(max_depth=3, random_state=0), cv=3, random_state=0),
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
        # scikit-learn's checks have curves of one day, whose shapes are all the same.
        ScaleShapeForecaster(ShapeKMeans(1), regressor=ScaleRegressor(quantiles=(0.5,), random_state=0), random_state=0)
    ],
    "DirectForecaster": [DirectForecaster(random_state=0)],
    "SzaboHuberman": [SzaboHuberman("log")],
    "RadialBasis": [RadialBasis(5, random_state=0)],
}
# An editable installation offers what it did on the day that it was made.
if "tslearn:kernel-kmeans" in clustering_methods():
    QUICK["KernelKMeans"] = [get_clusterer("tslearn:kernel-kmeans")(2, random_state=0)]

# They take paths of pictures, of which scikit-learn's checks have none; their own tests have what needs no table.
WITHOUT_TABLES = {"ImageEmbedder"}


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


def spelled(estimator):
    """An instance in one line."""
    return re.sub(r"\s+", " ", str(estimator))


ESTIMATORS = public_estimators()
INSTANCES = [
    each for name, kind in ESTIMATORS.items() if name not in WITHOUT_TABLES for each in QUICK.get(name) or [kind()]
]
