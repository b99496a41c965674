"""Our clusterers, metrics and forecaster as estimators of sktime, and conversions of its containers and our tables."""

from tsshape.adapters.sktime._clusterer import ShapeClusterer
from tsshape.adapters.sktime._distance import ShapeDistance
from tsshape.adapters.sktime._forecaster import EngagementForecaster
from tsshape.adapters.sktime._panels import from_mtype, to_mtype
from tsshape.adapters.sktime._tslearn_arrays import from_tslearn, to_tslearn
from tsshape.data import read_ts

__all__ = [
    "EngagementForecaster",
    "ShapeClusterer",
    "ShapeDistance",
    "from_mtype",
    "from_tslearn",
    "read_ts",
    "to_mtype",
    "to_tslearn",
]
