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
    """Return the paper's K-means, with 50 clusters.

    Examples
    --------
    >>> kmeans().n_clusters
    50
    """
    return ShapeKMeans(50, random_state=random_state)


def mean_shift() -> ShapeMeanShift:
    """Return the paper's mean shift, with bandwidth 0.53 and every curve as a seed.

    Examples
    --------
    >>> mean_shift().bandwidth
    0.53
    """
    return ShapeMeanShift(0.53)


def shape_classifier(*, n_jobs: int | None = None, random_state: RandomState = None) -> ShapeClassifier:
    """Return the paper's classifier: a random forest of 200 trees on all features, tuned by grid search.

    Parameters
    ----------
    n_jobs : int, optional
        Number of threads of the forest.
    random_state : int, RandomState or None
        Seed of the forest and of the splits of the search.

    Returns
    -------
    ShapeClassifier

    Notes
    -----
    The grid holds both split criteria and two sizes of leaf. Candidates are compared on two random splits that train
    on a quarter and test on a tenth of the training rows, which takes less time than the forest that is then fitted
    on all of them. Leaves of one post are not in the grid: each node holds a number for every class, so that such a
    forest of 50 classes takes gigabytes.

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
    """Return the paper's regressor: a support vector machine for the raw scale, features and target standardised.

    Parameters
    ----------
    feature_set : str, default="six"
        A key of `FEATURE_SETS`. From a table without the published columns, as many columns are taken as the set has,
        those with the largest absolute Spearman correlation with the training scales.

    Returns
    -------
    ScaleRegressor

    Raises
    ------
    ValueError
        If `feature_set` is not a key of `FEATURE_SETS`.

    Notes
    -----
    RBF kernel, C = 1, epsilon = 0.001, as published. Missing values are replaced by the median of the training rows.

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
    # The inverse of the standardisation is exact but for rounding, which scikit-learn's check reports for large scales.
    standardised = TransformedTargetRegressor(machine, transformer=StandardScaler(), check_inverse=False)
    return ScaleRegressor(standardised, columns=partial(published_or_ranked, feature_set=feature_set))


def forecaster(
    clustering: Literal["kmeans", "mean_shift"] = "kmeans",
    *,
    feature_set: str = "six",
    n_jobs: int | None = None,
    random_state: RandomState = None,
) -> ScaleShapeForecaster:
    """Return the paper's pipeline: the predicted scale times the prototype of the most probable cluster.

    Parameters
    ----------
    clustering : {"kmeans", "mean_shift"}, default="kmeans"
        The clustering.
    feature_set : str, default="six"
        As in `scale_regressor`.
    n_jobs : int, optional
        As in `shape_classifier`.
    random_state : int, RandomState or None
        Seed of all components.

    Returns
    -------
    ScaleShapeForecaster

    Raises
    ------
    ValueError
        If the clustering or the feature set is unknown.

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
