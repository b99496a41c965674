"""The Predictive Power Score: how well one column alone predicts another."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import OneHotEncoder

from tsshape._typing import FloatArray, RandomState
from tsshape.features._columns import as_numbers, as_seconds, is_categorical, value_kind

_MAX_ROWS = 5000
_N_FOLDS = 4
_LARGE_EXPONENT = 100


def predictive_power_score(x: Any, y: Any, *, random_state: RandomState = 123) -> float:
    """Compute how well `x` alone predicts `y`, from 0 (no better than a naive forecast) to 1 (perfectly).

    A decision tree predicts `y` from `x` in four-fold cross-validation, on the rows in which both are present, or on a
    random sample of 5,000 of them. If `y` holds numbers or dates, the score is 1 - MAE / MAE_median, where MAE_median
    is the mean absolute error of the median, and at least 0. If `y` holds booleans, text or categories, the score is
    (F1 - F1_naive) / (1 - F1_naive) and at least 0, where F1 is weighted and F1_naive is that of the better naive
    forecast: the most common class, or the classes in random order. Unlike a rank correlation, the score is not
    symmetric, and it finds relations that are not monotone.

    Parameters
    ----------
    x, y : array-like of shape (n_rows,)
        Predictor and target: numbers, booleans, text, categories or dates; matched by position. A predictor of
        booleans, text or categories is one-hot encoded.
    random_state : int, RandomState or None
        Seed of the sample, the folds and the trees. The default is that of the published package.

    Returns
    -------
    score : float
        From 0 to 1. It is also 0 if there are fewer than four rows, if `y` is constant, if no class of `y` has four
        rows, or if the booleans, texts or categories of `x` or `y` are all different, as ids are.

    Raises
    ------
    DataError
        If a column holds an infinite number, or values of mixed or unknown type.

    Notes
    -----
    The score of F. Wetschoreck, T. Krabel and S. Krishnamurthy, "8080labs/ppscore" (2020, doi:10.5281/zenodo.4091345).
    It equals the score of version 1.3.0 of that package, except that the trees are seeded, and that dates count as
    numbers, where the package returns 0.

    Examples
    --------
    >>> import numpy as np
    >>> from tsshape.features import predictive_power_score
    >>> x = np.linspace(-1, 1, 400)
    >>> round(predictive_power_score(x, x**2), 2), round(predictive_power_score(x**2, x), 2)
    (0.98, 0.0)
    """
    (x_values, x_labels), (y_values, y_labels) = _as_values(pd.Series(x)), _as_values(pd.Series(y))
    pairs = pd.DataFrame({"x": x_values, "y": y_values}).dropna()
    if len(pairs) > _MAX_ROWS:
        pairs = pairs.sample(_MAX_ROWS, random_state=random_state)
    if len(pairs) < _N_FOLDS or pairs["y"].min() == pairs["y"].max() or (x_labels and pairs["x"].is_unique):
        return 0.0
    shuffled = pairs.sample(frac=1, random_state=random_state)
    predictor = shuffled[["x"]].to_numpy()
    if x_labels:
        predictor = OneHotEncoder().fit_transform(predictor)
    if not y_labels:
        error = -_tree_score(predictor, shuffled["y"], random_state, classes=False)
        naive_error = (pairs["y"] - pairs["y"].median()).abs().mean()
        return max(0.0, 1 - error / float(naive_error))
    if pairs["y"].value_counts().iloc[0] < _N_FOLDS:
        return 0.0
    f1 = _tree_score(predictor, shuffled["y"], random_state, classes=True)
    naive_f1 = _naive_f1(pairs["y"], random_state)
    return (f1 - naive_f1) / (1 - naive_f1) if f1 > naive_f1 else 0.0


def _as_values(column: pd.Series) -> tuple[FloatArray, bool]:
    """Return a column as float64, NaN where missing, and whether the numbers are class labels."""
    kind = value_kind(column)
    if kind is None:
        return np.full(len(column), np.nan), False
    if is_categorical(column) or infer_dtype(column) in ("boolean", "string"):
        codes = pd.factorize(column, sort=True)[0].astype(np.float64)
        return np.where(codes < 0, np.nan, codes), True
    return _in_single_range(as_seconds(column) if kind == "date" else as_numbers(column)), False


def _in_single_range(values: FloatArray) -> FloatArray:
    """Scale numbers by a power of two, which is exact, so that a tree can hold them in single precision.

    The score does not depend on the unit.
    """
    exponent = np.frexp(np.nanmax(np.abs(values)))[1]
    return values if abs(exponent) < _LARGE_EXPONENT else np.ldexp(values, -exponent)


def _tree_score(x: Any, y: pd.Series, random_state: RandomState, *, classes: bool) -> float:
    """Return the cross-validated score of a tree: minus the mean absolute error, or the weighted F1."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor  # noqa: PLC0415 - slow to import

    tree, scoring = (
        (DecisionTreeClassifier, "f1_weighted") if classes else (DecisionTreeRegressor, "neg_mean_absolute_error")
    )
    with warnings.catch_warnings():
        # Rare classes are missing from some folds, or most classes are rare: the published score ignores that, too.
        warnings.filterwarnings("ignore", message="The (least populated class in y|number of unique classes)")
        model = tree(random_state=random_state)
        return float(cross_val_score(model, x, y, cv=_N_FOLDS, scoring=scoring, error_score="raise").mean())


def _naive_f1(labels: pd.Series, random_state: RandomState) -> float:
    """Return the weighted F1 of the better naive forecast: the most common class, or the classes in random order."""
    most_common = np.full(len(labels), labels.mode()[0])
    in_random_order = labels.sample(frac=1, random_state=random_state)
    return max(float(f1_score(labels, naive, average="weighted")) for naive in (most_common, in_random_order))
