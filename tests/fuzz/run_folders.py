"""Run folders as a benchmark writes them, with drawn scores, before any damage."""

import json
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

import pandas as pd
import tomli_w
from run_damage import Files

TRIVIAL, DIRECT = "trivial: median scale x mean shape", "direct LightGBM"
PARTS = {"clusterer": {"kind": "kmeans", "n_clusters": 2}, "classifier": {"kind": "lightgbm"}}
OURS = {"name": "ours", **PARTS, "regressor": {"kind": "median"}, "in_flight": True, "intervals": True}
SPLITS = ("random", "rolling", "predefined")
ENVIRONMENT = {
    "data": "simulated posts",
    "data_fingerprint": "0" * 16,
    "n_posts": 40,
    "n_times": 2,
    "n_features": 3,
    "cleaning": ["curves: 40"],
    "code_fingerprint": "1" * 16,
    "python": "3.11",
    "platform": "Linux",
    "cores": 2,
    "versions": {"tsshape": "1"},
    "plugins": {},
}


def suite_of(split: str) -> dict[str, Any]:
    """The suite that was run."""
    return {"name": "fuzz", "split": split, "n_runs": 6 if split == "random" else 2, "variants": [OURS]}


@cache
def folder_of(split: str) -> Files:
    """The files of a run folder before any damage."""
    suite = suite_of(split)
    n_runs = suite["n_runs"]
    rng = Random(split)  # noqa: S311
    files: Files = {"suite.toml": tomli_w.dumps(suite).encode(), "environment.json": json.dumps(ENVIRONMENT).encode()}
    lines = []
    for run in range(n_runs):
        for number, variant in enumerate((TRIVIAL, DIRECT, "ours")):
            cell = cell_of(variant, run, split, rng) | {"key": f"{run:08x}{number:08x}"}
            lines.append(json.dumps(cell) + "\n")
            if split == "predefined":
                errors = pd.DataFrame(
                    {name: [rng.uniform(1, 9) for _ in range(4)] for name in ("rmse", "rmse_1", "relative_1")}
                )
                files[f"errors/{cell['key']}.parquet"] = as_parquet(errors)
    failed = {"key": "f" * 16, "variant": "ours", "run": n_runs - 1, "n_train": 36, "n_test": 4}
    lines[-1] = json.dumps(failed | {"error": "ValueError: no", "traceback": "Traceback"}) + "\n"
    return files | {"records.jsonl": "".join(lines).encode()}


def as_parquet(table: pd.DataFrame) -> bytes:
    """The bytes of a Parquet file."""
    buffer = BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def cell_of(variant: str, run: int, split: str, rng: Random) -> dict[str, Any]:
    """The record of a cell that was measured, without its key."""
    cell: dict[str, Any] = {"variant": variant, "run": run, "n_train": 36, "n_test": 4}
    cell |= {"rho": rng.uniform(-1, 1), "trmse": rng.uniform(1, 9), "med": rng.uniform(1, 9), "seconds": 0.1}
    if split == "rolling":
        cell |= {"n_unfinished": 7, "steps_seen": None if run else 1.5}
    if variant == TRIVIAL:
        cell["rho"] = None
    if variant != DIRECT:
        cell |= dict.fromkeys(("accuracy", "majority_share", "balanced_accuracy"), rng.random()) | {"n_clusters": 2}
        cell["budget"] = {name: rng.uniform(1, 9) for name in ("nothing", "scale", "prototype", "shape")}
    if variant == "ours":
        share, width = rng.random(), rng.uniform(1, 9)
        cell["classes"] = {"n_classes": 2, "posts": 36, "ari": 0.1, "nmi": 0.2, "accuracy": 0.7}
        cell["in_flight"] = {
            "1": {"trmse": width, "med": 3.0, "mrse": 0.1} | dict.fromkeys(("coverage_80%", "coverage_90%"), share)
        }
        level = {"coverage": share, "quarters": [share, None, 1.0, 0.5], "width": width, "log_width": 0.5}
        cell["intervals"] = {"50%": level, "90%": level}
        cell["probability"] = [{"above": 9.0, "days": 0, "tenth": 1, "posts": 4, "forecast": 0.1, "share": 0.25}]
        cell["top"] = {"0": {"forecast": 0.5}, "1": {"forecast": 0.75, "last_count": 0.5}}
        cell["watch"] = {"1": {"ended": 2, "flagged": 2, "right": 1, "right_by_count": 0}}
    if variant != DIRECT and run == 0:
        band = {"forecast": [1.0, 5.0], "lower": [0.0, 1.0], "upper": [2.0, 7.0]}
        post = {"id": "p<1>", "truth": [2.0, 4.0], "forecasts": {"0": band, "1": band}}
        features = [{"feature": "Camera", "scale": 0.5, "shape": 0.1}]
        cell["illustration"] = {
            "prototypes": [[0.5, 1.0], [0.1, 1.0]],
            "sizes": [20, 16],
            "posts": [post],
            "features": features,
        }
    return cell
