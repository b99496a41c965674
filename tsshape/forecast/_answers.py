"""What a fitted forecaster answers: forecasts, quantiles, probabilities and a summary, as tables by post."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from tsshape._errors import DataError
from tsshape._typing import Curves, FloatArray, IntArray
from tsshape.cluster import name_lives
from tsshape.curves import split_scale_shape
from tsshape.features import EncodedTable
from tsshape.forecast._components import place_noise
from tsshape.forecast._conformal import LEVELS, posts_needed
from tsshape.forecast._design import check_features
from tsshape.forecast._finite import check_finite
from tsshape.forecast._growth import MEDIAN
from tsshape.forecast._levels import as_end, check_counts, check_shares, ends_of, probability_above
from tsshape.forecast._observed import Observed, as_observed
from tsshape.forecast._prediction import KnownPosts, forecast_curves, forecast_quantiles
from tsshape.forecast._targets import match_rows

if TYPE_CHECKING:
    from tsshape.forecast._forecaster import ScaleShapeForecaster


def encode_posts(forecaster: "ScaleShapeForecaster", features: Any, authors: Any) -> EncodedTable:
    """Return the encoded posts."""
    check_is_fitted(forecaster)
    table = check_features(forecaster, features, reset=False)
    posts: EncodedTable = forecaster.posts_.transform(table, match_rows(authors, features, table.index))
    return posts


def shape_table(forecaster: "ScaleShapeForecaster", posts: EncodedTable) -> pd.DataFrame:
    """Return the shapes forecast for encoded posts as a table."""
    nothing = Observed(np.empty((len(posts), 0)), np.zeros(len(posts), dtype=np.int64))
    shape = KnownPosts(forecaster, posts, nothing).shape
    check_finite(shape, posts.index, what="shape")
    return pd.DataFrame(shape, posts.index, forecaster.days_)


def know_posts(forecaster: "ScaleShapeForecaster", features: Any, observed: Any, authors: Any) -> KnownPosts:
    """Return what is known of posts; refuse observed days where there is no model in flight."""
    posts = encode_posts(forecaster, features, authors)
    seen = as_observed(match_rows(observed, features, posts.index), posts.index, forecaster.days_)
    if seen.n_days.any() and forecaster.in_flight_ is None:
        raise DataError("observed days were given, but the forecaster was fitted with in_flight=False")
    return KnownPosts(forecaster, posts, seen)


def forecast_table(known: KnownPosts) -> pd.DataFrame:
    """Return the forecast curves, (n_posts, n_times)."""
    forecast = forecast_curves(known)
    check_finite(forecast, known.ids, what="forecast")
    return pd.DataFrame(forecast, known.ids, known.forecaster.days_)


def forecast_scale(known: KnownPosts) -> pd.Series:
    """Return the scales: at upload those of the regressor, in flight the largest count of the forecast curve."""
    scale, rows = known.scale.copy(), known.rows_in_flight
    if len(rows):
        scale[rows] = forecast_table(known).to_numpy()[rows].max(axis=1)
    check_finite(scale, known.ids, what="scale")
    return pd.Series(scale, known.ids, name="scale")


def quantile_arrays(known: KnownPosts, levels: Sequence[float]) -> Iterator[FloatArray]:
    """Yield the quantiles of the days and, in the last column, of the scale, at each of some ascending levels."""
    for quantile in forecast_quantiles(check_intervals(known.forecaster), known, levels):
        check_finite(quantile, known.ids, what="interval")
        yield quantile


def known_quantiles(known: KnownPosts, levels: Sequence[float], *, infinite: bool) -> Iterator[FloatArray]:
    """Yield the same where the training posts were enough for the levels; refuse others, or make them infinite."""
    n_posts = check_intervals(known.forecaster).n_posts
    for level, quantile in zip(levels, quantile_arrays(known, levels), strict=True):
        needed = posts_needed(level)
        if n_posts >= needed:
            yield quantile
        elif infinite:
            yield _without_bound(known, quantile, upper=level > MEDIAN)
        else:
            raise DataError(
                f"the quantile {level:g}, an end of the interval of coverage {abs(2 * level - 1):g}, takes {needed:,} "
                f"complete posts; the intervals were learned from {n_posts:,}, enough for a coverage of "
                f"{most_coverage(n_posts):.3g} at most"
            )


def most_coverage(n_posts: int) -> float:
    """Return the largest coverage of an interval that the errors of some posts can give."""
    return (n_posts - 1) / (n_posts + 1)


def _without_bound(known: KnownPosts, quantile: FloatArray, *, upper: bool) -> FloatArray:
    """Return quantiles that no training post tells, infinite or as low as counts can be; observed days stay."""
    observed = known.observed
    lowest = observed.last if known.forecaster.monotone_ else np.zeros(len(quantile))
    days = np.column_stack([np.isnan(observed.counts), np.ones(len(quantile), dtype=np.bool_)])
    return np.where(days, np.inf if upper else lowest[:, None], quantile)


def check_intervals(forecaster: "ScaleShapeForecaster") -> Any:
    """Return the bands of a forecaster; refuse one that has learned none."""
    check_is_fitted(forecaster)
    if forecaster.bands_ is None:
        raise DataError("the forecaster has no intervals: it was fitted with intervals=False or on too few posts")
    return forecaster.bands_


def quantile_tables(known: KnownPosts, levels: Sequence[float], *, infinite: bool) -> dict[float, pd.DataFrame]:
    """Return the quantiles of the days at each level, in the order of the levels."""
    ends = sorted({as_end(level) for level in levels})
    arrays = dict(zip(ends, known_quantiles(known, ends, infinite=infinite), strict=True))
    return {level: pd.DataFrame(arrays[as_end(level)][:, :-1], known.ids, known.forecaster.days_) for level in levels}


def interval_arrays(
    known: KnownPosts, coverages: Sequence[float], *, infinite: bool = False
) -> dict[float, tuple[FloatArray, FloatArray]]:
    """Return the ends of the interval of each coverage, for the days and, in the last column, for the scale."""
    levels = sorted({level for coverage in coverages for level in ends_of(coverage)})
    if not levels:
        return {}
    arrays = dict(zip(levels, known_quantiles(known, levels, infinite=infinite), strict=True))
    return {coverage: (arrays[lower], arrays[upper]) for coverage in coverages for lower, upper in [ends_of(coverage)]}


def interval_tables(
    known: KnownPosts, coverages: Sequence[float], *, infinite: bool = False
) -> dict[float, tuple[pd.DataFrame, pd.DataFrame]]:
    """Return the ends of the intervals of the days for each coverage."""

    def table(end: FloatArray) -> pd.DataFrame:
        return pd.DataFrame(end[:, :-1], known.ids, known.forecaster.days_)

    ends = interval_arrays(known, coverages, infinite=infinite)
    return {coverage: (table(lower), table(upper)) for coverage, (lower, upper) in ends.items()}


def scale_interval_table(known: KnownPosts, coverage: float, *, infinite: bool) -> pd.DataFrame:
    """Return the interval of the scale, columns `lower` and `upper`."""
    lower, upper = interval_arrays(known, [coverage], infinite=infinite)[coverage]
    return pd.DataFrame({"lower": lower[:, -1], "upper": upper[:, -1]}, known.ids)


def final_quantiles(known: KnownPosts) -> FloatArray:
    """Return the quantiles of the final count at all levels, (n_posts, n_levels)."""
    # Copies: a view would keep the quantiles of all days.
    return np.column_stack([each[:, -2].copy() for each in quantile_arrays(known, LEVELS.tolist())])


def probability_table(known: KnownPosts, above: Sequence[float]) -> pd.DataFrame:
    """Return the probabilities that the final count exceeds each of `above`, (n_posts, n_above)."""
    return pd.DataFrame(probability_above(final_quantiles(known), above), known.ids, pd.Index(above, name="above"))


def assign_curves(forecaster: "ScaleShapeForecaster", curves: Curves) -> IntArray:
    """Return the cluster of each curve's shape, -1 for a curve that is 0 throughout."""
    check_is_fitted(forecaster)
    scale, shape = split_scale_shape(np.asarray(curves, dtype=np.float64), zero="nan")
    labels = np.full(len(scale), -1, dtype=np.int64)
    if (scale > 0).any():
        known = shape[scale > 0]
        labels[scale > 0] = place_noise(forecaster.clusterer_, known, forecaster.clusterer_.predict(known))
    return labels


def likely_clusters(known: KnownPosts, forecast: pd.DataFrame) -> IntArray:
    """Return the cluster of each post: at upload the likeliest, in flight that of the forecast curve."""
    forecaster, rows = known.forecaster, known.rows_in_flight
    clusters = np.asarray(forecaster.classifier_.classes_[known.probability.argmax(axis=1)], dtype=np.int64)
    if len(rows):
        assigned = assign_curves(forecaster, forecast.to_numpy()[rows])
        # A curve of zeros has no shape.
        clusters[rows] = np.where(assigned >= 0, assigned, clusters[rows])
    return clusters


def summarize(known: KnownPosts, coverage: float | None, above: float | Sequence[float]) -> pd.DataFrame:
    """Return one row a post: what was observed, the final count, the kind of life, and probabilities."""
    forecaster = known.forecaster
    counts = check_counts(above)
    shares = [] if coverage is None else check_shares(coverage, name="coverage")
    if counts or shares:
        check_intervals(forecaster)
    forecast = forecast_table(known)
    lower = upper = np.full(len(forecast), np.nan)
    for ends in interval_arrays(known, shares).values():
        lower, upper = (end[:, -2] for end in ends)
    clusters, n_days = likely_clusters(known, forecast), known.observed.n_days
    table = pd.DataFrame(
        {
            "days_observed": n_days.astype(np.int64),
            "views_so_far": np.where(n_days > 0, known.observed.last, np.nan),
            "forecast": forecast.iloc[:, -1].to_numpy(),
            "lower": lower,
            "upper": upper,
            "cluster": clusters,
            "life": pd.array(np.array(name_lives(forecaster.prototypes_), dtype=object)[clusters], dtype="str"),
        },
        index=known.ids.rename("id"),
    )
    if counts:
        probability = probability_table(known, counts)
        table[[f"above_{_spell(count)}" for count in counts]] = probability.to_numpy()
    return table


def _spell(count: float) -> str:
    """Return a count as the name of a column has it: a whole number without decimals."""
    return str(int(count)) if float(count).is_integer() else repr(float(count))
