"""Forecasts from few posts, beside one forecast for all of them and scikit-learn's linear quantile regression.

    TSSHAPE_DATA=folder python benchmarks/forecast/few_posts.py [--draws 10]

The folder holds youku30 and youtube15; simulated posts are the third data set. Scored are forecasts of the scale of
posts that were not trained on: the mean absolute error of its logarithm, which the losses of all three minimise, and
the interquartile mean of its absolute error, to which the trimmed loss is fitted. The penalty of the linear regression
is chosen by cross-validation on the training posts. Ratios are to the better of the two others.
"""

import argparse
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import trim_mean
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import QuantileRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

import tsshape
from tsshape.forecast import ScaleRegressor

SIZES, N_TEST = (30, 100, 300, 1000), 2000
PENALTIES = (0.001, 0.01, 0.03, 0.1)


def main() -> None:
    """Print one table for each score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=10, help="random training sets of each size")
    draws = parser.parse_args().draws
    scores = pd.concat(
        [
            _measure(features, scale, size, draw).assign(data=name, posts=size, draw=draw)
            for name, (features, scale) in _datasets(Path(os.environ["TSSHAPE_DATA"])).items()
            for size in SIZES
            for draw in range(draws)
        ]
    )
    for score in ("log error", "trimmed error"):
        table = scores.pivot_table(index=["data", "posts"], columns="forecast", values=score, sort=False)
        better = table[["one for all", "linear"]].min(axis=1)
        ours = "median" if score == "log error" else "trimmed"
        print(f"\n{score}, mean of {draws} draws\n")
        print(table.assign(ratio=table[ours] / better).round(3).reset_index().to_string(index=False))


def _datasets(folder: Path) -> dict[str, tuple[pd.DataFrame, pd.Series]]:
    """Return features and scales of each data set."""
    named = {
        "youku30": tsshape.load_dataset(folder / "youku30"),
        "youtube15": tsshape.load_dataset(folder / "youtube15"),
        "simulated": tsshape.simulate_spid(5000, random_state=0),
    }
    found = {}
    for name, posts in named.items():
        curves, _ = tsshape.clean_curves(posts.curves, incomplete="truncate")
        found[name] = posts.features.loc[curves.index], curves.max(axis=1)
    return found


def _measure(features: pd.DataFrame, scale: pd.Series, size: int, draw: int) -> pd.DataFrame:
    """Return the scores of each forecast for posts that it was not fitted on."""
    order = np.random.default_rng([draw, size]).permutation(len(scale))
    train, test = order[:size], order[size : size + N_TEST]
    X, y, new, true = features.iloc[train], scale.iloc[train], features.iloc[test], scale.iloc[test]
    forecasts = {
        "one for all": np.full(len(test), np.median(y)),
        "linear": np.expm1(_fit_linear(X, np.log1p(y)).predict(new)),
        **{loss: ScaleRegressor(loss=loss, random_state=draw).fit(X, y).predict(new) for loss in ("median", "trimmed")},
    }
    return pd.DataFrame([{"forecast": name, **_score(true.to_numpy(), each)} for name, each in forecasts.items()])


def _score(true: Any, forecast: Any) -> dict[str, float]:
    """Return both errors."""
    error = np.abs(np.log1p(np.maximum(forecast, 0.0)) - np.log1p(true))
    return {"log error": float(error.mean()), "trimmed error": float(trim_mean(np.abs(forecast - true), 0.25))}


def _fit_linear(X: pd.DataFrame, y: pd.Series) -> GridSearchCV:
    """Fit scikit-learn's linear quantile regression on logarithms, with the penalty that five folds choose."""
    logarithm = FunctionTransformer(lambda values: np.sign(values) * np.log1p(np.abs(values)))
    numbers = make_pipeline(SimpleImputer(strategy="median"), logarithm, StandardScaler())
    categories = OneHotEncoder(min_frequency=3, max_categories=20, handle_unknown="infrequent_if_exist")
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (categories, make_column_selector(dtype_exclude="number")),
    )
    model = Pipeline([("columns", columns), ("line", QuantileRegressor(quantile=0.5))])
    search = GridSearchCV(model, {"line__alpha": PENALTIES}, scoring="neg_mean_absolute_error", cv=5)
    with warnings.catch_warnings():
        # A fold of few posts lacks categories and values of others.
        warnings.simplefilter("ignore")
        return search.fit(X, y)


if __name__ == "__main__":
    main()
