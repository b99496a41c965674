"""`tsshape metrics` lists the metrics and checks one."""

import json
import sys

import pytest
import typer
from cli_program import tsshape
from typer.testing import CliRunner

from tsshape import DataError
from tsshape.cli._metrics import metrics
from tsshape.cluster._methods import get_clusterer
from tsshape.metrics import available_metrics

PLUGIN = """
import numpy as np
from tsshape.metrics import register_metric

@register_metric("mine", route="batch", defaults={"p": 1.0})
def mine(X, Y, p):
    return (np.abs(X[:, None] - Y[None]) ** p).sum(axis=2) + OFFSET
"""

STRANGE = """
from pathlib import Path
Path(__file__).with_suffix(".trace").touch()
from tsshape.metrics import register_metric

@register_metric("strange", route="embed")
def strange(X):
    return X
"""

pytestmark = pytest.mark.usefixtures("clean_registry")


def run(*arguments):
    app = typer.Typer()
    app.command()(metrics)
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def plugin(tmp_path):
    def write(offset):
        path = tmp_path / f"plugin{offset}.py"
        path.write_text(PLUGIN.replace("OFFSET", str(offset)))
        return str(path)

    return write


def test_the_list_names_metrics_parameters_routes_and_origin():
    lines = run().output.splitlines()
    for name in available_metrics():
        assert any(name in line for line in lines)
    line = next(line for line in lines if " twe " in line)
    for word in ("nu=0.001", "lmbda=1.0", "window=None", "kernel", "elastic", "built in"):
        assert word in line


def test_the_list_as_json_has_every_metric():
    rows = json.loads(run("--json").output)
    assert [row["name"] for row in rows] == list(available_metrics())
    dtw = next(row for row in rows if row["name"] == "dtw")
    assert [each["as"] for each in dtw["parameters"]] == ["itakura_max_slope=None (>=1)", "window=None"]
    assert dtw["routes"] == ["kernel"]
    assert dtw["average"] == "dba"
    assert '\ndtw,"itakura_max_slope=None (>=1), window=None",kernel,dba,built in\n' in run("--csv").output


def test_a_plug_in_file_is_listed_with_its_origin(plugin):
    path = plugin(0)
    row = json.loads(run("--plugin", path, "--json").output)[-1]
    assert row["name"] == "mine"
    assert row["origin"] == f"file {path}"


def test_a_check_prints_each_claim(plugin):
    result = run("--check", "mine", "--plugin", plugin(0))
    assert result.exit_code == 0
    assert "is symmetric" in result.output
    assert "FAILED" not in result.output
    claims = json.loads(run("--check", "dtw", "--json").output)["claims"]
    assert all(claim["holds"] for claim in claims)


def test_a_failed_check_prints_what_was_found_and_is_an_error(plugin):
    result = run("--check", "mine", "--plugin", plugin(1))
    assert "FAILED: 1 for row 0" in result.output
    assert isinstance(result.exception, DataError)
    assert "'mine' breaks 1 of 7 claims" in str(result.exception)


def test_an_unknown_metric_or_file_is_an_error_that_says_what_there_is():
    assert "there are euclidean" in str(run("--check", "dwt").exception)
    assert "no-such.py" in str(run("--plugin", "no-such.py").exception)
    assert isinstance(run("--check", "dwt").exception, DataError)


@pytest.fixture
def offered(tmp_path, monkeypatch):
    """The folder of a distribution that offers metrics, a clusterer and more, whose modules leave a trace when run."""
    (tmp_path / "strange.py").write_text(STRANGE)
    (tmp_path / "strange_broken.py").write_text(STRANGE + "raise RuntimeError('no\\nway')")
    info = tmp_path / "strange-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 2.0\n")
    groups = ["metrics", "clusterers", "metric_bridges", "blocks", "partitions"]
    points = "broken = strange_broken\nstrange = strange\n"
    (info / "entry_points.txt").write_text("".join(f"[tsshape.{group}]\n{points}" for group in groups))
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in ("strange", "strange_broken"):
        sys.modules.pop(name, None)


def loaded(folder):
    return sorted(path.stem for path in folder.glob("*.trace"))


@pytest.mark.parametrize(
    "command",
    [
        ("metrics",),
        ("metrics", "--json"),
        ("metrics", "--latex"),
        ("metrics", "--check", "dtw"),
        ("doctor",),
        ("--help",),
        ("cluster", "--help"),
        ("cluster", "curves.csv", "--metric", "no such", "--out", "out"),
        ("cluster", "curves.csv", "--method", "no-such", "--out", "out"),
    ],
)
def test_no_code_of_an_installed_plug_in_is_run_unless_it_is_named(offered, command):
    (offered / "curves.csv").write_text("id,day1,day2\na,1,2\nb,2,3\n")
    tsshape(*command, folder=offered, check=False)
    assert loaded(offered) == []


def test_of_a_plug_in_that_is_not_named_the_list_has_name_and_origin(offered):
    *_, broken, strange = json.loads(run("--json").output)
    unknown = {"parameters": None, "routes": None, "average": None, "elastic": None, "symmetric": None}
    assert broken == {"name": "broken", **unknown, "origin": "strange 2.0"}
    assert strange["name"] == "strange"
    output = run().output
    assert "strange 2.0" in output
    assert "A plug-in is not run to be listed" in output
    assert "nan" not in run("--csv").output
    assert loaded(offered) == []


def test_a_named_plug_in_is_run_and_has_all_details(offered):
    (row,) = json.loads(run("strange", "--json").output)
    assert row["origin"] == "strange 2.0"
    assert row["routes"] == ["embed"]
    assert loaded(offered) == ["strange"]
    assert "strange" in run("strange", "dtw").output


def test_a_plug_in_that_fails_is_refused_by_its_name(offered, tmp_path):
    (tmp_path / "curves.csv").write_text("id,day1,day2\na,1,2\nb,2,3\n")
    for arguments in (
        ("metrics", "broken"),
        ("metrics", "--check", "broken"),
        ("cluster", "curves.csv", "--metric", "broken", "--out", "out"),
    ):
        done = tsshape(*arguments, folder=tmp_path, check=False)
        assert done.returncode == 2
        assert done.stderr == "tsshape: error: strange 2.0 offers 'broken', but fails: RuntimeError: no\\nway\n"
    with pytest.raises(DataError, match=r"strange 2.0 offers 'broken', but fails"):
        get_clusterer("broken")
    assert loaded(offered) == ["strange_broken"]
