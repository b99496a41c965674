"""Greedy forward selection of features by rank correlation, as in the paper."""

from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.feature_selection import SelectorMixin
from sklearn.model_selection import KFold, check_cv, cross_val_predict
from sklearn.utils import _safe_indexing, check_array, check_consistent_length, get_tags
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data

from tsshape._typing import BoolArray, FloatArray, IntArray, RandomState
from tsshape._validation import Constraints, Number, check_parameters
from tsshape.features._spearman import spearman


class FeatureSelector(SelectorMixin, MetaEstimatorMixin, BaseEstimator):
    """Select the columns from which an estimator ranks posts best.

    Starting from none, each step adds the column with which the cross-validated predictions of the estimator have the
    highest Spearman correlation with the target; the first of equal columns. A. Dutta and F. A. Barbhuiya, "Predicting
    Popularity of Images Over 30 Days" (arXiv 2108.01326, 2021), chose their features this way: "each feature alone,
    then combinations". Each step fits the estimator `cv` times for each remaining column.

    Parameters
    ----------
    estimator : regressor
        The estimator that predicts from the columns; clones of it are fitted.
    max_features : int
        The largest number of columns to select, at least 1.
    min_gain : float
        Selection stops when the best column adds less than this to the correlation. The first column is always taken.
    cv : int, splitter or iterable
        Number of shuffled folds, a scikit-learn splitter, or pairs of train and test rows.
    n_jobs : int or None
        Number of columns that are tried at the same time, as in joblib. The selection does not depend on it.
    random_state : int, RandomState or None
        Seed of the shuffling if `cv` is a number. All columns and steps use the same folds.

    Attributes
    ----------
    support_ : bool array of shape (n_features,)
        Whether each column is selected.
    selected_ : int64 array of shape (n_selected,)
        Positions of the selected columns, in the order of their selection.
    scores_ : float64 array of shape (n_selected,)
        Spearman's correlation, from -1 to 1, after each step.
    feature_names_in_ : array of shape (n_features,)
        Names of the columns, if the training table has any.
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

    _constraints: ClassVar[Constraints] = {"max_features": Number(1, integer=True), "min_gain": Number()}

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
            Features as the estimator takes them; NaN is allowed if the estimator allows it.
        y : array-like of shape (n_posts,)
            The target, finite numbers.

        Returns
        -------
        self : FeatureSelector
            The fitted selector.

        Raises
        ------
        ValueError
            If scikit-learn's checks or the estimator reject a parameter or the data.
        """
        check_parameters(self.get_params(deep=False), self._constraints)
        X, y = self._validated(X, y)
        shuffled = isinstance(self.cv, Integral)
        cv = KFold(self.cv, shuffle=True, random_state=self.random_state) if shuffled else check_cv(self.cv)
        splits = list(cv.split(X, y))
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
        """Return the selected columns, in the order of the table.

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
        """Return which columns are selected; scikit-learn's mixin calls this."""
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = get_tags(self.estimator).input_tags.allow_nan
        return tags

    def _validated(self, X: Any, y: Any) -> tuple[Any, FloatArray]:
        """Check the table, which stays a DataFrame if it is one, and return the target as float64."""
        if not isinstance(X, pd.DataFrame):
            finite = "allow-nan" if get_tags(self).input_tags.allow_nan else True
            X, y = validate_data(self, X, y, ensure_all_finite=finite, y_numeric=True)
            return X, np.asarray(y, dtype=np.float64)
        validate_data(self, X, y, skip_check_array=True)
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        check_consistent_length(X, y)
        return X, y


def _rank_score(estimator: Any, X: Any, y: FloatArray, splits: list[tuple[IntArray, IntArray]]) -> float:
    """Return Spearman's correlation of the target with cross-validated predictions from the columns of X."""
    predicted = cross_val_predict(clone(estimator), X, y, cv=splits)
    rho, _ = spearman(predicted.reshape(-1, 1), y)
    return float(rho[0])
