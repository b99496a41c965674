"""What the verbs print and write, run as a user runs them."""

import json

import pytest
from cli_program import tsshape

from tsshape import DataError, __version__, load_dataset, load_spid
from tsshape.bench import SUITES
from tsshape.cli._bench import bench
from tsshape.cli._main import app

TINY = """
name = "tiny"
n_runs = 2
variants = []

[simulation]
n_posts = 60
"""


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "posts"
    result = tsshape("simulate", folder, "--n", 80, "--seed", 3)
    assert str(folder) in result.stdout
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("suite") / "tiny.toml"
    path.write_text(TINY)
    return path


def test_simulate_writes_the_four_tables_and_the_dataset(simulated):
    assert load_dataset(simulated).curves.equals(load_spid(simulated).curves)
    assert len(load_spid(simulated).curves) == 80


def test_describe_prints_counts_quantiles_and_a_sparkline(simulated):
    text = tsshape("describe", simulated / "curves.parquet").stdout
    for word in ("80 of 30 days", "missing", "decreases", "zero", "50%", "█"):
        assert word in text


def test_describe_speaks_json(simulated):
    found = json.loads(tsshape("describe", simulated / "popularity_TRAIN.csv", "--json").stdout)
    assert found["n_curves"] == 80
    assert len(found["mean_shape"]) == 30


def test_rank_prints_the_strongest_feature_first(simulated):
    rows = json.loads(tsshape("rank", simulated, "--target", "log-scale", "--json").stdout)
    assert rows[0]["feature"] == "MeanViews"
    assert "MeanViews" in tsshape("rank", simulated, "--both-directions").stdout
    assert tsshape("rank", simulated, "--csv").stdout.startswith(
        "feature,spearman,p-value,PPS,n,taken later?\nMeanViews,"
    )


@pytest.fixture(scope="module")
def measured(tiny, simulated, tmp_path_factory):
    """The folder of a run, and what was printed."""
    out = tmp_path_factory.mktemp("measured") / "run"
    return out, tsshape("bench", tiny, "--data", simulated, "--out", out).stdout


def test_bench_prints_the_tables_and_says_where_the_picture_is(measured):
    out, text = measured
    for word in ("Measured", "trivial", "direct LightGBM", "majority share", "Error budget"):
        assert word in text
    assert "Reported elsewhere" not in text
    assert str(out / "benchmark.png") in text.replace("\n", "")
    assert (out / "benchmark.png").read_bytes().startswith(b"\x89PNG")


def test_bench_runs_on_simulated_posts_without_data(tiny, tmp_path):
    options = ("--out", tmp_path / "run", "--split", "author", "--runs", 1, "--jobs", 1, "--json")
    tables = json.loads(tsshape("bench", tiny, *options).stdout)
    assert [row["runs"] for row in tables["scores"]] == [1, 1]
    assert {"name": "trmse", "label": "tRMSE", "unit": "views"} in tables["columns"]["scores"]
    latex = tsshape("bench", tiny, *options[:-1], "--resume", "--latex")
    assert latex.stdout.count("\\begin{table}") == latex.stdout.count("\\end{table}\n") == 2
    assert "run folder" in latex.stderr
    assert 'split = "author"' in (tmp_path / "run" / "suite.toml").read_text()


def test_compare_prints_paired_differences(measured):
    rows = json.loads(tsshape("compare", measured[0], "--json").stdout)
    assert [row["score"] for row in rows] == ["trmse", "med", "rho"]
    assert [row["lower"] for row in rows] == [None] * 3
    printed = tsshape("compare", measured[0], "--baseline", "direct LightGBM").stdout
    assert "Difference from" in printed
    assert "2 splits are too few for an interval of the difference: it takes 5 or more" in printed


def test_report_writes_the_run_as_one_file(measured, tmp_path):
    printed = tsshape("report", measured[0], "--out", tmp_path / "report.html").stdout
    assert printed == f"written: {tmp_path / 'report.html'}\n"
    assert (tmp_path / "report.html").read_text().rstrip().endswith("</html>")


def test_the_version_is_printed():
    assert tsshape("--version").stdout.strip() == __version__


@pytest.mark.parametrize("verb", [command.name for command in app.registered_commands])
def test_every_verb_has_help(verb):
    assert "Usage" in tsshape(verb, "--help").stdout


def test_the_help_of_bench_names_every_suite():
    text = " ".join(tsshape("bench", "--help").stdout.replace("│", " ").split())
    assert ", ".join(SUITES) in text


@pytest.mark.parametrize("verb", ["bench", "fit", "select-k", "cluster", "metrics", "predict", "explain"])
def test_a_verb_that_meets_metrics_takes_plug_ins(verb):
    assert "--plugin" in tsshape(verb, "--help").stdout


def test_bench_takes_a_process_for_each_core_that_it_may_use(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("tsshape._threads.count_threads", lambda n_jobs: {-1: 3}[n_jobs])
    asked = []

    def run(*_, n_jobs, **__):
        asked.append(n_jobs)
        raise DataError("enough")

    monkeypatch.setattr("tsshape.bench.run", run)
    for jobs in (None, 1):
        with pytest.raises(DataError, match="enough"):
            bench(str(tiny), out=tmp_path / "run", jobs=jobs)
    assert asked == [3, 1]
