"""What a plug-in file registers stands in a suite; a run that was made is read without it."""

import json

import pytest
from cli_program import tsshape

from tsshape import DataError, bench, simulate_spid
from tsshape.bench import Suite
from tsshape.metrics import load_plugin

PLUGIN = """
from sklearn.cluster import BisectingKMeans
from tsshape.cluster import register_clusterer
from tsshape.metrics import register_metric


@register_metric("half", defaults={"power": 1.0})
def half(x, y, params):
    total = 0.0
    for day in range(len(x) // 2):
        total += abs(x[day] - y[day]) ** params[0]
    return total


@register_clusterer("bisecting")
class Bisecting(BisectingKMeans):
    \"\"\"Bisecting k-means.\"\"\"
"""
SUITE = """
name = "plugged"
n_runs = 2

[simulation]
n_posts = 60

[[variants]]
name = "metric"
clusterer = { kind = "agglomerative", n_clusters = 3, metric = "half", metric_params = { power = 2.0 } }
classifier = { kind = "majority" }
regressor = { kind = "median" }

[[variants]]
name = "clusterer"
clusterer = { kind = "bisecting", n_clusters = 4 }
classifier = { kind = "majority" }
regressor = { kind = "median" }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a suite, its plug-in, and a run of both by two processes."""
    folder = tmp_path_factory.mktemp("plugged")
    (folder / "mine.py").write_text(PLUGIN)
    (folder / "suite.toml").write_text(SUITE)
    options = ("--plugin", folder / "mine.py", "--jobs", 2, "--out", folder / "run")
    printed = json.loads(tsshape("bench", folder / "suite.toml", *options, "--json").stdout)
    assert [row["n_clusters"] for row in printed["scores"]] == [1, None, 3, 4]
    assert printed["failed"] == []
    return folder


def test_a_run_is_compared_and_reported_without_the_plug_in(folder):
    rows = json.loads(tsshape("compare", folder / "run", "--json").stdout)
    assert {row["variant"] for row in rows} > {"metric", "clusterer"}
    tsshape("report", folder / "run", "--out", folder / "report.html")
    page = (folder / "report.html").read_text()
    assert "plugged" in page
    assert "mine.py" in page
    suite, environment, records = bench.read_run(folder / "run")
    assert [variant.clusterer.kind for variant in suite.variants] == ["agglomerative", "bisecting"]
    assert [*environment["plugins"]] == ["mine.py"]
    assert len(records) == 8


def test_a_suite_is_refused_without_its_plug_in_by_the_key(folder):
    with pytest.raises(DataError, match=r"variants\.0\.clusterer: there is no metric 'half'"):
        bench.load_suite(folder / "suite.toml")
    with pytest.raises(DataError, match=r"variants\.0\.clusterer: there is no metric 'half'"):
        bench.run(bench.read_run(folder / "run").suite, None, folder / "other")
    assert not (folder / "other").exists()


@pytest.mark.usefixtures("clean_registry")
def test_a_run_goes_on_with_its_plug_in(folder):
    load_plugin(folder / "mine.py")
    resumed = bench.run(folder / "suite.toml", None, folder / "run", resume=True)
    kept = bench.read_run(folder / "run").records
    assert {record["key"] for record in resumed} == {record["key"] for record in kept}
    assert len(kept) == 8


@pytest.mark.usefixtures("clean_registry")
def test_a_run_does_not_go_on_with_other_code_of_its_plug_in(folder, tmp_path):
    (tmp_path / "mine.py").write_text(PLUGIN.replace("len(x) // 2", "len(x) // 3"))
    load_plugin(tmp_path / "mine.py")
    with pytest.raises(DataError, match=r"was started with other code, .*: the plug-in mine\.py differs"):
        bench.run(folder / "suite.toml", None, folder / "run", resume=True)


@pytest.mark.usefixtures("clean_registry")
def test_the_version_of_an_installed_plug_in_is_part_of_the_run(python, tmp_path):
    variant = {
        "name": "gaps",
        "clusterer": {"kind": "kmedoids", "n_clusters": 2, "metric": "largest_gap"},
        "classifier": {"kind": "majority"},
        "regressor": {"kind": "median"},
    }
    suite = {"name": "installed", "n_runs": 1, "variants": [variant], "simulation": {"n_posts": 60}}
    program = (
        f"from tsshape.bench import Suite, run; run(Suite.model_validate({suite}), None, {str(tmp_path / 'run')!r})"
    )
    python("-c", program)
    environment = bench.read_run(tmp_path / "run").environment
    assert environment["versions"]["tsshape-test-plugin"] == "1.2.3"
    assert [*environment["plugins"]] == ["routes.py"]
    with pytest.raises(DataError, match="no metric 'largest_gap'"):
        bench.run(Suite.model_validate(suite), None, tmp_path / "run", resume=True)


def test_what_decides_kernels_is_part_of_the_run(tmp_path):
    posts = simulate_spid(40, n_times=3, random_state=0)
    suite = Suite(name="bare", variants=(), n_runs=1)
    bench.run(suite, posts, tmp_path / "run")
    path = tmp_path / "run" / "environment.json"
    environment = json.loads(path.read_text())
    assert {"numba", "llvmlite", "tslearn", "sktime"} <= {*environment["versions"]}
    environment["versions"]["numba"] = "0.1"
    path.write_text(json.dumps(environment | {"code_fingerprint": "other"}))
    with pytest.raises(DataError, match=r"other code, .*: numba 0\.1 then, .* now"):
        bench.run(suite, posts, tmp_path / "run", resume=True)
