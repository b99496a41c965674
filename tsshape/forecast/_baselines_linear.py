"""Growth baselines of Pinto, Almeida and Gonçalves: linear in the views of each day, without and with bumps."""

from itertools import product
from typing import ClassVar, NamedTuple

import numpy as np
from scipy.spatial.distance import cdist, pdist
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray, RandomState
from tsshape._validation import Constraints, Number
from tsshape.forecast._baselines import check_any_above_zero
from tsshape.forecast._baselines_counts import LaterCountsMixin

# What is tried where neither is given: widths, in medians of the distances between the centers, and penalties.
_WIDTHS, _PENALTIES = (0.25, 0.5, 1.0, 2.0), (1e-6, 1e-4, 1e-2, 1.0)
# The share of the posts that are held out to choose between them.
_HELD_OUT = 0.2


class MultivariateLinear(LaterCountsMixin, BaseEstimator):
    """Pinto's multivariate linear model (ML): a sum of the views of each day, each with a weight of its own.

    The weights minimise the sum of squared relative errors of the posts whose later count is above 0: least squares
    without intercept, each post weighted by 1 / count².

    Attributes
    ----------
    coef_ : array of shape (n_outputs, n_days)
        The weight of each day's views, for each later day.
    n_outputs_ : int
        The number of later counts.
    feature_names_in_, n_features_in_ : array of str, int
        The days observed; their names are not defined for an array.

    References
    ----------
    H. Pinto, J. M. Almeida, M. A. Gonçalves, "Using early view patterns to predict the popularity of YouTube videos",
    WSDM 2013.

    Examples
    --------
    >>> counts = [[1.0, 3.0], [2.0, 3.0], [4.0, 4.0]]
    >>> model = MultivariateLinear().fit(counts, [8.0, 7.0, 8.0])
    >>> model.coef_.round(6)
    array([[2., 3.]])
    >>> model.predict([[1.0, 2.0]]).round(6)
    array([5.])
    """

    def _fit(self, counts: FloatArray, later: FloatArray) -> None:
        check_any_above_zero(later)
        views = daily_views(counts)
        self.coef_ = np.array([_relative_least_squares(views, final) for final in later.T])

    def _forecast(self, counts: FloatArray) -> FloatArray:
        return np.asarray(daily_views(counts) @ self.coef_.T)


class RadialBasis(LaterCountsMixin, BaseEstimator):
    """Pinto's MRBF model: the linear model, and a bump around each of some training posts.

    Parameters
    ----------
    n_centers : int, default=50
        Number of training posts, drawn at random, around which there is a bump.
    width : float, optional
        Standard deviation of a bump, in log(1 + views of a day); by default chosen with `penalty`.
    penalty : float, optional
        Ridge penalty of the bumps' heights, relative to the mean square of a bump; by default chosen on a fifth of the
        posts, by the last of the later days.
    random_state : int, RandomState or None
        Seed of the centers and of the posts held out.

    Attributes
    ----------
    centers_ : array of shape (n_centers, n_days)
        The centers, log(1 + views of a day).
    coef_ : array of shape (n_outputs, n_days + n_centers)
        The weights of the days' views and the heights of the bumps, for each later day.
    width_, penalty_ : float
        As given or chosen.
    n_outputs_ : int
        The number of later counts.
    feature_names_in_, n_features_in_ : array of str, int
        The days observed; their names are not defined for an array.

    References
    ----------
    H. Pinto, J. M. Almeida, M. A. Gonçalves, "Using early view patterns to predict the popularity of YouTube videos",
    WSDM 2013.

    Examples
    --------
    >>> import tsshape
    >>> counts = tsshape.simulate_spid(300, random_state=0).curves
    >>> model = RadialBasis(random_state=0).fit(counts.loc[:, :3], counts[30])
    >>> model.centers_.shape, model.predict(counts.loc[:, :3]).shape
    ((50, 3), (300,))
    """

    _constraints: ClassVar[Constraints] = {
        "n_centers": Number(1, integer=True),
        "width": Number(positive=True, optional=True),
        "penalty": Number(positive=True, optional=True),
    }

    def __init__(
        self,
        n_centers: int = 50,
        *,
        width: float | None = None,
        penalty: float | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.n_centers = n_centers
        self.width = width
        self.penalty = penalty
        self.random_state = random_state

    def _fit(self, counts: FloatArray, later: FloatArray) -> None:
        check_any_above_zero(later)
        rng = check_random_state(self.random_state)
        order, views = rng.permutation(len(counts)), daily_views(counts)
        self.centers_ = _logarithms(views[np.sort(order[: self.n_centers])])
        n_held = int(_HELD_OUT * len(counts))
        self.width_, self.penalty_ = self._choose(views, later[:, -1], held=np.sort(order[len(order) - n_held :]))
        sums = _weighted_sums(self._columns(views, self.width_), later)
        self.coef_ = np.array([_solve_ridge(each, views.shape[1], self.penalty_) for each in sums])

    def _forecast(self, counts: FloatArray) -> FloatArray:
        return np.asarray(self._columns(daily_views(counts), self.width_) @ self.coef_.T)

    def _columns(self, views: FloatArray, width: float) -> FloatArray:
        """Return the views of each day and the bumps of some posts."""
        # Differences are divided before they are squared: a square would overflow first.
        distance = cdist(_logarithms(views) / width, self.centers_ / width)
        return np.hstack([views, np.exp(-np.square(distance) / 2)])

    def _choose(self, views: FloatArray, final: FloatArray, *, held: IntArray) -> tuple[float, float]:
        """Return the width and the penalty with the least relative error of the posts held out."""
        unit = float(np.median(pdist(self.centers_))) if len(self.centers_) > 1 else 1.0
        widths = [each * (unit or 1.0) for each in _WIDTHS] if self.width is None else [self.width]
        penalties = _PENALTIES if self.penalty is None else [self.penalty]
        kept = np.delete(np.arange(len(views)), held)
        held = held[final[held] > 0]
        if len(widths) * len(penalties) == 1 or not len(held) or not (final[kept] > 0).any():
            return widths[len(widths) // 2], penalties[len(penalties) // 2]
        errors = {}
        for width in widths:
            columns = self._columns(views, width)
            (sums,) = _weighted_sums(columns[kept], final[kept, np.newaxis])
            for penalty in penalties:
                share = columns[held] @ _solve_ridge(sums, views.shape[1], penalty) / final[held]
                errors[width, penalty] = float(np.square(share - 1).mean())
        return min(product(widths, penalties), key=errors.__getitem__)


class _Sums(NamedTuple):
    """Mean products of columns divided by the later count, with one another and with 1."""

    products: FloatArray
    shares: FloatArray


def daily_views(counts: FloatArray) -> FloatArray:
    """Return the views of each day."""
    return np.diff(counts, axis=1, prepend=0.0)


def _logarithms(views: FloatArray) -> FloatArray:
    """Return log(1 + views) of days; a day on which counts were taken back has none."""
    return np.asarray(np.log1p(np.maximum(views, 0.0)))


def _relative_least_squares(values: FloatArray, final: FloatArray) -> FloatArray:
    """Return the weights of columns with which their sum has the least squared errors relative to `final`."""
    counted = final > 0
    shares = values[counted] / final[counted, np.newaxis]
    _check_sizes(shares)
    return np.asarray(np.linalg.lstsq(shares, np.ones(len(shares)), rcond=None)[0], dtype=np.float64)


def _weighted_sums(columns: FloatArray, later: FloatArray) -> list[_Sums]:
    """Return the sums of which the weights of each later day follow."""
    found = []
    for final in later.T:
        counted = final > 0
        shares = columns[counted] / final[counted, np.newaxis]
        found.append(_Sums(shares.T @ shares / len(shares), shares.mean(axis=0)))
        _check_sizes(found[-1].products)
    return found


def _solve_ridge(sums: _Sums, n_free: int, penalty: float) -> FloatArray:
    """Return the weights of columns, all but the first `n_free` of them penalised."""
    size = np.sqrt(np.diag(sums.products))
    size[size == 0] = 1.0
    products = sums.products / np.outer(size, size)
    products[np.arange(n_free, len(size)), np.arange(n_free, len(size))] += penalty
    return np.asarray(np.linalg.lstsq(products, sums.shares / size, rcond=None)[0]) / size


def _check_sizes(values: FloatArray) -> None:
    """Refuse counts whose ratios a float does not hold."""
    if not np.isfinite(values).all():
        raise DataError("the counts differ by too many orders of magnitude for a sum of them")
