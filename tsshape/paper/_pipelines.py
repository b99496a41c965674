"""K-means 50 or mean shift 0.53, a random forest for the shape, a support vector machine for the scale."""

from functools import partial
from typing import Literal

from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from tsshape._typing import RandomState
from tsshape._validation import check_choice
from tsshape.cluster import ShapeKMeans, ShapeMeanShift
from tsshape.forecast import ScaleRegressor, ScaleShapeForecaster, ShapeClassifier
from tsshape.paper._feature_sets import FEATURE_SETS, published_or_ranked


def kmeans(*, random_state: RandomState = None) -> ShapeKMeans:
    """K-means with 50 clusters.

    Examples
    --------
    >>> kmeans().n_clusters
    50
    """
    return ShapeKMeans(50, random_state=random_state)


def mean_shift() -> ShapeMeanShift:
    """Mean shift with bandwidth 0.53, every curve a seed.

    Examples
    --------
    >>> mean_shift().bandwidth
    0.53
    """
    return ShapeMeanShift(0.53)


def shape_classifier(*, n_jobs: int | None = None, random_state: RandomState = None) -> ShapeClassifier:
    """A random forest of 200 trees on all features, its parameters found by grid search.

    Parameters
    ----------
    n_jobs : int, optional
        Processes for the grid search and threads for the forest.
    random_state : int, RandomState or None
        Seed of the forest and of the search's splits.

    Returns
    -------
    ShapeClassifier

    Notes
    -----
    The grid holds both split criteria and two sizes of leaf. Candidates are compared on two random splits that train
    on a quarter and test on a tenth of the training rows, which takes less time than the forest that is then fitted
    on all of them. Leaves of one post are left out of the grid: each node holds a figure for every class, so that
    such a forest of 50 classes takes gigabytes.

    Examples
    --------
    >>> sorted(shape_classifier().estimator.param_grid)
    ['criterion', 'min_samples_leaf']
    """
    search = GridSearchCV(
        RandomForestClassifier(200, n_jobs=n_jobs, random_state=random_state),
        {"criterion": ["gini", "entropy"], "min_samples_leaf": [5, 20]},
        cv=ShuffleSplit(2, train_size=0.25, test_size=0.1, random_state=random_state),
        error_score="raise",
    )
    return ShapeClassifier(search, random_state=random_state)


def scale_regressor(feature_set: str = "six") -> ScaleRegressor:
    """A support vector machine on the raw scale, from a few features; both sides standardised.

    Parameters
    ----------
    feature_set : str, default="six"
        A key of `FEATURE_SETS`. A table without the published columns gives as many columns as the set has, those
        whose Spearman correlation with the training scales is greatest in size.

    Returns
    -------
    ScaleRegressor

    Raises
    ------
    ValueError
        If there is no such set.

    Notes
    -----
    RBF kernel, C = 1, epsilon = 0.001, as published. Missing values become the median of the training rows.

    Examples
    --------
    >>> scale_regressor("eight").columns.keywords
    {'feature_set': 'eight'}
    """
    check_choice("feature_set", feature_set, FEATURE_SETS)
    machine = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        SVR(kernel="rbf", C=1.0, epsilon=0.001, cache_size=500),
    )
    # What is standardised comes back but for rounding, which a check would take for a fault where one scale is great.
    standardised = TransformedTargetRegressor(machine, transformer=StandardScaler(), check_inverse=False)
    return ScaleRegressor(standardised, columns=partial(published_or_ranked, feature_set=feature_set))


def forecaster(
    clustering: Literal["kmeans", "mean_shift"] = "kmeans",
    *,
    feature_set: str = "six",
    n_jobs: int | None = None,
    random_state: RandomState = None,
) -> ScaleShapeForecaster:
    """The paper's whole pipeline: the predicted scale times the prototype of the likeliest cluster.

    Parameters
    ----------
    clustering : {"kmeans", "mean_shift"}, default="kmeans"
        Which of the paper's clusterings.
    feature_set : str, default="six"
        As in `scale_regressor`.
    n_jobs : int, optional
        As in `shape_classifier`.
    random_state : int, RandomState or None
        Seed of all parts.

    Returns
    -------
    ScaleShapeForecaster

    Raises
    ------
    ValueError
        If there is no such clustering or feature set.

    Examples
    --------
    >>> forecaster("mean_shift").shape
    'hard'
    """
    check_choice("clustering", clustering, ("kmeans", "mean_shift"))
    return ScaleShapeForecaster(
        kmeans(random_state=random_state) if clustering == "kmeans" else mean_shift(),
        shape_classifier(n_jobs=n_jobs, random_state=random_state),
        scale_regressor(feature_set),
        shape="hard",
        in_flight=False,
        intervals=False,
    )
