"""Scores of baselines that forecast from observed days alone."""

from typing import Any

import numpy as np
import pandas as pd

from tsshape.bench._boosting import author_growth
from tsshape.bench._components import Baseline
from tsshape.bench._in_flight import later_scores
from tsshape.features import EncodedTable


def baseline_scores(
    baseline: Baseline,
    train: tuple[EncodedTable, pd.DataFrame, pd.Series | None],
    test: tuple[EncodedTable, pd.DataFrame, pd.Series | None],
    *,
    seed: int,
) -> dict[str, Any]:
    """Return by cutoff the errors on the later days; `train` and `test` are features, complete curves, and authors."""
    found = {}
    for cutoff in baseline.cutoffs:
        if cutoff >= train[1].shape[1]:
            continue
        counts = train[1].to_numpy(np.float64)
        seen, future = test[1].iloc[:, :cutoff].to_numpy(np.float64), test[1].iloc[:, cutoff:]
        known, known_test = _known(baseline, train, test, cutoff) or ({}, {})
        model = baseline.build(seed).fit(counts[:, :cutoff], counts[:, cutoff:], **known)
        forecast = pd.DataFrame(model.predict(seen, **known_test), future.index, future.columns)
        found[str(cutoff)] = later_scores(future, forecast)
    return found


def _known(baseline: Baseline, train: Any, test: Any, cutoff: int) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return what a baseline knows beside the counts, of training and test posts; None if that is nothing."""
    sides: tuple[list[Any], list[Any]] = ([], [])
    if baseline.features:
        for columns, (features, _, _) in zip(sides, (train, test), strict=True):
            columns.append(features.design.values)
    if baseline.authors and train[2] is not None:
        log = np.log1p(train[1].to_numpy(np.float64))
        others, mean = author_growth(log[:, -1] - log[:, cutoff - 1], train[2])
        sides[0].append(others[:, np.newaxis])
        sides[1].append(test[2].map(mean).to_numpy(dtype=np.float64, na_value=np.nan)[:, np.newaxis])
    if not sides[0]:
        return None
    of_train, of_test = ({"known": np.hstack(columns)} for columns in sides)
    return of_train, of_test
