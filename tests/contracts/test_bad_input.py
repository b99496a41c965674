"""Bad input ends with its exit code and one message that names the place, and leaves no output."""

import subprocess
import sys

import pandas as pd
import pytest
from contracts.bad_input.benchmarks import BAD_CELLS, BAD_RUNS, BAD_SUITES, SUITE
from contracts.bad_input.case import MODEL
from contracts.bad_input.clusterings import BAD_CLUSTERINGS
from contracts.bad_input.curves import BAD_CURVES
from contracts.bad_input.datasets import BAD_DATASETS
from contracts.bad_input.exports import BAD_EXPORTS
from contracts.bad_input.fetches import BAD_FETCHES
from contracts.bad_input.forecasts import BAD_FITS, BAD_FORECASTS, BAD_MODELS
from contracts.bad_input.models import BAD_FORGERIES
from contracts.bad_input.pictures import BAD_NETWORKS, BAD_PICTURES
from contracts.bad_input.plugins import BAD_PLUGINS
from contracts.bad_input.reports import BAD_REPORTS
from contracts.bad_input.usage import BAD_USAGE

import tsshape
from tsshape import read_curves, simulate_spid
from tsshape.cli import main
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

GROUPS = {
    "curves": BAD_CURVES,
    "data": BAD_DATASETS,
    "suite": BAD_SUITES,
    "run": BAD_RUNS,
    "cell": BAD_CELLS,
    "clustering": BAD_CLUSTERINGS,
    "report": BAD_REPORTS,
    "fit": BAD_FITS,
    "model": BAD_MODELS,
    "forged model": BAD_FORGERIES,
    "forecast": BAD_FORECASTS,
    "network": BAD_NETWORKS,
    "picture": BAD_PICTURES,
    "export": BAD_EXPORTS,
    "fetch": BAD_FETCHES,
    "plug-in": BAD_PLUGINS,
    "usage": BAD_USAGE,
}
CASES = [(group, name) for group, cases in GROUPS.items() for name in cases]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The bytes of a model of two features, three days and forecasts in flight."""
    posts = simulate_spid(40, n_times=3, random_state=0)
    features = pd.DataFrame({"followers": range(40), "topic": ["cats", "dogs"] * 20}, posts.curves.index)
    forecaster = ScaleShapeForecaster(ShapeKMeans(2, random_state=0), random_state=0).fit(features, posts.curves)
    path = tmp_path_factory.mktemp("model") / "model"
    tsshape.save(forecaster, path)
    return path.read_bytes()


def files_below(folder):
    """Every file and folder below a folder, by its path."""
    return {path.relative_to(folder) for path in folder.rglob("*")}


def bytes_of(content, model):
    """The bytes of a file of a case: text, bytes, the model, or what a function makes of the model."""
    if content is MODEL:
        return model
    if callable(content):
        return content(model)
    return content if isinstance(content, bytes) else content.encode()


def test_there_are_more_than_350_named_bad_inputs():
    assert len(CASES) > 350


@pytest.fixture
def run(tmp_path, monkeypatch, capsys, clean_registry):  # noqa: ARG001 - a plug-in is forgotten
    """Run the program in an empty folder: its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)

    def run_main(command):
        monkeypatch.setattr(sys, "argv", ["tsshape", *command.split()])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, capsys.readouterr()

    return run_main


@pytest.mark.parametrize(("group", "name"), CASES)
def test_bad_input_ends_with_one_message_and_no_output(group, name, model, tmp_path, run):
    case = GROUPS[group][name]
    for path, content in case.files.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(bytes_of(content, model))
    before = files_below(tmp_path)
    code, printed = run(case.command)
    assert code == case.code
    assert printed.out == ""
    assert "Traceback" not in printed.err
    message, words = printed.err, case.words
    if group == "usage":  # in typer's words, which before 0.29 has the names of arguments in capitals
        message, words = message.lower(), [word.lower() for word in words]
    else:
        *_, message = printed.err.strip().splitlines()
        assert message.startswith("tsshape: error: ")
        assert printed.err.count("tsshape: error") == 1
    for word in words:
        assert word in message
    assert files_below(tmp_path) == before


def test_a_process_ends_with_code_2_and_no_traceback(tmp_path):
    command = [sys.executable, "-m", "tsshape", "describe", str(tmp_path / "none.csv")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


def test_resuming_with_other_data_is_refused(tmp_path, run):
    (tmp_path / "s.toml").write_text(SUITE)
    for seed in (0, 1):
        simulate_spid(40, n_times=3, random_state=seed).save(tmp_path / f"data{seed}")
    assert run("bench s.toml --data data0 --out run")[0] == 0
    code, printed = run("bench s.toml --data data1 --out run --resume")
    assert code == 2
    assert "started with other data" in printed.err


def test_ids_stay_text(tmp_path):
    path = tmp_path / "curves.csv"
    path.write_text("id,day01\n007,1\n1e5,2\n")
    assert read_curves(path).index.tolist() == ["007", "1e5"]
    assert isinstance(read_curves(path), pd.DataFrame)
