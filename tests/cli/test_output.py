"""What the program prints and writes is inert: no terminal, spreadsheet or picture obeys a name."""

import json
import os
import re
import subprocess
import sys
import unicodedata

import pandas as pd
import pytest
from cli_program import tsshape
from rich.cells import cell_len

from tsshape import simulate_spid
from tsshape._columns import Column
from tsshape.cli import main
from tsshape.cli._printable import printable
from tsshape.cli._tables import print_table

# The categories of characters that have an effect, or cannot be seen.
EFFECTS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
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


def test_every_control_and_format_character_is_escaped_as_json_writes_it():
    effects = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in EFFECTS]
    assert len(effects) > 2000
    for effect in effects:
        escaped = printable(f"a{effect}b")
        assert json.loads(f'"{escaped}"') == f"a{effect}b"
        assert not any(unicodedata.category(character) in EFFECTS for character in escaped), hex(ord(effect))


def test_scripts_and_emoji_stay():
    for text in ("优酷 שלום नम 👩\u200d👧 می\u200cم क्\u200dष", "❤\ufe0f 🏳\ufe0f\u200d🌈", "a b\xa0c"):
        assert printable(text) == text
    assert printable("a\u200db \u200d👧 é\u200c") == r"a\u200db \u200d👧 é\u200c"


def test_columns_of_a_table_stay_aligned_beside_wide_and_escaped_characters(capsys):
    names = ["优酷视频", "a\nb", "👩\u200d👧", "e\u0301", "x\u202ey"]
    frame = pd.DataFrame({"views": range(5)}, pd.Index(names, name="id"))
    print_table(frame, [Column("id", "post"), Column("views", "views")], title="Posts")
    title, *lines = capsys.readouterr().out.splitlines()
    assert title == "Posts"
    assert len({cell_len(line) for line in lines}) == 1
    assert len(lines) == 4 + len(names)


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


# A name that would be a second row of its table. An id may hold no control character; the others may.
NAME = "evil\n\u2502forged\x1b\x85\u2028\u202e\u200e\u061c\ufeff"
ID = "id\u2028\u2502 forged\u202e\u200f\u2069\xad"
# A title that does not fit into a line.
TITLE = "e" * 140 + " \u2502 forged"
SUITE = """
name = {title}
n_runs = 1
[[variants]]
name = {name}
clusterer = {{ kind = "kmeans", n_clusters = 2 }}
classifier = {{ kind = "majority" }}
regressor = {{ kind = "median" }}
"""
COMMANDS = {
    "describe": ("describe", "curves.csv"),
    "rank": ("rank", "."),
    "rank, csv": ("rank", ".", "--csv"),
    "rank, latex": ("rank", ".", "--latex"),
    "cluster": ("cluster", ".", "--k", 2, "--out", f"clusters {NAME}"),
    "cluster, csv": ("cluster", ".", "--k", 2, "--out", "clusters.csv", "--csv"),
    "fit": ("fit", ".", "--out", NAME),
    "predict": ("predict", NAME, "features.csv", "--out", f"forecasts {NAME}"),
    "predict, observed": ("predict", NAME, "features.csv", "--observed", "young.csv"),
    "explain": ("explain", NAME, "features.csv"),
    "watch": ("watch", NAME, "features.csv", "--observed", "young.csv"),
    "bench": ("bench", f"{NAME}.toml", "--data", ".", "--out", f"run {NAME}"),
    "compare": ("compare", f"run {NAME}"),
    "report": ("report", f"run {NAME}", "--out", f"{NAME}.html"),
    "import": ("import", f"{NAME}.csv", "--out", f"imported {NAME}"),
    "metrics": ("metrics", "--plugin", f"{NAME}.py"),
    "metrics, csv": ("metrics", "--plugin", f"{NAME}.py", "--csv"),
    "a verb that there is not": (NAME,),
    "an option that there is not": ("describe", f"--{NAME}"),
    "a file too many": ("describe", "curves.csv", NAME),
    "a value that there is not": ("rank", ".", "--target", NAME),
    "a file that there is not": ("describe", f"{NAME}.csv.gz"),
    "a column that there is not": ("describe", "curves.csv", "--id-column", NAME),
    "a metric that there is not": ("cluster", ".", "--k", 2, "--out", "out", "--metric", NAME),
    "a word for a number": ("describe", f"{NAME}.csv"),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A folder in which every name is hostile: of posts, features, authors, labels, files and the folder itself."""
    folder = tmp_path_factory.mktemp("hostile") / NAME
    folder.mkdir()
    posts = simulate_spid(40, n_times=4, random_state=0)
    ids = pd.Index([f"{ID} {row}" for row in range(40)], name="id")
    curves = posts.curves.set_axis(ids).rename(columns="day{:02d}".format)
    features = pd.DataFrame({NAME: range(40), f"{NAME} words": [NAME, "b", None, "c"] * 10}, ids)
    table = features.assign(
        author=[f"{NAME} {row % 9}" for row in range(40)], label=[f"{NAME} {row % 2}" for row in range(40)]
    )
    curves.to_csv(folder / "curves.csv")
    curves.assign(day03=None, day04=None)[:9].to_csv(folder / "young.csv")
    table.to_csv(folder / "features.csv")
    (folder / f"{NAME}.toml").write_text(SUITE.format(name=json.dumps(NAME), title=json.dumps(TITLE)), encoding="utf-8")
    (folder / f"{NAME}.csv").write_text(f'id,"{NAME}1","{NAME}2"\na,1,2\nb,2,{ID}\n', encoding="utf-8")
    register = f"from tsshape.metrics import register_metric\n@register_metric({NAME!r}, route='embed')\n"
    (folder / f"{NAME}.py").write_text(register + "def same(X):\n    return X\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_no_name_has_an_effect_or_begins_a_line_in_what_a_verb_prints(hostile, name):
    ended = tsshape(*COMMANDS[name], folder=hostile, check=False)
    assert ended.returncode == (2 if name.startswith(("a ", "an ")) or name == "import" else 0), ended.stderr
    printed = f"{ended.stdout}\n{ended.stderr}"
    found = {character for character in printed if unicodedata.category(character) in EFFECTS} - {"\n"}
    assert found == set()
    assert not any(re.match(r"\W*forged", line) for line in printed.splitlines())
