"""The built-in metrics.

Lockstep metrics compare step i with step i. `euclidean`, `sqeuclidean`, `manhattan` and `minkowski` are the usual ones;
`area` is the trapezoid integral of abs(x - y) over time in steps, which on shapes (cumulative, ending at 1) is the
Wasserstein-1 distance between the arrival times of views: by how many steps the views of one post arrive later than
the other's. `auc` is abs(area under x - area under y), `cumulative_area` the Euclidean distance between the running
areas.

Elastic metrics may compare step i with step j where abs(i - j) is within `window`: `dtw`, the square root of the summed
squared differences along the best path (as tslearn and dtaidistance define it; aeon gives the square); `ddtw`, the same
of the derivatives; `wdtw`, the summed weighted squares, no root taken (as aeon); `adtw`, the summed squares and a
penalty for each step that warps, no root taken; `shape_dtw`, DTW of the values around each step; `soft_dtw` with
squared differences, which may be negative; `msm`, `twe`, `erp`, `lcss` (1 - longest common subsequence / shorter
length) and `edr` (edits / longer length). Each is as its paper defines it; docs/distances.md has the formulas and what
other libraries do.

`sbd` is 1 minus the greatest cross-correlation over all shifts, of standardized curves by default.
"""

from functools import partial
from typing import Any

from tsshape.metrics._derived import keogh_pazzani, neighbourhoods, running_areas, total_area
from tsshape.metrics._metric import SLOPE, WINDOW, Metric, Parameter
from tsshape.metrics._sbd import shape_based

FULL = Parameter(WINDOW, None)
# A window, or Itakura's parallelogram.
BAND = (Parameter(SLOPE, None, minimum=1.0, optional=True), FULL)
# By default of the standard deviations of the curves: for `lcss` the smaller one, for `edr` a quarter of the larger.
TOLERANCE = Parameter("epsilon", None, minimum=0.0, optional=True)


def built_in(name: str) -> Metric:
    """Return the built-in metric of that name: pickles of metrics call this."""
    return BUILT_IN[name]


def _metric(name: str, *parameters: Parameter, **fields: Any) -> Metric:
    """Create a built-in metric, which is pickled by its name."""
    return Metric(name, parameters, origin="built in", restore=(built_in, (name,)), **fields)


# Elastic metrics have the parameters of their kernels, in the same order.
_elastic = partial(_metric, elastic=True)

BUILT_IN = {
    metric.name: metric
    for metric in (
        _metric("euclidean", kernel="euclidean", embed=lambda X: X, average="mean"),
        _metric("sqeuclidean", kernel="sqeuclidean", average="mean"),
        _metric("manhattan", kernel="manhattan", average="median"),
        _metric("minkowski", Parameter("p", 2.0, minimum=1.0), kernel="minkowski"),
        _metric("area", kernel="area", average="median"),
        _metric("auc", embed=total_area, average="mean"),
        _metric("cumulative_area", embed=running_areas, average="mean"),
        _elastic("dtw", *BAND, kernel="dtw", average="dba"),
        _elastic("ddtw", *BAND, kernel="dtw", prepare=keogh_pazzani),
        _elastic("wdtw", Parameter("g", 0.05, minimum=0.0), *BAND, kernel="wdtw", average="elastic"),
        _elastic("wddtw", Parameter("g", 0.05, minimum=0.0), *BAND, kernel="wdtw", prepare=keogh_pazzani),
        _elastic(
            "shape_dtw",
            Parameter("reach", 15, minimum=0),
            *BAND,
            kernel="dtw",
            prepare=neighbourhoods,
            prepared_by=("reach",),
        ),
        _elastic("adtw", Parameter("warp_penalty", 1.0, minimum=0.0), *BAND, kernel="adtw", average="elastic"),
        _elastic(
            "soft_dtw",
            Parameter("gamma", 1.0, positive=True),
            FULL,
            kernel="soft_dtw",
            average="soft_dtw",
            zero_self=False,
        ),
        _elastic("msm", Parameter("c", 1.0, minimum=0.0), FULL, kernel="msm", average="elastic"),
        _elastic(
            "twe",
            Parameter("nu", 0.001, minimum=0.0),
            Parameter("lmbda", 1.0, minimum=0.0),
            FULL,
            kernel="twe",
            average="elastic",
        ),
        _elastic("erp", Parameter("g", 0.0), FULL, kernel="erp", average="elastic"),
        _elastic("lcss", TOLERANCE, FULL, kernel="lcss"),
        _elastic("edr", TOLERANCE, FULL, kernel="edr"),
        _metric("sbd", Parameter("standardize", default=True), batch=shape_based, elastic=True),
    )
}
