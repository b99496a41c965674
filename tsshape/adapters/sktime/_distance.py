"""Any of our metrics as a distance of sktime."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sktime.dists_kernels.base import BasePairwiseTransformerPanel

from tsshape._errors import DataError
from tsshape._typing import FloatArray, Floats, IntArray
from tsshape.metrics import Metric, get_metric, pairwise

Series = list[pd.DataFrame]


class ShapeDistance(BasePairwiseTransformerPanel):
    """Distances between series under any metric of `tsshape.metrics`.

    Series of several variables are as far apart as their variables are, added up. Series of different lengths are
    compared where the metric is elastic, as `dtw` is; a window given as a share is one of the two lengths compared.

    Parameters
    ----------
    metric : str or Metric, default="dtw"
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
        metric: str | Metric = "dtw",
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
        """The matrix, shape (n, m)."""
        first = _by_length(X, name="X")
        second = first if X2 is None or X2 is X else _by_length(X2, name="X2")
        distances = np.empty((len(X), len(X if X2 is None else X2)))
        for rows, some in first:
            for columns, others in second:
                distances[np.ix_(rows, columns)] = self._between(some, None if others is some else others)
        return distances

    def _between(self, some: FloatArray, others: FloatArray | None) -> Floats:
        """Distances between series of one length each, of shape (n, n_variables, n_times)."""
        if others is not None and some.shape[1] != others.shape[1]:
            raise DataError(f"X has {some.shape[1]} variables and X2 has {others.shape[1]}")
        total: Floats = np.sum(
            [
                pairwise(
                    some[:, variable],
                    None if others is None else others[:, variable],
                    self.metric,
                    n_jobs=self.n_jobs,
                    **(self.metric_params or {}),
                )
                for variable in range(some.shape[1])
            ],
            axis=0,
        )
        return total


def _by_length(series: Series, *, name: str) -> list[tuple[IntArray, FloatArray]]:
    """The positions of the series of each length, and the series; shape (n, n_variables, n_times)."""
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
