"""Types used in signatures."""

import os
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
# Distances and what is clustered keep the precision of the curves: float32 stays float32, everything else is float64.
Floats: TypeAlias = npt.NDArray[np.floating[Any]]

# A table of curves: index = post id, columns = 1…T; or the same as a plain array (n_curves, n_times).
Curves: TypeAlias = pd.DataFrame | FloatArray
PathLike: TypeAlias = str | os.PathLike[str]
RandomState: TypeAlias = int | np.random.RandomState | None
