"""A finished run of every type of variant."""

from dataclasses import replace

import pytest

import tsshape
from tsshape import bench
from tsshape.bench import Suite

PARTS = {"clusterer": {"kind": "kmeans", "n_clusters": 3}, "classifier": {"kind": "lightgbm"}}
TRIMMED = {**PARTS, "regressor": {"kind": "lightgbm", "loss": "trimmed"}, "authors": True}


@pytest.fixture(scope="session")
def posts():
    """Posts of which a run takes seconds."""
    posts = tsshape.simulate_spid(150, n_times=5, random_state=0)
    is_early = posts.curves[2] > 0.5 * posts.curves[5]
    labels = is_early.map({True: "early", False: "late"}).astype("str").mask(posts.curves.index.str.endswith("7"))
    return replace(posts, labels=labels)


@pytest.fixture(scope="session")
def suite():
    """Variants that are asked for more, for as little as can be, and of vectors; direct forecasts of a loss."""
    variants = [
        {"name": "ours", "in_flight": True, "intervals": True, "above": [50.0, 300.0], "watch": True, **TRIMMED},
        {"name": "plain", **TRIMMED},
        {"name": "vectors", **PARTS, "regressor": {"kind": "svr", "feature_set": "six"}},
    ]
    direct = [{"name": "direct, trimmed", "loss": "trimmed", "authors": True}]
    return Suite.model_validate({"name": "tiny", "n_runs": 2, "variants": variants, "direct": direct})


@pytest.fixture(scope="session")
def records(posts, suite, tmp_path_factory):
    """What the run recorded, as a reader of its folder has it."""
    out = tmp_path_factory.mktemp("run") / "run"
    bench.run(suite, posts, out)
    return bench.read_run(out).records
