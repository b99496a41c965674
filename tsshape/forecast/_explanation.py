"""Which features drove the scale and the shape of forecasts."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from lightgbm import Booster
from sklearn.utils import gen_batches

from tsshape._columns import Column, format_decimals
from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape.forecast._features import as_matrix
from tsshape.forecast._finite import check_finite
from tsshape.forecast._growth import GrowthModel

# Contributions to all clusters that are held at once, 128 MB.
_CELLS = 2**24
# How the columns of `Explanation.table` and `Explanation.of_post` are headed and written.
EXPLANATION_COLUMNS = (
    Column("feature", "feature"),
    *(Column(name, name.replace("_", " "), format_decimals) for name in ("scale", "shape", "scale_gain", "shape_gain")),
)


class Explanation(NamedTuple):
    """What each feature contributed, by the Shapley values of the trees (LightGBM's own).

    Attributes
    ----------
    scale : DataFrame of shape (n_posts, n_features + 1)
        By how much each feature moved the forecast of log(1 + scale) up or down; the last column, `average`, is the
        forecast without them. A row adds up to the logarithm of the forecast.
    shape : DataFrame of shape (n_posts, n_features)
        By how much each feature moved the scores of the clusters, whichever way: the mean of the sizes over the
        clusters, weighted by their probabilities. At least 0.
    table : DataFrame of shape (n_features, 4)
        Of the model: `scale` and `shape`, the mean sizes of the contributions over the posts; `scale_gain` and
        `shape_gain`, each feature's share of what the splits gained in training. Ordered by `scale`.

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
        """The contributions for one post, columns `scale` (with its sign) and `shape`, the greatest for scale first."""
        both = {"scale": self.scale.loc[post].iloc[:-1], "shape": self.shape.loc[post]}
        table = pd.DataFrame(both).fillna(0.0).rename_axis("feature")
        return table.reindex(table["scale"].abs().sort_values(ascending=False, kind="stable").index)


def explain_heads(regressor: Any, classifier: Any, posts: pd.DataFrame) -> Explanation:
    """Explain the forecasts for posts in the table that the heads take."""
    growth, booster = regressor.estimator_, classifier.estimator_
    for head, known in ((regressor, isinstance(growth, GrowthModel)), (classifier, isinstance(booster, Booster))):
        if not known:
            raise DataError(f"{type(head.estimator_).__name__} does not tell what features contribute; LightGBM does")
    if not len(posts):
        raise DataError("there are no posts to explain")
    scale_posts, shape_posts = (head.encoder_.transform(posts) for head in (regressor, classifier))
    # A table without columns is explained as one column that tells nothing.
    scale_names, shape_names = (list(table.columns) or ["nothing"] for table in (scale_posts, shape_posts))
    scale = pd.DataFrame(
        growth.contributions(as_matrix(scale_posts)[0]), posts.index, pd.Index([*scale_names, "average"])
    )
    check_finite(scale.to_numpy(), posts.index, what="scale's explanation")
    shape = pd.DataFrame(_shape_contributions(booster, as_matrix(shape_posts)[0]), posts.index, shape_names)
    check_finite(shape.to_numpy(), posts.index, what="shape's explanation")
    table = pd.DataFrame(
        {
            "scale": scale.iloc[:, :-1].abs().mean(),
            "shape": shape.mean(),
            "scale_gain": _shares(growth.gain(), scale_names),
            "shape_gain": _shares(booster.feature_importance("gain"), shape_names),
        }
    ).fillna(0.0)
    check_finite(table.to_numpy(), table.index, what="explanation", of="features")
    return Explanation(scale, shape, table.rename_axis("feature").sort_values("scale", ascending=False, kind="stable"))


def _shape_contributions(booster: Booster, matrix: FloatArray) -> FloatArray:
    """The sizes of the contributions to the scores of the clusters, weighted by their probabilities."""
    probability = np.asarray(booster.predict(matrix))
    n_clusters = probability.shape[1]
    weighted: FloatArray = np.empty(matrix.shape)
    # Those to all clusters, which there are many times as many of, are held for some posts at once.
    for rows in gen_batches(len(matrix), max(1, _CELLS // (n_clusters * (matrix.shape[1] + 1)))):
        each = np.asarray(booster.predict(matrix[rows], pred_contrib=True)).reshape(-1, n_clusters, matrix.shape[1] + 1)
        weighted[rows] = np.einsum("ik,ikf->if", probability[rows], np.abs(each[:, :, :-1]))
    return weighted


def _shares(gain: FloatArray, names: list[str]) -> pd.Series:
    """Gains as shares of their sum."""
    return pd.Series(gain / max(float(gain.sum()), np.finfo(float).tiny), names)
