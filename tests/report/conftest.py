"""Folders that the verbs have written, with names that try to be more than names."""

import pytest
from cli_program import tsshape

from tsshape import EngagementDataset, simulate_spid
from tsshape.bench import Suite, run

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
LONG = "a-name-without-a-space-" * 5
PARTS = {"clusterer": {"kind": "kmeans", "n_clusters": 5}, "classifier": {"kind": "lightgbm"}}
SUITE = Suite.model_validate(
    {
        "name": HOSTILE,
        "n_runs": 2,
        "variants": [
            {"name": "ours", "in_flight": True, "intervals": True, **PARTS, "regressor": {"kind": "lightgbm"}},
            {"name": LONG, **PARTS, "regressor": {"kind": "median"}},
            {"name": HOSTILE, **PARTS, "regressor": {"kind": "svr", "feature_set": "six"}},
        ],
    }
)


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """A folder of each verb that a report is written of."""
    out = tmp_path_factory.mktemp("report")
    posts = simulate_spid(150, n_times=12, random_state=0)
    names = {name: f"{HOSTILE}{number}" for number, name in enumerate(posts.curves.index)}
    curves, features = (table.rename(index=names) for table in (posts.curves, posts.features))
    features = features.rename(columns={"MeanViews": HOSTILE}).assign(MeanViews=features["MeanViews"])
    hostile = EngagementDataset(curves, features, name=f"{HOSTILE}\u202e優酷")
    run(SUITE, hostile, out / "bench")
    posts.save(out / "posts")
    curves = out / "posts" / "curves.parquet"
    tsshape("cluster", curves, "--k", 5, "--out", out / "cluster")
    tsshape("select-k", curves, "--k", "1:6", "--out", out / "select-k")
    return out
