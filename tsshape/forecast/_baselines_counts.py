"""What the growth baselines have in common: counts so far in, later counts out."""

from abc import abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import LARGEST, Constraints, as_floats, check_curves, check_parameters, format_label
from tsshape.forecast._finite import IGNORE_OVERFLOW
from tsshape.forecast._score import score_logarithms


class LaterCountsMixin(RegressorMixin):
    """Fits and predicts later counts from those of the days observed, after checks that all baselines share."""

    _constraints: ClassVar[Constraints] = {}

    @abstractmethod
    def _fit(self, counts: FloatArray, later: FloatArray) -> None:
        """Learn from counts, (n_posts, n_days), and later counts, (n_posts, n_outputs)."""

    @abstractmethod
    def _forecast(self, counts: FloatArray) -> FloatArray:
        """Return later counts, (n_posts, n_outputs)."""

    @IGNORE_OVERFLOW
    def fit(self, X: Any, y: Any) -> Self:
        """Fit on the counts of the first days and the later counts of the same posts.

        Parameters
        ----------
        X : DataFrame or array of shape (n_posts, n_days)
            Cumulative counts of the days observed, in order, at least 0.
        y : array of shape (n_posts,) or (n_posts, n_outputs)
            The count of a later day, or of several, each of which is learned by itself; at least 0.

        Raises
        ------
        DataError
            If a count is missing, infinite or negative, the numbers of posts differ, or no post has a later count above
            0 where errors are relative to it.
        """
        check_parameters(self.get_params(deep=False), self._constraints)
        counts = _check_counts(self, X, reset=True)
        if y is None:
            raise DataError("fit needs later counts: it requires y to be passed, but the target y is None")
        later = as_floats(y, name="y")
        is_vector = later.ndim == 1
        later = check_curves(later[:, np.newaxis] if is_vector else later, name="y")
        check_consistent_length(counts, later)
        # One thread: the last bits of a product of matrices depend on their number.
        with threadpool_limits(1, user_api="blas"):
            self._fit(counts, later)
        self.n_outputs_, self._is_vector = later.shape[1], is_vector
        return self

    @IGNORE_OVERFLOW
    def predict(self, X: Any) -> FloatArray:
        """Return the later counts of posts, never below 0, in the shape of the `y` that was fitted."""
        check_is_fitted(self)
        with threadpool_limits(1, user_api="blas"):
            forecast = np.clip(self._forecast(_check_counts(self, X, reset=False)), 0.0, LARGEST)
        return forecast[:, 0] if self._is_vector else forecast

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the R² of log(1 + count), as `ScaleShapeForecaster.score`."""
        return score_logarithms(as_floats(y, name="y"), self.predict(X), sample_weight)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = tags.target_tags.positive_only = tags.target_tags.multi_output = True
        # One number, or a sum that must pass through 0, fits counts and not whatever a check draws.
        tags.regressor_tags.poor_score = True
        checked: Tags = tags
        return checked


def _check_counts(estimator: Any, X: Any, *, reset: bool) -> FloatArray:
    """Return counts as floats; the first one that is none is named by its row."""
    values = validate_data(estimator, X, reset=reset, dtype=np.float64, order="C", ensure_all_finite=False)
    if (values < 0).any():
        row, column = np.argwhere(values < 0)[0]
        where = f"row {format_label(X.index[row])}" if isinstance(X, pd.DataFrame) else f"row {row} (counted from 0)"
        raise DataError(f"Negative values in data: X holds {values[row, column]} at {where}; counts are at least 0")
    if not (values <= LARGEST).all():
        check_curves(X, name="X")
    counts: FloatArray = values
    return counts
