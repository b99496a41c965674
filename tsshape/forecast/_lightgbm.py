"""LightGBM as the forecasters use it: quiet, stopped early, and the same bits for any number of threads."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import lightgbm
import numpy as np
from lightgbm import Booster, Dataset
from sklearn.utils import check_random_state

from tsshape._typing import FloatArray, IntArray, RandomState
from tsshape.forecast._steps import model_fitted
from tsshape.forecast._workers import Workers

# The name of one of LightGBM's objectives, or a function of scores and data that returns gradient and Hessian.
Objective: TypeAlias = str | Callable[[Any, Dataset], tuple[Any, Any]]

# One thread: with more, each sums its own block of rows, and the last bits depend on how many there are.
_SETTINGS: dict[str, Any] = {
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
    # Rows are binned once for models with leaves of different sizes.
    "feature_pre_filter": False,
}
# For scales. Large trees pay where authors recur, since an author's numbers identify the author.
_SCALE_TREES: dict[str, Any] = {
    "learning_rate": 0.1,
    "num_leaves": 63,
    "min_data_in_leaf": 20,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.7,
}
# For a loss that few rows decide: small steps, and leaves and features that do not fit them too closely.
SMALL_STEPS: dict[str, Any] = {
    "learning_rate": 0.03,
    "num_leaves": 31,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.4,
    "patience": 60,
}
# For classes: a few small trees for each, which give calibrated probabilities.
_CLASS_TREES: dict[str, Any] = {"learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 40}
# Trees of few rows are small: so many rows of training for each leaf, but so many leaves at the least.
_ROWS_A_LEAF, _FEWEST_LEAVES = 80, 8
# Largest noise added to labels (logarithms of counts) where ties would leave no split to find.
_NOISE = 1e-4
SCALE_ROUNDS, SMALL_STEP_ROUNDS, CLASS_ROUNDS, PATIENCE = 150, 1000, 60, 20
# Rows that a booster is asked for at a time.
_BLOCK = 10_000


def dataset(
    X: FloatArray, y: FloatArray | IntArray, categorical: Sequence[int], reference: Dataset | None = None
) -> Dataset:
    """Return rows as a LightGBM dataset, which is binned once, however many models are trained on it."""
    rows = Dataset(
        X, y, categorical_feature=list(categorical), reference=reference, free_raw_data=False, params=_SETTINGS
    )
    return rows.construct()


def relabel(rows: Dataset, labels: FloatArray, reference: Dataset | None = None) -> Dataset:
    """Return the rows with other labels; other models may be training on the dataset as it is."""
    return dataset(rows.get_data(), labels, rows.categorical_feature, reference=reference or rows)


def train(
    objective: Objective,
    rows: Dataset,
    seed: int,
    *,
    rounds: int = SCALE_ROUNDS,
    valid_set: Dataset | None = None,
    error: Callable[[Any, Dataset], tuple[str, float, bool]] | None = None,
    patience: int = PATIENCE,
    **parameters: Any,
) -> Booster:
    """Train a model of a scale; with a validation set, stop when its error has not fallen for `patience` rounds."""
    settings = {**_SETTINGS, **_SCALE_TREES, "objective": objective, "seed": seed, **parameters}
    n_rows = rows.num_data()
    settings["num_leaves"] = int(np.clip(n_rows // _ROWS_A_LEAF, _FEWEST_LEAVES, settings["num_leaves"]))
    settings["min_data_in_leaf"] = int(np.clip(n_rows // 20, 3, settings["min_data_in_leaf"]))
    if error is not None:
        settings["metric"] = "None"
    if n_rows == 1:
        # Bagging would leave no row.
        settings["bagging_freq"] = 0
    if callable(objective) and not _can_split(rows):
        # LightGBM raises an error where no feature can be split and the objective is a function.
        constant = Dataset(rows.get_data(), np.zeros(rows.num_data()), params=_SETTINGS)
        return lightgbm.train({**_SETTINGS, "objective": "regression"}, constant, 1)
    return _train(settings, rows, rounds, valid_set, error, patience=patience)


def train_quantile(level: float, rows: Dataset, seed: int, **options: Any) -> Booster:
    """Train a model of a quantile of a scale; options as in `train`."""
    booster = train("quantile", rows, seed, alpha=level, **options)
    if booster.feature_importance().any() or not _can_split(rows):
        return booster
    # LightGBM starts at the quantile of all labels and treats a label equal to it as one below. Where all labels are
    # equal to it or below, no split has a gain; labels that differ in their last digits give one.
    labels = np.array(rows.get_label(), dtype=np.float64)
    noise = np.random.default_rng(seed).uniform(-_NOISE, _NOISE, len(labels))
    return train("quantile", relabel(rows, labels + noise), seed, alpha=level, **options)


def train_classes(rows: Dataset, n_classes: int, seed: int, *, rounds: int, valid_set: Dataset | None) -> Booster:
    """Train a model of the probabilities of the classes 0, …, n_classes - 1."""
    settings = {**_SETTINGS, **_CLASS_TREES, "objective": "multiclass", "num_class": n_classes, "seed": seed}
    settings["min_data_in_leaf"] = int(np.clip(rows.num_data() // 20, 5, settings["min_data_in_leaf"]))
    return _train(settings, rows, rounds, valid_set)


def _train(
    settings: dict[str, Any],
    rows: Dataset,
    rounds: int,
    valid_set: Dataset | None,
    error: Any = None,
    *,
    patience: int = PATIENCE,
) -> Booster:
    """Train for all rounds, or with a validation set until early stopping."""
    if valid_set is None:
        booster = lightgbm.train(settings, rows, rounds)
    else:
        stop = lightgbm.early_stopping(patience, verbose=False)
        booster = lightgbm.train(settings, rows, rounds, valid_sets=[valid_set], feval=error, callbacks=[stop])
    model_fitted(booster.current_iteration())
    return booster


def predict(boosters: Sequence[Booster], values: FloatArray, workers: Workers) -> list[FloatArray]:
    """Return the raw scores of boosters for rows, one array for each booster; a block of rows at a time."""
    starts = range(0, max(len(values), 1), _BLOCK)

    def ask(booster: Booster, start: int) -> FloatArray:
        return np.asarray(booster.predict(values[start : start + _BLOCK], raw_score=True, num_threads=1))

    tasks = [(booster, start) for booster in boosters for start in starts]
    found = workers.map(ask, *zip(*tasks, strict=True)) if tasks else []
    return [np.concatenate(found[at : at + len(starts)]) for at in range(0, len(found), len(starts))]


def ask(boosters: Sequence[Booster], values: FloatArray) -> FloatArray:
    """Return the raw scores of boosters for rows in this thread, shape (n_rows, n_boosters)."""
    return np.column_stack([each.predict(values, raw_score=True, num_threads=1) for each in boosters])


def _can_split(rows: Dataset) -> bool:
    """Return whether some feature has at least two bins to split between."""
    return any(rows.feature_num_bin(feature) > 1 for feature in range(rows.num_feature()))


def best_rounds(booster: Booster) -> int:
    """Return the number of rounds that was best on the validation set."""
    return max(1, int(booster.best_iteration))


def draw_seed(random_state: RandomState) -> int:
    """Draw a seed in the range that LightGBM accepts."""
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))
