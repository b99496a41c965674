"""Any of our metrics as a distance of sktime."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sktime.dists_kernels.base import BasePairwiseTransformerPanel

from tsshape._errors import DataError
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.metrics import MetricLike, get_metric, pairwise

Series = list[pd.DataFrame]


class ShapeDistance(BasePairwiseTransformerPanel):
    """Distances between series under any metric of `tsshape.metrics`.

    The distance of series of several variables is the sum of the distances of their variables. Series of different
    lengths are compared where the metric is elastic, as `dtw` is.

    Parameters
    ----------
    metric : str, Metric or callable, default="dtw"
        As in `tsshape.metrics.pairwise`.
    metric_params : mapping, optional
        Parameters of the metric, such as `{"window": 3}`.
    n_jobs : int, optional
        Threads, by joblib's rules. The result is the same bits for any number.

    Raises
    ------
    ValueError
        If there is no such metric.

    References
    ----------
    M. Shokoohi-Yekta et al., "Generalizing DTW to the multi-dimensional case requires an adaptive approach", Data
    Mining and Knowledge Discovery 31, 2017, for the sum over variables.

    Examples
    --------
    >>> import numpy as np
    >>> from tsshape.adapters.sktime import ShapeDistance
    >>> panel = np.array([[[0.0, 0.0, 1.0]], [[0.0, 1.0, 1.0]], [[1.0, 1.0, 1.0]]])
    >>> ShapeDistance("manhattan").transform(panel).tolist()
    [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]
    """

    _tags: ClassVar[dict[str, Any]] = {
        "authors": "tsshape developers",
        "maintainers": "tsshape developers",
        "python_dependencies": "numba",
        "X_inner_mtype": "df-list",
        "pwtrafo_type": "distance",
        "symmetric": True,
        "fit_is_empty": True,
        "capability:missing_values": False,
        "capability:multivariate": True,
        "capability:unequal_length": True,
    }

    def __init__(
        self,
        metric: MetricLike = "dtw",
        metric_params: Mapping[str, Any] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.metric = metric
        self.metric_params = metric_params
        self.n_jobs = n_jobs
        super().__init__()
        chosen = get_metric(metric)
        self.set_tags(**{"symmetric": chosen.symmetric, "capability:unequal_length": chosen.elastic})

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Parameters for sktime's checks."""
        del parameter_set
        return [{}, {"metric": "area"}, {"metric": "msm", "metric_params": {"c": 0.5}, "n_jobs": 2}]

    def _transform(self, X: Series, X2: Series | None = None) -> Floats:
        """Return the matrix, shape (n, m)."""
        first = _group_by_length(X, name="X")
        second = first if X2 is None or X2 is X else _group_by_length(X2, name="X2")
        distances = np.empty((len(X), len(X if X2 is None else X2)))
        for rows, panel in first:
            for columns, other in second:
                distances[np.ix_(rows, columns)] = self._pairwise(panel, None if other is panel else other)
        return distances

    def _pairwise(self, panel: FloatArray, other: FloatArray | None) -> Floats:
        """Return the distances between two panels of shape (n, n_variables, n_times), or within one."""
        if other is not None and panel.shape[1] != other.shape[1]:
            raise DataError(f"X has {panel.shape[1]} variables and X2 has {other.shape[1]}")
        total: Floats = np.sum(
            [
                pairwise(
                    panel[:, variable],
                    None if other is None else other[:, variable],
                    self.metric,
                    n_jobs=self.n_jobs,
                    **(self.metric_params or {}),
                )
                for variable in range(panel.shape[1])
            ],
            axis=0,
        )
        return total


def _group_by_length(series: Series, *, name: str) -> list[tuple[IntArray, FloatArray]]:
    """Return the positions of the series of each length, and these as a panel of shape (n, n_variables, n_times)."""
    for position, each in enumerate(series):
        values = each.to_numpy(dtype=np.float64, na_value=np.nan)
        if not np.isfinite(values).all():
            raise DataError(f"{name}: series {position} (counted from 0) has values that are missing or infinite")
        if each.shape[1] != series[0].shape[1]:
            raise DataError(
                f"{name}: series {position} (counted from 0) has {each.shape[1]} variables, not as series 0"
            )
    lengths = np.array([len(each) for each in series])
    groups = [np.flatnonzero(lengths == length) for length in np.unique(lengths)]
    return [(rows, np.stack([series[row].to_numpy(dtype=np.float64).T for row in rows])) for rows in groups]
