"""`tsshape metrics` lists the metrics and checks one."""

import json

import pytest
import typer
from typer.testing import CliRunner

from tsshape import DataError
from tsshape.cli._metrics import metrics
from tsshape.metrics import available_metrics

PLUGIN = """
import numpy as np
from tsshape.metrics import register_metric

@register_metric("mine", route="batch", defaults={"p": 1.0})
def mine(X, Y, p):
    return (np.abs(X[:, None] - Y[None]) ** p).sum(axis=2) + OFFSET
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


def test_an_installed_plug_in_that_fails_to_load_is_listed_with_its_error(monkeypatch):
    from importlib.metadata import EntryPoint, EntryPoints  # noqa: PLC0415

    from tsshape import _entry_points  # noqa: PLC0415

    found = EntryPoints([EntryPoint("broken", "tsshape_no_such_module", _entry_points.METRICS)])
    monkeypatch.setattr(_entry_points, "entry_points", found.select)
    row = json.loads(run("--json").output)[-1]
    assert row["name"] == "broken"
    assert row["origin"].startswith("fails to load: ModuleNotFoundError")
