"""Growth baselines: the last count, and the same growth for all posts."""

from typing import ClassVar, Literal, TypeAlias, get_args

import numpy as np
from sklearn.base import BaseEstimator

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import Choice, Constraints
from tsshape.forecast._baselines_counts import LaterCountsMixin
from tsshape.forecast._counts import grown

Variant: TypeAlias = Literal["constant", "log"]


class LastValue(LaterCountsMixin, BaseEstimator):
    """Forecasts that a post stays at its last count.

    Attributes
    ----------
    n_outputs_ : int
        The number of later counts.
    feature_names_in_, n_features_in_ : array of str, int
        The days observed; their names are not defined for an array.

    Examples
    --------
    >>> model = LastValue().fit([[1.0, 5.0], [2.0, 3.0]], [6.0, 9.0])
    >>> model.predict([[4.0, 7.0]])
    array([7.])
    """

    def _fit(self, counts: FloatArray, later: FloatArray) -> None:
        del counts, later

    def _forecast(self, counts: FloatArray) -> FloatArray:
        return np.repeat(counts[:, -1:], self.n_outputs_, axis=1)


class SzaboHuberman(LaterCountsMixin, BaseEstimator):
    """Szabo and Huberman's forecast: the last count times one factor for all posts.

    Parameters
    ----------
    variant : {"constant", "log"}, default="constant"
        `constant`: the factor that minimises the sum of squared relative errors. `log`: the mean count that follows if
        the growth of log(1 + count) is normal, exp(mean + variance / 2).

    Attributes
    ----------
    factor_ : array of shape (n_outputs,)
        The factor of each later day; of `log` that of 1 + count.
    n_outputs_ : int
        The number of later counts.
    feature_names_in_, n_features_in_ : array of str, int
        The days observed; their names are not defined for an array.

    Notes
    -----
    With x = last count / later count, `constant` is sum(x) / sum(x²) over the posts whose later count is above 0.

    References
    ----------
    G. Szabo, B. A. Huberman, "Predicting the popularity of online content", Communications of the ACM 53(8), 2010.

    Examples
    --------
    >>> counts, final = [[1.0, 10.0], [2.0, 20.0]], [20.0, 40.0]
    >>> SzaboHuberman().fit(counts, final).predict([[3.0, 7.0]])
    array([14.])
    >>> SzaboHuberman("log").fit([[9.0], [99.0]], [19.0, 199.0]).predict([[4.0]])
    array([9.])
    """

    _constraints: ClassVar[Constraints] = {"variant": Choice(get_args(Variant))}

    def __init__(self, variant: Variant = "constant") -> None:
        self.variant = variant

    def _fit(self, counts: FloatArray, later: FloatArray) -> None:
        last = counts[:, -1:]
        if self.variant == "log":
            growth = np.log1p(later) - np.log1p(last)
            self.factor_ = np.exp(growth.mean(axis=0) + growth.var(axis=0) / 2)
        else:
            check_any_above_zero(later)
            share = np.divide(last, later, out=np.zeros_like(later), where=later > 0)
            total = np.square(share).sum(axis=0)
            # Where all posts are still at 0, every factor forecasts the same.
            self.factor_ = np.divide(share.sum(axis=0), total, out=np.ones_like(total), where=total > 0)
        if not np.isfinite(self.factor_).all():
            raise DataError("the counts differ by too many orders of magnitude for one factor")

    def _forecast(self, counts: FloatArray) -> FloatArray:
        if self.variant == "constant":
            return np.asarray(counts[:, -1:] * self.factor_)
        return grown(1 + counts[:, -1:], np.log(self.factor_)) - 1


def check_any_above_zero(later: FloatArray) -> None:
    """Refuse later counts that are 0 for all posts: none has a relative error."""
    if not (later > 0).any(axis=0).all():
        raise DataError("y is 0 for all posts: an error relative to a count needs one above 0")
