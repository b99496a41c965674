"""What the program prints and writes is inert: no terminal, spreadsheet or picture obeys a name."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from tsshape.cli import main
from tsshape.cli._say import printable

# Ids as they come from exports: formulas, mark-up, scripts of the world; control characters are refused in ids.
IDS = [
    *("=1+1", "+1", "-1", "@sum", "'quoted"),
    *("[bold]x[/bold]", "$x^2$", "<script>"),
    *("优酷", "שלום", "นม", "👩\u200d👧"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with curves and features of posts with such ids; a feature is named like them, too."""
    curves = pd.DataFrame({f"day{day}": range(day, day + len(IDS)) for day in (1, 2, 3)}, pd.Index(IDS, name="id"))
    curves.to_csv(tmp_path / "优酷 $x$ [bold].csv")
    features = pd.DataFrame({"=cmd|' /C calc'!A0 \x1b]0;x\x07": range(len(IDS))}, pd.Index(IDS, name="id"))
    (tmp_path / "data").mkdir()
    curves.to_parquet(tmp_path / "data" / "curves.parquet")
    features.to_parquet(tmp_path / "data" / "features.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(monkeypatch, capsys):
    """What a command prints."""

    def run_main(*arguments):
        monkeypatch.setattr(sys, "argv", ["tsshape", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == 0
        return capsys.readouterr().out

    return run_main


def test_control_characters_are_spelled_out_and_scripts_stay():
    assert printable("a\tb\n") == "a\tb\n"
    assert printable("\x1b[2J\x9b\x7f\r\u202eevil\ud800") == r"\u001b[2J\u009b\u007f\u000d\u202eevil\ud800"
    assert printable("优酷 שלום นม 👩\u200d👧") == "优酷 שלום นม 👩\u200d👧"


@pytest.mark.usefixtures("folder")
def test_a_column_cannot_command_the_terminal_in_a_table_or_in_json(run):
    table, text = run("rank", "data"), run("rank", "data", "--json")
    assert "\x1b]0;" not in table + text
    assert r"!A0 \u001b]0;x\u0007" in table
    assert json.loads(text)[0]["feature"] == "=cmd|' /C calc'!A0 \x1b]0;x\x07"


@pytest.mark.usefixtures("folder")
def test_an_error_cannot_command_the_terminal(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tsshape", "describe", "\x1b[31m\nnone.csv"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert capsys.readouterr().err == "tsshape: error: \\u001b[31m\\nnone.csv: there is no such file\n"


def test_pictures_and_titles_hold_names_in_any_script(folder, run):
    run("cluster", "优酷 $x$ [bold].csv", "--k", 2, "--out", "out")
    picture = (folder / "out" / "clusters.svg").read_text(encoding="utf-8")
    assert "优酷 $x$ [bold].csv" in picture


def test_ids_in_csv_are_as_they_were_unless_they_are_to_be_safe_in_a_spreadsheet(folder, run):
    for out, options in (("plain", ()), ("safe", ("--spreadsheet-safe",))):
        run("cluster", "data/curves.parquet", "--k", 2, "--out", out, *options)
    plain, safe = (pd.read_csv(folder / out / "labels.csv", index_col="id").index.tolist() for out in ("plain", "safe"))
    assert plain == IDS
    assert safe == ["'=1+1", "'+1", "'-1", "'@sum", *IDS[4:]]


@pytest.mark.parametrize("arguments", [("describe", "优酷 $x$ [bold].csv"), ("rank", "data")])
def test_a_terminal_that_knows_ascii_only_is_served(folder, arguments):
    command = [sys.executable, "-m", "tsshape", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    assert ended.stderr == b""
    assert ended.stdout
