"""Plug-ins come from installed distributions and from files, and are loaded when named."""

import json
import pickle
from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest

from tsshape import DataError, _entry_points
from tsshape.metrics import available_metrics, distance, get_metric, load_plugin
from tsshape.metrics._check import example_shapes

SHAPES = example_shapes()

FILE = """
from tsshape.metrics import register_metric

@register_metric("{name}", defaults={{"weight": 2.0}})
def weighted(x, y, params):
    return params[0] * abs(x[-1] - y[-1])
"""

INSTALLED = """
import json, pickle, sys
from joblib import Parallel, delayed
from tsshape.metrics import available_metrics, check_metric, distance, get_metric

names = ["weighted_gap", "huber_dtw", "largest_gap", "half_life"]
found = {"listed": [*available_metrics()], "loaded when listed": "tsshape_test_plugin" in sys.modules}
found["origin"] = get_metric("weighted_gap").origin
found["loaded with another"] = "tsshape_test_plugin.several" in sys.modules
for name in names:
    check_metric(name)
    assert pickle.loads(pickle.dumps(get_metric(name))) is get_metric(name)
x, y = [0.0, 1.0, 4.0], [0.0, 3.0, 4.0]
found["routes"] = {name: [get_metric(name).routes, distance(x, y, name)] for name in names}
metrics = [get_metric(name) for name in ("weighted_gap", "half_life")]
found["in workers"] = Parallel(n_jobs=2)(delayed(distance)(x, y, metric) for metric in metrics)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def installed(python):
    """What a program finds of the installed plug-in, step by step."""
    return json.loads(python("-c", INSTALLED))


def test_an_installed_plug_in_is_listed_and_loaded_only_when_named(installed):
    assert {"weighted_gap", "huber_dtw", "largest_gap", "half_life"} <= {*installed["listed"]}
    assert not installed["loaded when listed"]
    assert installed["origin"] == "tsshape-test-plugin 1.2.3"
    assert not installed["loaded with another"]


def test_an_installed_plug_in_works_by_all_four_routes(installed):
    assert installed["routes"] == {
        "weighted_gap": [["pair"], 4.0],
        "huber_dtw": [["cost"], 1.0],
        "largest_gap": [["batch"], 2.0],
        "half_life": [["embed", "batch", "pair"], 1.0],
    }


def test_an_installed_plug_in_travels_to_worker_processes(installed):
    assert installed["in workers"] == [4.0, 1.0]


@pytest.fixture
def plugin_file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(FILE.format(name="from_file"))
    return path


@pytest.mark.usefixtures("clean_registry")
def test_a_file_registers_its_metrics_once(plugin_file):
    assert load_plugin(plugin_file) == ("from_file",)
    assert load_plugin(str(plugin_file)) == ("from_file",)
    assert "from_file" in available_metrics()
    assert distance([1.0], [3.0], "from_file", weight=5) == 10.0
    assert get_metric("from_file").origin == f"file {plugin_file}"


@pytest.mark.usefixtures("clean_registry")
def test_a_metric_of_a_file_is_pickled_by_the_file(plugin_file, python):
    load_plugin(plugin_file)
    pickled = pickle.dumps(get_metric("from_file"))
    program = f"import pickle; print(pickle.loads({pickled!r}).origin)"
    assert python("-c", program).strip() == f"file {plugin_file}"


@pytest.mark.usefixtures("clean_registry")
def test_two_files_of_the_same_name_do_not_mix(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "mine.py"
        path.write_text(FILE.format(name=f"from_{folder}"))
        assert load_plugin(path) == (f"from_{folder}",)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("missing.py", None, "is a Python file that exists"),
        ("plugin.txt", FILE.format(name="x"), "ends in .py"),
        ("empty.py", "", "registers no metric"),
        ("syntax.py", "def", "failed with SyntaxError"),
        ("fails.py", FILE.format(name="half_done") + "1 / 0", "failed with ZeroDivisionError: division by zero"),
        ("taken.py", FILE.format(name="dtw"), "'dtw' is the name of a built-in metric"),
    ],
)
@pytest.mark.usefixtures("clean_registry")
def test_a_file_that_cannot_be_used_is_refused_and_leaves_nothing(tmp_path, name, text, message):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    before = available_metrics()
    with pytest.raises(DataError, match=message) as refusal:
        load_plugin(path)
    assert name in str(refusal.value)
    assert available_metrics() == before


def offer(monkeypatch, *points):
    """Stand in for what is installed."""
    found = EntryPoints(EntryPoint(name, value, _entry_points.METRICS) for name, value in points)
    monkeypatch.setattr(_entry_points, "entry_points", found.select)


@pytest.mark.usefixtures("clean_registry")
def test_an_entry_point_that_gives_no_metric_is_refused(monkeypatch):
    offer(monkeypatch, ("nothing", "json:dumps"))
    with pytest.raises(ValueError, match="json:dumps offers the metric 'nothing', but gives no Metric"):
        get_metric("nothing")


@pytest.mark.usefixtures("clean_registry")
def test_a_name_that_two_distributions_offer_is_refused(monkeypatch):
    offer(monkeypatch, ("twice", "json:dumps"), ("twice", "json:loads"))
    with pytest.raises(ValueError, match=r"more than one .* offers 'twice' .* json:dumps, json:loads"):
        get_metric("twice")


def test_the_plug_in_of_the_tests_defines_what_it_says():
    late = np.array([[0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    assert ((2 * late < late[:, -1:]).sum(axis=1)).tolist() == [3, 0]
