"""A folder as `tsshape predict --out FOLDER` writes it, without a model: the fan spreads around the true curves."""

import json

import numpy as np
import pandas as pd

from tsshape.cluster import ShapeKMeans, describe_lives
from tsshape.data import day_column, write_table

LEVELS = {50: 0.67, 80: 1.28, 95: 1.96}


def write_forecast_folder(out, posts, *, n_clusters=4, days_seen=3, above=(1000,), titles=None, **settings):
    """Write the forecast of some posts, of which every second one has been seen for some days."""
    out.mkdir()
    curves, n_times = posts.curves, posts.curves.shape[1]
    generator = np.random.default_rng(0)
    seen = np.where(np.arange(len(curves)) % 2, days_seen, 0)
    days = np.arange(1, n_times + 1)
    ahead = days > seen[:, None]
    forecast = np.where(ahead, curves * np.exp(0.3 * generator.standard_normal((len(curves), 1))), curves)
    forecast = np.maximum.accumulate(forecast, axis=1)
    spread = 0.8 * ahead
    shapes = forecast / np.maximum(forecast.max(axis=1, keepdims=True), 1)
    clusters = ShapeKMeans(n_clusters, random_state=0).fit(shapes)
    lives = describe_lives(clusters.prototypes_)
    ids = pd.Index(curves.index, name="id")
    write_table(
        _long(ids, days, forecast=forecast, **_ends(forecast, spread, {90: 1.64}, "")), out / "forecast.parquet"
    )
    write_table(_long(ids, days, **_ends(forecast, spread, LEVELS, "_{}")), out / "fan.parquet")
    observed = _long(ids, days, views=curves.to_numpy())
    write_table(observed[~ahead.ravel()], out / "observed.parquet")
    last = np.where(seen > 0, curves.to_numpy()[np.arange(len(curves)), np.maximum(seen - 1, 0)], np.nan)
    final = forecast[:, -1]
    summary = pd.DataFrame(
        {
            "days_observed": seen,
            "views_so_far": pd.Series(last).round().astype("Int64").array,
            "forecast": final.round().astype(int),
            "lower": (final * np.exp(-1.64 * spread[:, -1])).round().astype(int),
            "upper": (final * np.exp(1.64 * spread[:, -1])).round().astype(int),
            "cluster": clusters.labels_,
            "life": lives["name"].reindex(clusters.labels_).to_numpy(),
            **{f"above_{count}": (final > count) * 0.8 + 0.1 for count in above},
        },
        ids,
    )
    write_table(summary, out / "summary.csv")
    prototypes = pd.DataFrame(clusters.prototypes_, columns=[day_column(day) for day in days])
    write_table(lives.join(prototypes), out / "lives.csv")
    known = pd.DataFrame({"author": posts.authors, "posted": posts.posted, "title": titles}, ids).dropna(
        axis=1, how="all"
    )
    write_table(known, out / "posts.parquet")
    record = {"tsshape": "0.1.0", "model": "posts.model", "data": "new", "coverage": 0.9, "above": list(above)}
    (out / "forecast.json").write_text(json.dumps(record | settings))


def _ends(forecast, spread, widths, ending):
    """The ends of the intervals of some levels."""
    return {
        f"{end}{ending.format(level)}": forecast * np.exp(sign * width * spread)
        for level, width in widths.items()
        for end, sign in (("lower", -1), ("upper", 1))
    }


def _long(ids, days, **tables):
    """Tables of posts by days with one row per post and day."""
    index = pd.Index(ids.repeat(len(days)), name="id")
    return pd.DataFrame({"day": np.tile(days, len(ids)), **{k: np.ravel(v) for k, v in tables.items()}}, index)
