"""Ranking of features by the relation of each to a target."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length

from tsshape._columns import Column, format_decimals
from tsshape._typing import RandomState
from tsshape._validation import check_choice, check_same_ids
from tsshape.features._columns import as_numbers, as_seconds, is_categorical, named_columns, value_kind
from tsshape.features._predictive_power import predictive_power_score
from tsshape.features._spearman import spearman

# How the columns of a ranking are headed and written.
RANKING_COLUMNS = (
    Column("feature", "feature"),
    Column("spearman", "spearman", "{:+.3f}".format),
    Column("spearman_p", "p-value", "{:.1e}".format),
    Column("pps", "PPS", format_decimals),
    Column("pps_reverse", "PPS reverse", format_decimals),
    Column("n", "n", "{:,.0f}".format),
)
# With fewer posts a feature has no scores.
FEWEST_POSTS = 10
# The columns of each method.
_COLUMNS = {"spearman": ("spearman", "spearman_p"), "pps": ("pps",)}


def rank_features(
    features: pd.DataFrame,
    target: Any,
    *,
    methods: Sequence[Literal["spearman", "pps"]] = ("spearman", "pps"),
    both_directions: bool = False,
    random_state: RandomState = 123,
) -> pd.DataFrame:
    """Rank features by how strongly each of them alone is related to the target.

    Parameters
    ----------
    features : DataFrame of shape (n_posts, n_features)
        Numbers, booleans, text, categories and dates; missing values are allowed.
    target : Series or array of shape (n_posts,)
        Numbers, such as the scale; missing values are allowed. A Series is matched to the features by its index.
    methods : sequence of {"spearman", "pps"}
        Spearman's rank correlation, which finds monotone relations, and the Predictive Power Score, which finds any
        relation between two columns unless it is weak. The ranking is sorted by the first method.
    both_directions : bool
        Whether to score also how well the target predicts the feature; needs "pps" among the methods.
    random_state : int, RandomState or None
        Seed of the Predictive Power Score.

    Returns
    -------
    ranking : DataFrame of shape (n_features, n_columns)
        Index: the features. Columns, according to the parameters: `spearman`, from -1 to 1, and its p-value
        `spearman_p`, both NaN for text and categories; `pps` and `pps_reverse`, from 0 to 1; and `n`, the number of
        posts with both feature and target. A feature with fewer than 10 such posts has NaN for all scores: they would
        say little about other posts. Sorted by the absolute value of the first column, the largest first; ties are in
        the order of `features`.

    Raises
    ------
    ValueError
        If a method is unknown, or the lengths differ.
    DataError
        If a column name is repeated, a column holds an infinite number or values of mixed or unknown type, or the
        indices differ.

    Notes
    -----
    Rank against the logarithm of a heavy-tailed scale, `np.log1p(scale)`: Spearman's correlation does not change, and
    the Predictive Power Score, which compares absolute errors, would be 0 for every feature otherwise.

    See Also
    --------
    predictive_power_score, spearman : The two scores.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from tsshape.features import rank_features
    >>> x = np.linspace(-1, 1, 400)
    >>> rank_features(pd.DataFrame({"square": x**2, "cube": x**3}), x).round(2)
            spearman  spearman_p   pps    n
    cube         1.0        0.00  0.99  400
    square      -0.0        0.96  0.00  400
    """
    for method in methods:
        check_choice("methods", method, ("spearman", "pps"))
    if not methods or (both_directions and "pps" not in methods):
        raise ValueError("methods must name at least one method, and include 'pps' for both directions")
    wanted = _align_target(target, features)
    present = wanted.notna()
    rows: dict[str, dict[str, float]] = {}
    for name, column in named_columns(features).items():
        row = rows[name] = {}
        for method in methods:
            if method == "spearman":
                row["spearman"], row["spearman_p"] = _spearman(column, wanted)
            else:
                row["pps"] = predictive_power_score(column, wanted, random_state=random_state)
        if both_directions:
            row["pps_reverse"] = predictive_power_score(wanted, column, random_state=random_state)
        row["n"] = int((column.notna() & present).sum())
    columns = [*(name for method in methods for name in _COLUMNS[method]), *(["pps_reverse"] * both_directions), "n"]
    ranking = pd.DataFrame(list(rows.values()), list(rows), columns)
    ranking.loc[ranking["n"] < FEWEST_POSTS, columns[:-1]] = np.nan
    return ranking.sort_values(methods[0], key=abs, ascending=False, kind="stable")


def _align_target(target: Any, features: pd.DataFrame) -> pd.Series:
    """Return the target as a float64 column with the index of the features."""
    if isinstance(target, pd.Series):
        check_same_ids(features.index, target.index, left_name="features", right_name="target")
        target = target.reindex(features.index)
    check_consistent_length(features, target)
    return pd.Series(as_numbers(pd.Series(target)), index=features.index)


def _spearman(column: pd.Series, target: pd.Series) -> tuple[float, float]:
    """Return Spearman's rho and p for numbers, booleans and dates; NaN for text and categories."""
    kind = value_kind(column)
    if kind in (None, "text") or is_categorical(column):
        return np.nan, np.nan
    values = as_seconds(column) if kind == "date" else as_numbers(column)
    (rho,), (p,) = spearman(values.reshape(-1, 1), target)
    return rho, p
