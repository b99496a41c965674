"""Forecasts with intervals of a folder of parts, by `tsshape predict` with and without a scheduler."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from memory import Memory

import tsshape
from tsshape.adapters.dask import open_scheduler
from tsshape.bundle import save
from tsshape.forecast import ScaleShapeForecaster

PART_ROWS, N_TRAINING = 100_000, 5_000
WORKER_MEMORY = "2GiB"


def write_parts(folder: Path, n_posts: int) -> None:
    """Write a model and the features of so many simulated posts: the same in every part, under new ids."""
    posts = folder / "posts"
    posts.mkdir(parents=True)
    training = tsshape.simulate_spid(N_TRAINING, random_state=0)
    model = ScaleShapeForecaster(random_state=0, n_jobs=-1)
    model.fit(training.features, training.curves, authors=training.authors)
    save(model, folder / "model")
    new = tsshape.simulate_spid(min(PART_ROWS, n_posts), random_state=1)
    table = new.features.assign(author=new.authors)
    for number, at in enumerate(range(0, n_posts, PART_ROWS)):
        rows = table.iloc[: n_posts - at]
        ids = pd.Index([f"{id_}-{number}" for id_ in rows.index], name="id")
        rows.set_axis(ids).reset_index().to_parquet(posts / f"part-{number:05d}.parquet")


def local(folder: Path, n_posts: int) -> dict[str, Any]:
    """Forecast one part without a scheduler."""
    del n_posts
    part = folder / "posts" / "part-00000.parquet"
    return _predict(folder, part, "--jobs", "2") | {"posts": len(pd.read_parquet(part, columns=["id"]))}


def on_dask(folder: Path, n_posts: int, n_workers: int) -> dict[str, Any]:
    """Forecast the first parts on workers."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        for number in range(-(-n_posts // PART_ROWS)):
            name = f"part-{number:05d}.parquet"
            os.link(folder / "posts" / name, Path(made) / name)
        with open_scheduler("local", n_workers=n_workers, memory_limit=WORKER_MEMORY) as client:
            return _predict(folder, Path(made), "--scheduler", client.scheduler.address)


def _predict(folder: Path, posts: Path, *options: str) -> dict[str, Any]:
    """Run the command, from its start until all is written, and remove what it wrote."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        out = Path(made) / "forecast"
        words = ["predict", str(folder / "model"), str(posts), "--coverage", "0.9", "--out", str(out), *options]
        with Memory() as memory:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "tsshape", *words], check=True, stdout=subprocess.DEVNULL)
            seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return {"seconds": seconds, "memory": memory.total, "one": memory.one, "size": size}
