"""What a forecaster says of the distribution of counts: intervals, quantiles, probabilities, and a summary."""

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, cast, overload

import pandas as pd

from tsshape.forecast import _answers
from tsshape.forecast._by_partition import by_partition
from tsshape.forecast._finite import IGNORE_OVERFLOW
from tsshape.forecast._levels import check_counts, check_shares
from tsshape.forecast._prediction import KnownPosts

if TYPE_CHECKING:
    from tsshape.forecast._forecaster import ScaleShapeForecaster


class DistributionMixin:
    """The answers of a `ScaleShapeForecaster` about distributions."""

    @overload
    def predict_interval(
        self, features: Any, *, coverage: float = ..., observed: Any = ..., authors: Any = ..., infinite: bool = ...
    ) -> tuple[pd.DataFrame, pd.DataFrame]: ...
    @overload
    def predict_interval(
        self, features: Any, *, coverage: Sequence[float], observed: Any = ..., authors: Any = ..., infinite: bool = ...
    ) -> dict[float, tuple[pd.DataFrame, pd.DataFrame]]: ...
    @by_partition
    @IGNORE_OVERFLOW
    def predict_interval(
        self,
        features: Any,
        *,
        coverage: float | Sequence[float] = 0.9,
        observed: Any = None,
        authors: Any = None,
        infinite: bool = False,
    ) -> tuple[pd.DataFrame, pd.DataFrame] | dict[float, tuple[pd.DataFrame, pd.DataFrame]]:
        """Return the interval of each day that covers the true count of a share of posts.

        Parameters
        ----------
        features, observed, authors
            As in `predict`.
        coverage : float or sequence of float, default=0.9
            The share, between 0 and 1; or several, for which the models are asked once.
        infinite : bool, default=False
            Whether to return ends that are infinite, or the least that a count can be, where the training posts are too
            few for the coverage: it takes 19 of them to know an interval for 90 %, 199 for 99 %.

        Returns
        -------
        lower, upper : DataFrame of shape (n_posts, n_times)
            In the unit of the counts; both are the count itself on the observed days. Of several coverages, a dict with
            both tables for each.

        Raises
        ------
        DataError
            As `predict`, and if the forecaster was fitted without intervals or on fewer than 20 complete posts, or on
            too few for the coverage; the message says how many it takes.
        ValueError
            If `coverage` is not between 0 and 1.

        Notes
        -----
        The intervals are conformal: of posts like those of training, whatever their scale, `coverage` is the share
        covered. They are as wide as the errors of out-of-fold forecasts, of all posts in five folds or, from 5,000 on,
        of a fifth: the latest, where `posted` spans several days, otherwise a third by whole authors, so that
        posts of known and of new authors have intervals of their own. They are around the median, whatever `loss` the
        forecasts minimise.

        References
        ----------
        V. Vovk, "Cross-conformal predictors", Annals of Mathematics and Artificial Intelligence 74, 2015.
        """
        shares = check_shares(coverage, name="coverage")
        known = self._know(features, observed, authors)
        tables = _answers.interval_tables(known, shares, infinite=infinite)
        return tables[shares[0]] if isinstance(coverage, Real) else tables

    @by_partition
    @IGNORE_OVERFLOW
    def predict_scale_interval(
        self,
        features: Any,
        *,
        coverage: float = 0.9,
        observed: Any = None,
        authors: Any = None,
        infinite: bool = False,
    ) -> pd.DataFrame:
        """Return intervals of the scale, columns `lower` and `upper`; parameters and errors as `predict_interval`."""
        (share,) = check_shares(coverage, name="coverage")
        known = self._know(features, observed, authors)
        return _answers.scale_interval_table(known, share, infinite=infinite)

    @by_partition
    @IGNORE_OVERFLOW
    def predict_quantiles(
        self,
        features: Any,
        levels: float | Sequence[float],
        *,
        observed: Any = None,
        authors: Any = None,
        infinite: bool = False,
    ) -> dict[float, pd.DataFrame]:
        """Return quantiles of the count of each day: a table for each level, (n_posts, n_times), by level.

        Quantiles of a higher level are never lower. Those at (1 - c) / 2 and (1 + c) / 2 are the ends of the interval
        of coverage c, and calibrated as that is. Parameters and errors are as in `predict_interval`; `levels` lie
        between 0 and 1.
        """
        shares = check_shares(levels, name="levels")
        known = self._know(features, observed, authors)
        return _answers.quantile_tables(known, shares, infinite=infinite)

    @by_partition
    @IGNORE_OVERFLOW
    def predict_probability(
        self, features: Any, above: float | Sequence[float], *, observed: Any = None, authors: Any = None
    ) -> pd.DataFrame:
        """Return the probability that the final count of each post exceeds each of some counts, (n_posts, n_above).

        It is read off the post's quantiles of the last day, so that it is calibrated as the intervals are. Where no
        training curve decreases, a count that was already passed has probability 1. Parameters and errors are as in
        `predict_interval`; `above` are counts of at least 0, the columns of the table.
        """
        counts = check_counts(above)
        return _answers.probability_table(self._know(features, observed, authors), counts)

    @by_partition
    @IGNORE_OVERFLOW
    def summary(
        self,
        features: Any,
        *,
        observed: Any = None,
        authors: Any = None,
        coverage: float | None = 0.9,
        above: float | Sequence[float] = (),
    ) -> pd.DataFrame:
        """Return what is forecast of each post in one row.

        Parameters
        ----------
        features, observed, authors
            As in `predict`.
        coverage : float or None, default=0.9
            Of the interval, between 0 and 1; None where the forecaster has no intervals.
        above : float or sequence of float, default=()
            Counts, of at least 0.

        Returns
        -------
        DataFrame, its index named `id`
            `days_observed` and `views_so_far`, the last observed count, NaN if there is none; `forecast`, `lower` and
            `upper` of the final count; `cluster` and its name, `life` (see `tsshape.cluster.name_lives`), at upload the
            likeliest and in flight that of the forecast curve; for each of `above`, the probability that the final
            count exceeds it, such as `above_1000`. Errors are as in `predict_interval`.
        """
        known = _answers.know_posts(_as_forecaster(self), features, observed, authors)
        return _answers.summarize(known, coverage, above)

    def _know(self, features: Any, observed: Any, authors: Any) -> KnownPosts:
        """Return what is known of posts; refuse a forecaster without intervals."""
        forecaster = _as_forecaster(self)
        _answers.check_intervals(forecaster)
        return _answers.know_posts(forecaster, features, observed, authors)


def _as_forecaster(mixin: DistributionMixin) -> "ScaleShapeForecaster":
    """Return the forecaster that a mixin is a part of."""
    return cast("ScaleShapeForecaster", mixin)
