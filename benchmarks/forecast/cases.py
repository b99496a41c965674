"""What is timed of forecasts; each case runs in a process of its own, which prints what it measured as JSON."""
# ruff: noqa: PLC0415 - a case imports what it times

import contextlib
import io
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def write_posts(data: Path, n_posts: int, folder: Path) -> None:
    """Write so many posts of a dataset folder in random order, repeated under new ids where it has fewer."""
    folder.mkdir()
    tables = {stem: pd.read_parquet(data / f"{stem}.parquet").set_index("id") for stem in ("features", "curves")}
    order = np.random.default_rng(0).permutation(tables["features"].index)
    rows = np.resize(order, n_posts)
    ids = [f"{id_}-{turn}" for turn in range(-(-n_posts // len(order))) for id_ in order][:n_posts]
    for stem, table in tables.items():
        table.loc[rows].set_axis(pd.Index(ids, name="id")).reset_index().to_parquet(folder / f"{stem}.parquet")


def fit(folder: str, model: str) -> dict[str, Any]:
    """Fit under the trimmed loss, in flight and with intervals; save the model."""
    from tsshape import clean_curves, read_curves
    from tsshape.bundle import save
    from tsshape.cluster import ShapeKMeans
    from tsshape.data import read_posts
    from tsshape.forecast import ScaleShapeForecaster

    curves = clean_curves(read_curves(Path(folder) / "curves.parquet"), missing="interpolate")[0]
    posts = read_posts(Path(folder) / "features.parquet").take(curves.index)
    forecaster = ScaleShapeForecaster(ShapeKMeans(20, n_jobs=-1, random_state=0), loss="trimmed", random_state=0)
    if "n_jobs" in forecaster.get_params(deep=False):
        # As `tsshape fit` does; earlier versions trained one model after the other.
        forecaster.set_params(n_jobs=-1)
    stages: dict[str, float] = {}
    last = [time.perf_counter(), ""]

    def on_step(_done: int, _total: int, what: str) -> None:
        now = time.perf_counter()
        stages[last[1]] = stages.get(last[1], 0.0) + now - last[0]
        last[:] = now, what

    start = last[0]
    forecaster.fit(posts.features, curves, authors=posts.authors, on_step=on_step)
    seconds = time.perf_counter() - start
    on_step(0, 0, "")
    save(forecaster, model)
    named = {what or "clustering and encoding": stage for what, stage in stages.items()}
    return {"seconds": seconds, "stages": named, "size": Path(model).stat().st_size, "posts": len(curves)}


def predict(model: str, features: str, out: str) -> dict[str, Any]:
    """Forecast with intervals by `tsshape predict`, from the start of the command to the file that it has written."""
    from tsshape.cli import main

    sys.argv = ["tsshape", "predict", model, features, "--coverage", "0.9", "--out", out]
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        main()
    return {"seconds": time.perf_counter() - start, "size": Path(out).stat().st_size}


if __name__ == "__main__":
    measured = {"fit": fit, "predict": predict}[sys.argv[1]](*sys.argv[2:])
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    print(json.dumps(measured | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}))
