"""Any of our metrics as a distance of sktime."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sktime.dists_kernels.base import BasePairwiseTransformerPanel

from tsshape._errors import DataError
from tsshape._typing import FloatArray, Floats
from tsshape.metrics import MetricLike, get_metric, pairwise

Series = list[pd.DataFrame]


class ShapeDistance(BasePairwiseTransformerPanel):
    """Distances between series under any metric of `tsshape.metrics`.

    Series of several variables are compared as channels are in `pairwise`: an elastic metric warps all of them
    together. `sbd` and metrics of other libraries take one variable. Series of different lengths are compared where the
    metric is elastic, as `dtw` is.

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
        self.set_tags(
            **{
                "symmetric": chosen.symmetric,
                "capability:multivariate": chosen.multichannel,
                "capability:unequal_length": chosen.elastic,
            }
        )

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Parameters for sktime's checks."""
        del parameter_set
        return [{}, {"metric": "area"}, {"metric": "msm", "metric_params": {"c": 0.5}, "n_jobs": 2}]

    def _transform(self, X: Series, X2: Series | None = None) -> Floats:
        """Return the matrix, shape (n, m)."""
        others = None if X2 is None or X2 is X else as_arrays(X2, name="X2")
        return pairwise(as_arrays(X, name="X"), others, self.metric, n_jobs=self.n_jobs, **(self.metric_params or {}))


def as_arrays(series: Series, *, name: str) -> list[FloatArray]:
    """Return a panel as arrays of shape (n_variables, n_times); refuse series of different numbers of variables."""
    for position, each in enumerate(series):
        if each.shape[1] != series[0].shape[1]:
            raise DataError(
                f"{name}: series {position} (counted from 0) has {each.shape[1]} variables, not {series[0].shape[1]} "
                "as series 0"
            )
    return [each.to_numpy(dtype=np.float64).T for each in series]
