"""LightGBM as the forecasters use it: quiet, stopped early, and the same bits for any number of threads."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import lightgbm
import numpy as np
from lightgbm import Booster, Dataset
from sklearn.utils import check_random_state

from tsshape._typing import FloatArray, IntArray, RandomState

# A name of LightGBM's, or a function of the scores and the data that gives gradient and hessian.
Objective: TypeAlias = str | Callable[[Any, Dataset], tuple[Any, Any]]

# One thread: sums over the threads' blocks of rows would differ in their last bits with the number of threads.
_SETTINGS: dict[str, Any] = {"num_threads": 1, "deterministic": True, "force_col_wise": True, "verbosity": -1}
# For scales. Large trees are worth it where authors recur: their numbers tell who they are.
_SCALE_TREES: dict[str, Any] = {
    "learning_rate": 0.05,
    "num_leaves": 63,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.7,
}
# For classes: few, small trees for each, whose probabilities are of use.
_CLASS_TREES: dict[str, Any] = {"learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 40}
# By so much at most labels are shaken where ties hide what tells rows apart; they are logarithms of counts.
_SHAKE = 1e-4
SCALE_ROUNDS, CLASS_ROUNDS, PATIENCE = 300, 60, 20


def dataset(
    X: FloatArray, y: FloatArray | IntArray, categorical: Sequence[int], reference: Dataset | None = None
) -> Dataset:
    """Rows as LightGBM takes them; binned once, however many models are trained on them."""
    return Dataset(
        X, y, categorical_feature=list(categorical), reference=reference, free_raw_data=False, params=_SETTINGS
    )


def train(
    objective: Objective,
    rows: Dataset,
    seed: int,
    *,
    rounds: int = SCALE_ROUNDS,
    held_out: Dataset | None = None,
    error: Callable[[Any, Dataset], tuple[str, float, bool]] | None = None,
    **parameters: Any,
) -> Booster:
    """A model of a scale; with rows held out it stops where their error has not fallen for `PATIENCE` rounds."""
    settings = {**_SETTINGS, **_SCALE_TREES, "objective": objective, "seed": seed, **parameters}
    if error is not None:
        settings["metric"] = "None"
    if rows.construct().num_data() == 1:
        # A share of one row is none.
        settings["bagging_freq"] = 0
    if callable(objective) and not _tells_anything(rows):
        # LightGBM ends in an error where there is nothing to split and the objective is not its own.
        nothing = Dataset(rows.get_data(), np.zeros(rows.num_data()), params=_SETTINGS)
        return lightgbm.train({**_SETTINGS, "objective": "regression"}, nothing, 1)
    return _train(settings, rows, rounds, held_out, error)


def train_quantile(level: float, rows: Dataset, seed: int, **options: Any) -> Booster:
    """A model of a quantile of a scale; options as in `train`."""
    booster = train("quantile", rows, seed, alpha=level, **options)
    if booster.feature_importance().any() or not _tells_anything(rows):
        return booster
    # LightGBM begins at the quantile of all labels, and takes a label that is equal to it for one below. Where all are
    # equal or below, nothing tells rows apart; labels that differ in their last digits do.
    labels = np.array(rows.get_label(), dtype=np.float64)
    shaken = np.random.default_rng(seed).uniform(-_SHAKE, _SHAKE, len(labels))
    rows.set_label(labels + shaken)
    booster = train("quantile", rows, seed, alpha=level, **options)
    rows.set_label(labels)
    return booster


def train_classes(rows: Dataset, n_classes: int, seed: int, *, rounds: int, held_out: Dataset | None) -> Booster:
    """A model of the probabilities of classes 0, …, n_classes - 1."""
    settings = {**_SETTINGS, **_CLASS_TREES, "objective": "multiclass", "num_class": n_classes, "seed": seed}
    return _train(settings, rows, rounds, held_out, None)


def _train(settings: dict[str, Any], rows: Dataset, rounds: int, held_out: Dataset | None, error: Any) -> Booster:
    """Train; keep the best of the rounds where rows are held out."""
    if held_out is None:
        return lightgbm.train(settings, rows, rounds)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    return lightgbm.train(settings, rows, rounds, valid_sets=[held_out], feval=error, callbacks=[stop])


def _tells_anything(rows: Dataset) -> bool:
    """Whether some feature has two values to split between."""
    rows.construct()
    return any(rows.feature_num_bin(feature) > 1 for feature in range(rows.num_feature()))


def best_rounds(booster: Booster) -> int:
    """How many rounds were best for the rows held out."""
    return max(1, int(booster.best_iteration))


def draw_seed(random_state: RandomState) -> int:
    """A seed that LightGBM takes."""
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def hold_out(n_posts: int, seed: int) -> IntArray:
    """Positions of the fifth of the posts that is held out of a rehearsal and on which it is judged, ascending.

    Fewer than ten posts are too few to spare any: they are judged on themselves.
    """
    drawn = np.random.default_rng(seed).permutation(n_posts)
    return np.sort(drawn if n_posts < 10 else drawn[: n_posts // 5])  # noqa: PLR2004


def rest(n_rows: int, held: IntArray) -> IntArray:
    """Positions of the rows that are not held out; all of them where all are, because none could be spared."""
    everyone = np.arange(n_rows)
    return everyone if len(held) == n_rows else np.setdiff1d(everyone, held)
