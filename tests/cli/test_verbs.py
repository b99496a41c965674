"""What the verbs print and write, run as a user runs them."""

import json
import subprocess
import sys
import time

import pytest
from cli_program import tsshape

from tsshape import __version__, load_dataset, load_spid
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


def test_bench_prints_the_tables_and_says_where_the_picture_is(tiny, simulated, tmp_path):
    out = tmp_path / "run"
    text = tsshape("bench", tiny, "--data", simulated, "--out", out).stdout
    for word in ("Measured", "trivial", "direct LightGBM", "majority share", "Error budget", "Reported elsewhere"):
        assert word in text
    assert str(out / "benchmark.png") in text.replace("\n", "")
    assert (out / "benchmark.png").read_bytes().startswith(b"\x89PNG")


def test_bench_runs_on_simulated_posts_without_data(tiny, tmp_path):
    tables = json.loads(tsshape("bench", tiny, "--out", tmp_path / "run", "--split", "author", "--json").stdout)
    assert [row["runs"] for row in tables["scores"]] == [2, 2]
    assert 'split = "author"' in (tmp_path / "run" / "suite.toml").read_text()


def test_a_run_that_was_killed_resumes_to_the_same_table(simulated, tmp_path):
    suite = tmp_path / "suite.toml"
    suite.write_text(TINY.replace("n_runs = 2", "n_runs = 6"))
    common = ("bench", suite, "--data", simulated, "--jobs", "2", "--json")
    whole = json.loads(tsshape(*common, "--out", tmp_path / "whole").stdout)
    cut = tmp_path / "cut"
    command = [sys.executable, "-m", "tsshape", *map(str, common), "--out", str(cut)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        records = cut / "records.jsonl"
        while process.poll() is None and not (records.exists() and records.read_text().count("\n") >= 3):
            time.sleep(0.02)
        process.kill()
    assert process.returncode == -9
    assert 3 <= records.read_text().count("\n") < 12
    resumed = json.loads(tsshape(*common, "--out", cut, "--resume").stdout)
    assert resumed["scores"] == whole["scores"]
    assert resumed["budget"] == whole["budget"]


def test_compare_prints_paired_differences(tiny, tmp_path):
    tsshape("bench", tiny, "--out", tmp_path / "run")
    rows = json.loads(tsshape("compare", tmp_path / "run", "--json").stdout)
    assert [row["score"] for row in rows] == ["trmse", "med", "rho"]
    assert "Difference from" in tsshape("compare", tmp_path / "run", "--baseline", "direct LightGBM").stdout


def test_report_writes_the_run_as_one_file(tiny, tmp_path):
    tsshape("bench", tiny, "--out", tmp_path / "run")
    told = tsshape("report", tmp_path / "run", "--out", tmp_path / "report.html").stdout
    assert told == f"written: {tmp_path / 'report.html'}\n"
    assert (tmp_path / "report.html").read_text().rstrip().endswith("</html>")


def test_the_version_is_printed():
    assert tsshape("--version").stdout.strip() == __version__


@pytest.mark.parametrize("verb", [command.name for command in app.registered_commands])
def test_every_verb_has_help(verb):
    assert "Usage" in tsshape(verb, "--help").stdout
