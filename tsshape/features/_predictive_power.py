"""The Predictive Power Score: how well one column alone predicts another."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tsshape._typing import FloatArray, RandomState
from tsshape.features._columns import as_numbers, as_seconds, is_categorical, value_kind

_MAX_ROWS = 5000
_N_FOLDS = 4
_LARGE_EXPONENT = 100


def predictive_power_score(x: Any, y: Any, *, random_state: RandomState = 123) -> float:
    """How well `x` alone predicts `y`, between 0 (no better than a naive forecast) and 1 (perfectly).

    A decision tree forecasts `y` from `x` in four-fold cross-validation, on the rows in which both are present, at most
    5,000 of them drawn at random. Numbers and dates are scored by the mean absolute error, relative to that of the
    median: 1 - MAE / MAE_median, at least 0. Flags, text and categories are scored by the weighted F1, relative to the
    better of two naive forecasts, the most common class and the classes in random order: (F1 - F1_naive) /
    (1 - F1_naive), at least 0. Unlike a rank correlation the score is not symmetric, and sees relations that are not
    monotone.

    Parameters
    ----------
    x, y : array-like of shape (n_rows,)
        Predictor and target: numbers, flags, text, categories or dates; matched by position. A predictor of flags, text
        or categories is one-hot encoded.
    random_state : int, RandomState or None
        Seed of the sample, of the folds and of the trees. The default is that of the published package.

    Returns
    -------
    score : float
        0 too if there are fewer than four rows, `y` is constant, or if `x` or `y` is of flags, text or categories that
        are all different, as ids are; or if no class of `y` has four rows.

    Raises
    ------
    DataError
        If a column holds an infinite number, or values of mixed or unknown type.

    Notes
    -----
    The score of F. Wetschoreck, T. Krabel and S. Krishnamurthy, "8080labs/ppscore" (2020, doi:10.5281/zenodo.4091345).
    It equals that of the package's version 1.3.0, except that the trees are seeded, and that dates are numbers where
    the package scores them 0.

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
        error = -_tree_score(DecisionTreeRegressor, predictor, shuffled["y"], random_state)
        return max(0.0, 1 - error / _naive_error(pairs["y"]))
    if pairs["y"].value_counts().iloc[0] < _N_FOLDS:
        return 0.0
    f1 = _tree_score(DecisionTreeClassifier, predictor, shuffled["y"], random_state)
    naive_f1 = _naive_f1(pairs["y"], random_state)
    return (f1 - naive_f1) / (1 - naive_f1) if f1 > naive_f1 else 0.0


def _as_values(column: pd.Series) -> tuple[FloatArray, bool]:
    """A column as float64 with NaN where missing, and whether the numbers are labels of classes."""
    kind = value_kind(column)
    if kind is None:
        return np.full(len(column), np.nan), False
    if is_categorical(column) or infer_dtype(column) in ("boolean", "string"):
        codes = pd.factorize(column, sort=True)[0].astype(np.float64)
        return np.where(codes < 0, np.nan, codes), True
    return _in_single_range(as_seconds(column) if kind == "date" else as_numbers(column)), False


def _in_single_range(values: FloatArray) -> FloatArray:
    """Numbers that a tree, which keeps them in single precision, can hold; by a power of two, which is exact.

    The score does not depend on the unit.
    """
    exponent = np.frexp(np.nanmax(np.abs(values)))[1]
    return values if abs(exponent) < _LARGE_EXPONENT else np.ldexp(values, -exponent)


def _tree_score(tree: Any, x: Any, y: pd.Series, random_state: RandomState) -> float:
    """The mean over the folds of a tree's score: minus the absolute error, or the weighted F1."""
    scoring = "f1_weighted" if tree is DecisionTreeClassifier else "neg_mean_absolute_error"
    with warnings.catch_warnings():
        # Rare classes are absent from some folds, or are most of the classes: the score stands, as the published one.
        warnings.filterwarnings("ignore", message="The (least populated class in y|number of unique classes)")
        model = tree(random_state=random_state)
        return float(cross_val_score(model, x, y, cv=_N_FOLDS, scoring=scoring, error_score="raise").mean())


def _naive_error(values: pd.Series) -> float:
    """The mean absolute error of forecasting the median."""
    return float((values - values.median()).abs().mean())


def _naive_f1(labels: pd.Series, random_state: RandomState) -> float:
    """The weighted F1 of the better naive forecast: the most common class, or the classes in random order."""
    most_common = np.full(len(labels), labels.mode()[0])
    in_random_order = labels.sample(frac=1, random_state=random_state)
    return max(float(f1_score(labels, naive, average="weighted")) for naive in (most_common, in_random_order))
