"""Greedy forward selection of features by rank correlation, as the paper chose its sets."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.feature_selection import SelectorMixin
from sklearn.model_selection import KFold, check_cv, cross_val_predict
from sklearn.utils import _safe_indexing, check_array, check_consistent_length, check_scalar, get_tags
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data

from tsshape._typing import BoolArray, FloatArray, IntArray, RandomState
from tsshape.features._spearman import spearman


class FeatureSelector(SelectorMixin, MetaEstimatorMixin, BaseEstimator):
    """The few columns from which an estimator ranks posts best.

    Starting from none, each step adds the column with which the cross-validated predictions of the estimator have the
    highest Spearman correlation with the target; of equal columns the first. This is how A. Dutta and F. A. Barbhuiya,
    "Predicting Popularity of Images Over 30 Days" (arXiv 2108.01326, 2021), chose their features: "each feature alone,
    then combinations". Each step fits the estimator `cv` times for each column left.

    Parameters
    ----------
    estimator : regressor
        What is to predict from the columns; clones are fitted.
    max_features : int
        The largest number of columns to select, at least 1.
    min_gain : float
        Selection stops when the best column adds less than this to the correlation. The first column is always taken.
    cv : int, splitter or iterable
        Number of shuffled folds, or scikit-learn's splitter, or splits of the training rows into train and test.
    n_jobs : int or None
        Columns tried at the same time, as in joblib. The selection does not depend on it.
    random_state : int, RandomState or None
        Seed of the shuffling, where `cv` is a number. The same folds serve all columns and steps.

    Attributes
    ----------
    support_ : bool array of shape (n_features,)
        Whether each column is selected.
    selected_ : int64 array of shape (n_selected,)
        Positions of the selected columns, in the order in which they were chosen.
    scores_ : float64 array of shape (n_selected,)
        Spearman's correlation, from -1 to 1, after each step.
    feature_names_in_ : array of shape (n_features,)
        The columns' names, if the training table has any.
    n_features_in_ : int
        Their number.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from tsshape.features import FeatureSelector
    >>> X = np.random.default_rng(0).normal(size=(200, 5))
    >>> y = 2 * X[:, 3] + X[:, 1]
    >>> selector = FeatureSelector(LinearRegression(), max_features=2, random_state=0).fit(X, y)
    >>> selector.selected_, selector.scores_.round(2)
    (array([3, 1]), array([0.9, 1. ]))
    >>> selector.transform(X).shape
    (200, 2)
    """

    def __init__(
        self,
        estimator: Any,
        *,
        max_features: int = 8,
        min_gain: float = 0.0,
        cv: Any = 5,
        n_jobs: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.max_features = max_features
        self.min_gain = min_gain
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Select columns.

        Parameters
        ----------
        X : DataFrame or array of shape (n_posts, n_features)
            What the estimator takes; NaN is allowed if it is allowed there.
        y : array-like of shape (n_posts,)
            The target, finite numbers.

        Returns
        -------
        self : FeatureSelector
            The fitted selector.

        Raises
        ------
        ValueError
            If a parameter or the data cannot be used; from scikit-learn's checks or from the estimator.
        """
        check_scalar(self.max_features, "max_features", Integral, min_val=1)
        check_scalar(self.min_gain, "min_gain", Real)
        X, y = self._validated(X, y)
        splits = list(self._splitter().split(X, y))
        remaining = list(range(self.n_features_in_))
        selected: list[int] = []
        scores: list[float] = []
        with Parallel(n_jobs=self.n_jobs) as parallel:
            while remaining and len(selected) < self.max_features:
                tried = parallel(
                    delayed(_rank_score)(
                        self.estimator, _safe_indexing(X, sorted([*selected, column]), axis=1), y, splits
                    )
                    for column in remaining
                )
                best = int(np.argmax(tried))
                if scores and tried[best] - scores[-1] < self.min_gain:
                    break
                scores.append(tried[best])
                selected.append(remaining.pop(best))
        self.selected_: IntArray = np.array(selected, dtype=np.int64)
        self.scores_: FloatArray = np.array(scores, dtype=np.float64)
        self.support_: BoolArray = np.isin(np.arange(self.n_features_in_), selected)
        return self

    def transform(self, X: Any) -> Any:
        """The selected columns, in the order of the table.

        Parameters
        ----------
        X : DataFrame or array of shape (n_posts, n_features)
            Rows with the training columns.

        Returns
        -------
        selected : DataFrame or array of shape (n_posts, n_selected)
            A DataFrame if `X` is one, so that categories stay categories.
        """
        check_is_fitted(self)
        if isinstance(X, pd.DataFrame):
            validate_data(self, X, reset=False, skip_check_array=True)
            return self._transform(X)
        return super().transform(X)

    def _get_support_mask(self) -> BoolArray:
        """Which columns are selected; asked by scikit-learn's mixin."""
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = get_tags(self.estimator).input_tags.allow_nan
        return tags

    def _validated(self, X: Any, y: Any) -> tuple[Any, FloatArray]:
        """The table, left as it is if it is a DataFrame, and the target as float64."""
        if not isinstance(X, pd.DataFrame):
            finite = "allow-nan" if get_tags(self).input_tags.allow_nan else True
            X, y = validate_data(self, X, y, ensure_all_finite=finite, y_numeric=True)
            return X, np.asarray(y, dtype=np.float64)
        validate_data(self, X, y, skip_check_array=True)
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        check_consistent_length(X, y)
        return X, y

    def _splitter(self) -> Any:
        """The splitter of the cross-validation."""
        if isinstance(self.cv, Integral):
            return KFold(self.cv, shuffle=True, random_state=self.random_state)
        return check_cv(self.cv)


def _rank_score(estimator: Any, X: Any, y: FloatArray, splits: list[tuple[IntArray, IntArray]]) -> float:
    """Spearman's correlation between the target and the cross-validated predictions from the columns of X."""
    predicted = cross_val_predict(clone(estimator), X, y, cv=splits)
    rho, _ = spearman(predicted.reshape(-1, 1), y)
    return float(rho[0])
