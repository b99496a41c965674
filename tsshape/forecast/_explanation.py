"""Which features drove the scale and the shape of forecasts."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from lightgbm import Booster
from sklearn.utils import gen_batches

from tsshape._columns import Column, format_decimals
from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape.features import EncodedTable
from tsshape.forecast._design import as_design
from tsshape.forecast._finite import check_finite
from tsshape.forecast._growth import GrowthModel

# The largest number of contributions that are computed at once, 128 MB.
_CELLS = 2**24
# How the columns of `Explanation.table` and `Explanation.of_post` are headed and written.
EXPLANATION_COLUMNS = (
    Column("feature", "feature"),
    *(Column(name, name.replace("_", " "), format_decimals) for name in ("scale", "shape", "scale_gain", "shape_gain")),
)


class Explanation(NamedTuple):
    """What each feature contributed to forecasts: Shapley values of the trees, computed by LightGBM.

    Attributes
    ----------
    scale : DataFrame of shape (n_posts, n_features + 1)
        By how much each feature moved the forecast of log(1 + scale) up or down; the last column, `average`, is the
        forecast without them. A row adds up to the logarithm of the forecast.
    shape : DataFrame of shape (n_posts, n_features)
        By how much each feature moved the scores of the clusters: the mean of the absolute contributions over the
        clusters, weighted by their probabilities. At least 0.
    table : DataFrame of shape (n_features, 4)
        For the model: `scale` and `shape`, the mean absolute contributions over the posts; `scale_gain` and
        `shape_gain`, each feature's share of the gain of all splits in training. Ordered by `scale`.

    Examples
    --------
    >>> import tsshape
    >>> from tsshape.forecast import ScaleShapeForecaster
    >>> posts = tsshape.simulate_spid(200, n_times=5, random_state=0)
    >>> forecaster = ScaleShapeForecaster(in_flight=False, intervals=False, random_state=0)
    >>> explanation = forecaster.fit(posts.features, posts.curves).explain(posts.features)
    >>> explanation.table.index[0]
    'MeanViews'
    >>> list(explanation.of_post(posts.features.index[0]).columns)
    ['scale', 'shape']
    """

    scale: pd.DataFrame
    shape: pd.DataFrame
    table: pd.DataFrame

    def of_post(self, post: str) -> pd.DataFrame:
        """Return the contributions for one post, columns `scale` (signed) and `shape`, the largest for scale first."""
        both = {"scale": self.scale.loc[post].iloc[:-1], "shape": self.shape.loc[post]}
        table = pd.DataFrame(both).fillna(0.0).rename_axis("feature")
        return table.reindex(table["scale"].abs().sort_values(ascending=False, kind="stable").index)


def explain_components(regressor: Any, classifier: Any, posts: EncodedTable) -> Explanation:
    """Explain the forecasts of a regressor and a classifier for encoded posts."""
    growth, booster = regressor.estimator_, classifier.estimator_
    # Where there is one cluster, no feature says which.
    one_class = len(classifier.classes_) == 1
    known_classifier = one_class or isinstance(booster, Booster)
    for estimator, known in ((growth, isinstance(growth, GrowthModel)), (booster, known_classifier)):
        if not known:
            raise DataError(f"{type(estimator).__name__} has no contributions of features; LightGBM has")
    if not len(posts):
        raise DataError("there are no posts to explain")
    (scale_values, scale_names, _), ids = as_design(regressor, posts)
    (shape_values, shape_names, _), _ = as_design(classifier, posts)
    scale = pd.DataFrame(growth.contributions(scale_values), ids, pd.Index([*scale_names, "average"]))
    check_finite(scale.to_numpy(), ids, what="scale's explanation")
    contributions = np.zeros(shape_values.shape) if one_class else _shape_contributions(booster, shape_values)
    shape = pd.DataFrame(contributions, ids, shape_names)
    check_finite(shape.to_numpy(), ids, what="shape's explanation")
    shape_gain = np.zeros(len(shape_names)) if one_class else booster.feature_importance("gain")
    table = pd.DataFrame(
        {
            "scale": scale.iloc[:, :-1].abs().mean(),
            "shape": shape.mean(),
            "scale_gain": _shares(growth.gain(), scale_names),
            "shape_gain": _shares(shape_gain, shape_names),
        }
    ).fillna(0.0)
    check_finite(table.to_numpy(), table.index, what="explanation", of="features")
    return Explanation(scale, shape, table.rename_axis("feature").sort_values("scale", ascending=False, kind="stable"))


def _shape_contributions(booster: Booster, values: FloatArray) -> FloatArray:
    """Return the absolute contributions to the scores of the clusters, weighted by their probabilities."""
    probability = np.asarray(booster.predict(values))
    n_clusters = probability.shape[1]
    weighted: FloatArray = np.empty(values.shape)
    # The contributions to every cluster are computed for a batch of posts at a time.
    for rows in gen_batches(len(values), max(1, _CELLS // (n_clusters * (values.shape[1] + 1)))):
        each = np.asarray(booster.predict(values[rows], pred_contrib=True)).reshape(-1, n_clusters, values.shape[1] + 1)
        weighted[rows] = np.einsum("ik,ikf->if", probability[rows], np.abs(each[:, :, :-1]))
    return weighted


def _shares(gain: FloatArray, names: list[str]) -> pd.Series:
    """Return gains as shares of their sum."""
    return pd.Series(gain / max(float(gain.sum()), np.finfo(float).tiny), names)
