"""Bad input ends with exit code 2 and one message that names the place, and leaves no output."""

import subprocess
import sys

import pandas as pd
import pytest

from tsshape import read_curves, simulate_spid
from tsshape.cli import main

CURVES = "id,day01,day02\na,1,2\nb,3,4\n"
FEATURES = "id,followers\na,10\nb,20\n"
MANY_CURVES = "id,day01\n" + "".join(f"p{i},{i}\n" for i in range(30))
MANY_FEATURES = "id,followers\n" + "".join(f"p{i},{i % 7}\n" for i in range(30))
SUITE = "name = 'x'\nvariants = []\nn_runs = 1\n"

# name -> (files to write, arguments, what the message must hold)
BAD_CURVES = {
    "no file": ({}, ["describe", "curves.csv"], ["curves.csv"]),
    "a folder": ({}, ["describe", "."], ["."]),
    "an ending nobody knows": ({"curves.txt": CURVES}, ["describe", "curves.txt"], ["curves.txt", ".csv"]),
    "no id column": ({"curves.csv": "post,day01\na,1\n"}, ["describe", "curves.csv"], ["curves.csv", "'post'", "id"]),
    "an id column that is not there": (
        {"curves.csv": CURVES},
        ["describe", "curves.csv", "--id-column", "key"],
        ["curves.csv", "'key'"],
    ),
    "an id twice": ({"curves.csv": CURVES + "a,5,6\n"}, ["describe", "curves.csv"], ["curves.csv", "'a'", "4"]),
    "a word among counts": (
        {"curves.csv": CURVES.replace("3", "many")},
        ["describe", "curves.csv"],
        ["curves.csv", "'b'", "3", "day01", "many"],
    ),
    "an infinite count": (
        {"curves.csv": CURVES.replace("4", "inf")},
        ["describe", "curves.csv"],
        ["curves.csv", "'b'", "day02", "inf"],
    ),
    "a negative count": (
        {"curves.csv": CURVES.replace("4", "-4")},
        ["describe", "curves.csv"],
        ["curves.csv", "'b'", "day02", "-4"],
    ),
    "a row too short": ({"curves.csv": CURVES + "c,5\n"}, ["describe", "curves.csv"], ["curves.csv", "4"]),
    "a day that is missing": (
        {"curves.csv": CURVES.replace("day02", "day03")},
        ["describe", "curves.csv"],
        ["curves.csv", "day03"],
    ),
    "an empty file": ({"curves.csv": ""}, ["describe", "curves.csv"], ["curves.csv", "empty"]),
    "not UTF-8": ({"curves.csv": b"id,day01\n\xff,1\n"}, ["describe", "curves.csv"], ["curves.csv", "UTF-8"]),
    "not Parquet": ({"curves.parquet": "no"}, ["describe", "curves.parquet"], ["curves.parquet"]),
}
BAD_DATASETS = {
    "no folder": ({}, ["bench", "smoke", "--data", "data", "--out", "run"], ["data"]),
    "no features": ({"data/curves.csv": CURVES}, ["bench", "smoke", "--data", "data", "--out", "run"], ["features"]),
    "features that lack rows": (
        {"data/curves.csv": CURVES, "data/features.csv": "id,followers\na,10\n"},
        ["bench", "smoke", "--data", "data", "--out", "run"],
        ["features", "'b'"],
    ),
    "an infinite feature": (
        {"data/curves.csv": CURVES, "data/features.csv": FEATURES.replace("20", "inf")},
        ["bench", "smoke", "--data", "data", "--out", "run"],
        ["features.csv", "'b'", "followers", "inf"],
    ),
    "no authors to split by": (
        {"data/curves.csv": MANY_CURVES, "data/features.csv": MANY_FEATURES},
        ["bench", "smoke", "--data", "data", "--split", "author", "--out", "run"],
        ["author"],
    ),
    "no times to split by": (
        {"data/curves.csv": MANY_CURVES, "data/features.csv": MANY_FEATURES},
        ["bench", "smoke", "--data", "data", "--split", "time", "--out", "run"],
        ["posted"],
    ),
    "too few posts": (
        {"data/curves.csv": CURVES, "data/features.csv": FEATURES},
        ["bench", "smoke", "--data", "data", "--out", "run"],
        ["at least 20 posts", "2"],
    ),
    "nothing to rank": ({"data/curves.csv": CURVES}, ["rank", "data"], ["features"]),
}
BAD_SUITES = {
    "a suite nobody knows": ({}, ["bench", "sprint", "--out", "run"], ["'sprint'", "smoke", "paper"]),
    "an unknown key": ({"s.toml": SUITE + "runs = 3\n"}, ["bench", "s.toml", "--out", "run"], ["s.toml", "runs"]),
    "a value out of range": (
        {"s.toml": SUITE.replace("1", "0")},
        ["bench", "s.toml", "--out", "run"],
        ["s.toml", "n_runs", "1"],
    ),
    "not TOML": ({"s.toml": "name = "}, ["bench", "s.toml", "--out", "run"], ["s.toml", "TOML"]),
}
BAD_RUNS = {
    "a run folder that holds something": (
        {"run/notes.txt": "x", "s.toml": SUITE},
        ["bench", "s.toml", "--out", "run"],
        ["run", "--resume"],
    ),
    "nothing to resume": (
        {"run/notes.txt": "x", "s.toml": SUITE},
        ["bench", "s.toml", "--out", "run", "--resume"],
        ["run"],
    ),
    "no run folder": ({}, ["compare", "run"], ["run"]),
}
ONE_CURVES = "id,day01,day02\na,1,2\nb,3,4\nc,5,9\n"
BAD_CLUSTERINGS = {
    "a metric nobody knows": (["cluster", "--metric", "luck"], ["'luck'", "euclidean"]),
    "a method nobody knows": (["cluster", "--method", "magic"], ["'magic'", "kmeans", "kshape"]),
    "a parameter without a value": (["cluster", "--metric", "dtw", "--param", "window"], ["name=value", "'window'"]),
    "a parameter that the metric lacks": (["cluster", "--param", "window=3"], ["'euclidean'", "'window'"]),
    "a parameter out of range": (["cluster", "--metric", "dtw", "--param", "window=-1"], ["window", "-1"]),
    "more clusters than curves": (["cluster", "--k", "4"], ["3 distinct curves; got 4"]),
    "a number of clusters for mean shift": (["cluster", "--method", "meanshift", "--k", "2"], ["--k", "meanshift"]),
    "a bandwidth for k-means": (["cluster", "--bandwidth", "1"], ["--bandwidth", "'kmeans'"]),
    "a bandwidth below 0": (["cluster", "--method", "meanshift", "--bandwidth", "-1"], ["bandwidth", "-1"]),
    "a metric for k-shape": (["cluster", "--method", "kshape", "--metric", "dtw"], ["--metric", "'kshape'"]),
    "mean shift under dtw": (["cluster", "--method", "meanshift", "--metric", "dtw"], ["dtw", "euclidean"]),
    "a plug-in that is not there": (["cluster", "--plugin", "none.py"], ["none.py"]),
    "a range of clusters that is none": (["select-k", "--k", "many"], ["--k", "'many'", "1:80"]),
    "no cluster": (["select-k", "--k", "0:3"], ["--k", "'0:3'"]),
    "a range beyond the curves": (["select-k", "--k", "1:9"], ["3 distinct curves; got 9"]),
    "a criterion nobody knows": (
        ["select-k", "--k", "2", "--criteria", "luck"],
        ["--criteria", "'luck'", "silhouette"],
    ),
    "a silhouette of soft-DTW": (
        ["select-k", "--k", "2", "--metric", "soft_dtw", "--criteria", "silhouette"],
        ["'silhouette'", "'soft_dtw'"],
    ),
    "a window for soft-DTW's barycenter": (
        ["select-k", "--k", "2", "--metric", "soft_dtw", "--param", "window=1"],
        ["'soft_dtw'", "window"],
    ),
    "a criterion twice": (["select-k", "--k", "2", "--criteria", "inertia,inertia"], ["'inertia'"]),
    "forecasts without features": (["select-k", "--k", "2", "--predict-at", "2"], ["--predict-at", "--features"]),
    "features that are not there": (["select-k", "--k", "2", "--features", "f.csv"], ["f.csv"]),
}
BAD_CLUSTERINGS = {
    name: ({"curves.csv": ONE_CURVES}, [verb, "curves.csv", *options, "--out", "out"], words)
    for name, ((verb, *options), words) in BAD_CLUSTERINGS.items()
} | {
    "a folder with something in it": (
        {"curves.csv": ONE_CURVES, "out/labels.csv": "x"},
        ["cluster", "curves.csv", "--out", "out"],
        ["out", "not an empty folder"],
    ),
    "nothing but zeros": (
        {"curves.csv": "id,day01\na,0\nb,0\n"},
        ["cluster", "curves.csv", "--out", "out"],
        ["curves.csv", "no curve rises above 0"],
    ),
    "a missing cell that may not be filled": (
        {"curves.csv": ONE_CURVES.replace("3,4", ",4")},
        ["cluster", "curves.csv", "--missing", "refuse", "--out", "out"],
        ["'b'"],
    ),
    "forecasts where nothing is clustered": (
        {"curves.csv": ONE_CURVES, "f.csv": FEATURES},
        ["select-k", "curves.csv", "--k", "2", "--features", "f.csv", "--predict-at", "3", "--out", "out"],
        ["--predict-at 3", "--k 2"],
    ),
    "features that lack curves": (
        {"curves.csv": ONE_CURVES, "f.csv": FEATURES},
        ["select-k", "curves.csv", "--k", "2", "--features", "f.csv", "--out", "out"],
        ["f.csv", "'c'"],
    ),
}
BAD_USAGE = {
    "an unknown option": ({}, ["describe", "curves.csv", "--colour", "red"], ["--colour"]),
    "an unknown verb": ({}, ["dance"], ["dance"]),
    "no post": ({}, ["simulate", "out", "--n", "0"], ["--n"]),
    "an unknown target": ({}, ["rank", "data", "--target", "luck"], ["--target", "luck"]),
    "no folder to write to": ({}, ["cluster", "curves.csv"], ["--out"]),
    "an unknown way with gaps": ({}, ["cluster", "c.csv", "--out", "o", "--missing", "guess"], ["--missing", "guess"]),
    "an unknown split": ({}, ["bench", "smoke", "--split", "place", "--out", "run"], ["--split", "place"]),
}
BAD_INPUT = BAD_CURVES | BAD_DATASETS | BAD_SUITES | BAD_RUNS | BAD_CLUSTERINGS | BAD_USAGE


def files_below(folder):
    """Every file below a folder, by its path."""
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_ends_with_one_message_and_no_output(name, tmp_path, monkeypatch, capsys):
    files, arguments, words = BAD_INPUT[name]
    for path, content in files.items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = files_below(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["tsshape", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    printed = capsys.readouterr()
    assert end.value.code == 2
    assert printed.out == ""
    if name not in BAD_USAGE:
        *_, message = printed.err.strip().splitlines()
        assert message.startswith("tsshape: error: ")
        assert printed.err.count("tsshape: error") == 1
        printed_words = message
    else:
        printed_words = printed.err
    for word in words:
        assert word in printed_words
    assert "Traceback" not in printed.err
    assert files_below(tmp_path) == before


def test_a_process_ends_with_code_2_and_no_traceback(tmp_path):
    command = [sys.executable, "-m", "tsshape", "describe", str(tmp_path / "none.csv")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_made_ends_with_code_1_and_one_message(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sys, "argv", ["tsshape", "simulate", str(tmp_path / "file" / "out")])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_resuming_with_other_data_is_refused(tmp_path, monkeypatch, capsys):
    (tmp_path / "s.toml").write_text(SUITE)
    for seed in (0, 1):
        simulate_spid(40, n_times=3, random_state=seed).save(tmp_path / f"data{seed}")
    monkeypatch.chdir(tmp_path)
    for data, extra in (("data0", []), ("data1", ["--resume"])):
        monkeypatch.setattr(sys, "argv", ["tsshape", "bench", "s.toml", "--data", data, "--out", "run", *extra])
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == (2 if extra else 0)
    assert "begun with other data" in capsys.readouterr().err


def test_ids_stay_text(tmp_path):
    path = tmp_path / "curves.csv"
    path.write_text("id,day01\n007,1\n1e5,2\n")
    assert read_curves(path).index.tolist() == ["007", "1e5"]
    assert isinstance(read_curves(path), pd.DataFrame)
