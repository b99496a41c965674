"""LightGBM as the forecasters use it: quiet, and the same bits for any number of threads."""

from typing import Any

import numpy as np
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.utils import check_random_state

from tsshape._typing import RandomState

# n_jobs=0 leaves the number of threads to OpenMP, where threadpoolctl and the environment can limit it.
_SETTINGS: dict[str, Any] = {"n_jobs": 0, "deterministic": True, "force_row_wise": True, "verbosity": -1}


def median_regressor(random_state: RandomState) -> LGBMRegressor:
    """A regressor of the conditional median: absolute loss."""
    return LGBMRegressor(
        objective="regression_l1",
        n_estimators=300,
        learning_rate=0.05,
        num_leaves=63,
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.7,
        random_state=_seed(random_state),
        **_SETTINGS,
    )


def classifier(random_state: RandomState) -> LGBMClassifier:
    """A classifier whose probabilities are of use: few, small trees for each class."""
    return LGBMClassifier(
        n_estimators=60,
        learning_rate=0.05,
        num_leaves=15,
        min_child_samples=40,
        random_state=_seed(random_state),
        **_SETTINGS,
    )


def _seed(random_state: RandomState) -> int:
    """A seed that LightGBM takes."""
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))
