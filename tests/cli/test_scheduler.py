"""The verbs `cluster` and `select-k` with `--scheduler`: folders of Parquet parts, and tables, in blocks on Dask."""

import json
import os
import re
import sys

import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape
from distributed import LocalCluster

import tsshape as library
from tsshape.cli import _cluster_parts, _cluster_summary, _select_k
from tsshape.cluster import applicable_criteria, select_n_clusters
from tsshape.data import write_table
from tsshape.report import write_report

# Half of the distance is the area of the difference; a worker that computes it for the first time is killed, if asked.
PLUGIN = """
import os, signal
from pathlib import Path
import numpy as np
from tsshape.metrics import register_metric

@register_metric("half", route="batch")
def half(X, Y):
    once = Path({once!r})
    if os.getpid() != {client} and not once.exists():
        once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return np.abs(X[:, None] - Y[None]).sum(axis=2) / 2
"""


@pytest.fixture(scope="module")
def address():
    """The address of a scheduler with two worker processes, which this module shares."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50, memory_limit="1GiB"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with `curves.parquet`, and `parts` of the same curves, of which two have no view; and a dataset's."""
    folder = tmp_path_factory.mktemp("scheduler")
    posts = library.simulate_spid(200, n_times=6, random_state=0)
    curves = posts.curves.rename_axis("id")
    curves.iloc[[4, 140]] = 0.0
    write_table(curves, folder / "curves.parquet")
    write_parts(folder / "parts", curves)
    write_parts(folder / "dataset" / "curves", curves)
    write_table(posts.features.rename_axis("id"), folder / "dataset" / "features.parquet")
    return folder


def write_parts(folder, curves, n_parts=3):
    folder.mkdir(parents=True)
    for number, rows in enumerate(np.array_split(np.arange(len(curves)), n_parts)):
        write_table(curves.iloc[rows], folder / f"part-{number:05d}.parquet")


@pytest.fixture
def impatient(monkeypatch):
    """A scheduler must answer at once."""
    monkeypatch.setattr("tsshape.adapters.dask._scheduler.TIMEOUT", 0.2)


def read_labels(folder):
    """The labels of all parts, whose files are numbered."""
    files = sorted((folder / "labels").iterdir())
    assert [file.name for file in files] == [f"part-{number:05d}.parquet" for number in range(len(files))]
    return pd.concat([pd.read_parquet(file) for file in files])


def check_no_other(folder, *names):
    """Check that there is nothing hidden or half-written beside some names."""
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


@pytest.mark.parametrize("options", [["--k", "3"], ["--method", "meanshift", "--bandwidth", "0.4"]])
def test_parts_are_clustered_as_the_whole_table_is(data, address, tmp_path, options):
    blocks = ["--scheduler", address, "--block-rows", "30"]
    said = tsshape("cluster", data / "parts", *options, *blocks, "--out", tmp_path / "parts")
    tsshape("cluster", data / "curves.parquet", *options, "--out", tmp_path / "table")
    check_no_other(tmp_path, "parts", "table")
    check_no_other(
        tmp_path / "parts", "labels", "prototypes.csv", "bands.csv", "clusters.png", "clusters.svg", "summary.json"
    )
    labels = pd.read_csv(tmp_path / "table" / "labels.csv", dtype={"id": str, "cluster": "Int64"}, index_col="id")
    pd.testing.assert_frame_equal(read_labels(tmp_path / "parts").loc[labels.index], labels)
    for name in ("prototypes.csv", "bands.csv"):
        assert (tmp_path / "parts" / name).read_text() == (tmp_path / "table" / name).read_text()
    found, expected = (json.loads((tmp_path / name / "summary.json").read_text()) for name in ("parts", "table"))
    assert (found.pop("samples"), found.pop("silhouette_error")) == ([], 0)
    assert {found.pop("prototype_curves"), found.pop("member_curves")} == {198}
    for name in ("silhouette", "inertia"):
        assert found.pop(name) == pytest.approx(expected.pop(name))
    assert found == expected
    assert "200, of which 2 without a view" in said.stdout
    assert "parts: labels/part-*.parquet, prototypes.csv" in said.stdout
    assert "dashboard: http://127.0.0.1:" in said.stderr
    assert re.search(r"cluster 198 shapes, pass \d+ .* blocks", said.stderr)
    assert re.search("sample clusters .* 9/9 blocks", said.stderr)


def test_what_is_computed_from_a_sample_is_said(data, address, tmp_path, monkeypatch):
    monkeypatch.setattr("tsshape.cluster._in_blocks.SEED_CURVES", 60)
    monkeypatch.setattr(_cluster_parts, "MEMBERS", 30)
    monkeypatch.setattr(_cluster_parts, "LEAST_MEMBERS", 5)
    monkeypatch.setattr(_cluster_summary, "SILHOUETTE_CURVES", 80)
    said = tsshape(
        "cluster", data / "parts", "--k", 3, "--scheduler", address, "--block-rows", 30, "--out", tmp_path / "out"
    )
    lines = [
        "the first prototypes of k-means: from 60 of the 198 shapes",
        "bands, examples and picture: from 30 of the 198 shapes",
        "silhouette: from 79 of the 198 shapes",
    ]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["samples"] == lines
    assert "samples     " + f"\n{'':12}".join(lines) in said.stdout
    assert f"± {summary['silhouette_error']:.2g} under euclidean, of 79 shapes" in said.stdout
    labels = read_labels(tmp_path / "out")
    assert summary["sizes"] == labels["cluster"].value_counts().sort_index().tolist()
    shapes = library.split_scale_shape(library.read_curves(data / "curves.parquet").loc[labels.dropna().index])[1]
    prototypes = pd.read_csv(tmp_path / "out" / "prototypes.csv", index_col="cluster").drop(columns="name")
    distance = shapes.to_numpy() - prototypes.loc[labels["cluster"].dropna()].to_numpy()
    assert summary["inertia"] == pytest.approx(np.square(distance).sum(), rel=1e-3)
    assert [labels.loc[ids, "cluster"].tolist() for ids in summary["examples"]] == [[k] * 3 for k in range(3)]
    write_report(tmp_path / "out", tmp_path / "report.html")
    assert "; ".join(lines) in (tmp_path / "report.html").read_text(encoding="utf-8")
    picture = (tmp_path / "out" / "clusters.svg").read_text()
    assert all(f"<!-- {size} · {100 * size / 198:.1f} % -->" in picture for size in summary["sizes"])


def test_a_table_is_clustered_in_blocks_with_the_files_that_it_has_without(address, tmp_path):
    posts = library.simulate_spid(60, n_times=6, random_state=0)
    labels = pd.Series(["early", "late"] * 30, posts.curves.index, dtype="str")
    library.EngagementDataset(posts.curves, posts.curves[[]], labels=labels, name="known").save(tmp_path / "known")
    tsshape("cluster", "known", "--k", 3, "--scheduler", address, "--out", "blocks", folder=tmp_path)
    tsshape("cluster", "known", "--k", 3, "--out", "memory", folder=tmp_path)
    check_no_other(tmp_path, "known", "blocks", "memory")
    for name in ("labels.csv", "prototypes.csv", "bands.csv", "classes.csv"):
        assert (tmp_path / "blocks" / name).read_text() == (tmp_path / "memory" / name).read_text()


def test_a_killed_worker_changes_nothing_and_plugins_reach_the_workers(data, address, tmp_path):
    plugin, once = tmp_path / "half.py", tmp_path / "once"
    plugin.write_text(PLUGIN.format(once=str(once), client=os.getpid()))
    options = ["--plugin", plugin, "--metric", "half", "--k", 3]
    blocks = ["--scheduler", address, "--block-rows", 30]
    tsshape("cluster", data / "parts", *options, *blocks, "--out", tmp_path / "killed")
    assert once.exists()
    tsshape("cluster", data / "parts", *options, *blocks, "--out", tmp_path / "alive")
    for name in ("prototypes.csv", "bands.csv", "summary.json"):
        assert (tmp_path / "killed" / name).read_text() == (tmp_path / "alive" / name).read_text()
    pd.testing.assert_frame_equal(read_labels(tmp_path / "killed"), read_labels(tmp_path / "alive"))


def test_a_number_of_clusters_is_chosen_on_parts(data, address, tmp_path, monkeypatch):
    options = ["--k", "2,3", "--seeds", 1, "--scheduler", address, "--block-rows", 30]
    found = json.loads(tsshape("select-k", data / "dataset", *options, "--json", "--out", tmp_path / "all").stdout)
    curves = library.read_curves(data / "curves.parquet")
    shapes = library.split_scale_shape(curves[curves.max(axis=1) > 0])[1]
    expected = select_n_clusters(shapes, [2, 3], criteria=applicable_criteria("euclidean"), n_seeds=1, random_state=0)
    assert found["votes"] == expected.votes
    assert found["table"] == json.loads(expected.table.reset_index().to_json(orient="records", double_precision=15))
    monkeypatch.setattr(_select_k, "SAMPLE_OF_PARTS", 50)
    few = [*options, "--criteria", "inertia", "--out", tmp_path / "sample"]
    assert "sample: a sample of 50 of the 198 curves is clustered\n" in tsshape("select-k", data / "parts", *few).stdout
    summary = json.loads((tmp_path / "sample" / "summary.json").read_text())
    assert (summary["n_shapes"], summary["sample"]["n_clustered"]) == (198, 50)
    check_no_other(tmp_path, "all", "sample")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["cluster", "parts"], 2, "is a folder of Parquet parts, which takes --scheduler, such as 'local'"),
        (["select-k", "parts"], 2, "is a folder of Parquet parts, which takes --scheduler, such as 'local'"),
        (["cluster", "curves.parquet", "--block-rows", "9"], 2, "--block-rows is for --scheduler"),
        (["cluster", "parts", "--scheduler", "local", "--channels", "views"], 2, "--channels is not for a folder of"),
        (["cluster", "parts", "--scheduler", "local", "--z-normalize"], 2, "--z-normalize is not for a folder of"),
        (["select-k", "parts", "--scheduler", "local", "--exact"], 2, "--exact is not for a folder of Parquet parts"),
        (["select-k", "curves.parquet", "--scheduler", "local"], 2, "--scheduler is for a folder of Parquet parts"),
        (["cluster", "parts", "--scheduler", "local", "--method", "hdbscan"], 2, "or cluster a sample of the curves"),
        (["cluster", "parts", "--scheduler", "10.0.0.1"], 2, "a scheduler is 'local' or an address such as tcp://"),
        (["cluster", "parts", "--scheduler", "tcp://127.0.0.1:9"], 1, "tcp://127.0.0.1:9: no Dask scheduler answers"),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_what_cannot_be_computed_is_refused(data, tmp_path, arguments, code, says):
    verb, path, *options = arguments
    refused = tsshape(verb, data / path, *options, "--out", tmp_path / "out", check=False)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (code, 1)
    assert refused.stderr.startswith("tsshape: error: ")
    assert says in refused.stderr
    check_no_other(tmp_path)


def test_without_dask_its_extra_is_named(data, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused = tsshape("cluster", data / "parts", "--scheduler", "local", "--out", tmp_path / "out", check=False)
    assert refused.returncode == 2
    assert "--scheduler: this needs distributed: pip install 'tsshape[dask]'" in refused.stderr


def test_a_bad_row_is_named_by_the_worker_that_reads_it(data, address, tmp_path):
    curves = library.read_curves(data / "curves.parquet").rename_axis("id")
    curves.iloc[150, 2] = -1.0
    write_parts(tmp_path / "bad", curves)
    refused = tsshape("cluster", tmp_path / "bad", "--scheduler", address, "--out", tmp_path / "out", check=False)
    assert refused.returncode == 2
    (line,) = [each for each in refused.stderr.splitlines() if "error" in each]
    assert f"bad/part-00002.parquet, row 17 (id '{curves.index[150]}'), column '3': -1.0 is negative" in line
    check_no_other(tmp_path, "bad")
