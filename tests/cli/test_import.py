"""`tsshape import`, run as a user runs it, and the other verbs on the folder that it writes."""

import json
from contextlib import contextmanager

import dask
import export_panel
import pandas as pd
import pytest
from cli_program import tsshape
from export_panel import IDS, N_POSTS, PANEL, POSTED, long, wide, young

from tsshape import load_dataset, simulate_spid
from tsshape.data import ImportOptions

TITLES = ["file", "layout", "columns", "others", "counts", "grid", "posts", "ages", "gaps", "left out"]


@pytest.fixture
def export(tmp_path):
    """Samples of each post, one of which has a single count, with likes beside the views."""
    table = long(likes=lambda frame: frame["views"] // 20, topic="cats")
    table = table[table["id"].ne(IDS[3]) | (table.groupby("id").cumcount() == 9)]
    (tmp_path / "export.csv").write_text(export_panel.text(table))
    return tmp_path


def files(folder):
    """Every file below a folder, by its path."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_import_says_what_it_understood_in_ten_lines_and_a_sparkline(export):
    done = tsshape("import", "export.csv", "--out", "posts", folder=export)
    lines = done.stdout.splitlines()
    assert [line[:10].strip() for line in lines[:10]] == TITLES
    for line, words in {
        0: ["export.csv", "comma-separated", f"{len(PANEL) * 14 - 13} rows"],
        1: ["long: a row a sample"],
        2: ["id id", "posted posted", "time time", "value views"],
        3: ["topic", "channels likes"],
        4: ["cumulative"],
        5: ["14 steps of 1 day"],
        6: [f"{N_POSTS - 1}"],
        9: ["1 posts with one count only (totals.csv)"],
    }.items():
        for word in words:
            assert word in lines[line]
    assert "█" in lines[10]
    assert "posts" in lines[-1]
    assert done.stderr == ""


def test_import_writes_a_folder_with_its_report_and_totals(export):
    tsshape("import", "export.csv", "--out", "posts", folder=export)
    assert files(export / "posts") == [
        "channels/likes.parquet",
        "curves.parquet",
        "features.parquet",
        "import.json",
        "totals.csv",
    ]
    dataset = load_dataset(export / "posts")
    pd.testing.assert_frame_equal(
        dataset.curves, PANEL.drop(IDS[3]).astype(float), check_names=False, check_column_type=False
    )
    assert dataset.posted.to_dict() == POSTED.drop(IDS[3]).to_dict()
    assert next(iter(dataset.features)) == "topic"
    totals = pd.read_csv(export / "posts" / "totals.csv", dtype={"id": str})
    assert totals[["id", "step", "views"]].to_numpy().tolist() == [[IDS[3], 10, PANEL.loc[IDS[3], 10]]]


def test_import_json_holds_the_report_and_the_options_that_repeat_it(export):
    printed = json.loads(tsshape("import", "export.csv", "--out", "posts", "--json", folder=export).stdout)
    assert json.loads((export / "posts" / "import.json").read_text()) == printed
    assert printed["n_posts"] == N_POSTS - 1
    words = []
    for name, value in printed["options"].items():
        option = "--" + name.replace("_", "-")
        words += [option] if value is True else [option, value]
    tsshape("import", "export.csv", "--out", "again", *words, folder=export)
    for name in files(export / "posts"):
        if name != "import.json":
            assert (export / "again" / name).read_bytes() == (export / "posts" / name).read_bytes()
    assert json.loads((export / "again" / "import.json").read_text())["options"] == printed["options"]


def test_every_option_of_an_import_is_one_of_the_verb():
    said = tsshape("import", "--help").stdout
    for name in vars(ImportOptions()):
        assert f"--{name.replace('_', '-')}" in said


def test_a_dry_run_writes_nothing_and_says_the_same(export):
    dry = tsshape("import", "export.csv", "--dry-run", folder=export)
    assert files(export) == ["export.csv"]
    wet = tsshape("import", "export.csv", "--out", "posts", folder=export)
    assert wet.stdout.startswith(dry.stdout)
    assert tsshape("import", "export.csv", "--dry-run", "--out", "none", folder=export).returncode == 0
    assert not (export / "none").exists()


def test_remarks_are_warnings_beside_the_answer(tmp_path):
    followers = ["unknown", *range(N_POSTS - 1)]
    (tmp_path / "export.csv").write_text(export_panel.text(wide(PANEL + 0.5, followers=followers)))
    done = tsshape("import", "export.csv", "--out", "posts", folder=tmp_path)
    warnings = done.stderr.splitlines()
    assert len(warnings) == 2
    assert "'unknown'" in warnings[0]
    assert "no whole numbers" in warnings[1]
    assert "unknown" not in done.stdout


def test_a_refusal_leaves_nothing_behind(tmp_path):
    (tmp_path / "export.csv").write_text(export_panel.text(wide(export_panel.per_day())))
    done = tsshape("import", "export.csv", "--out", "posts", folder=tmp_path, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--counts per-step" in done.stderr
    assert files(tmp_path) == ["export.csv"]
    assert not (tmp_path / "posts").exists()


def test_a_folder_with_files_is_not_written_to(export):
    (export / "posts").mkdir()
    (export / "posts" / "notes.txt").write_text("mine")
    done = tsshape("import", "export.csv", "--out", "posts", folder=export, check=False)
    assert done.returncode == 2
    assert files(export / "posts") == ["notes.txt"]


def test_several_files_are_one_export(tmp_path):
    table = long()
    (tmp_path / "a.csv").write_text(export_panel.text(table[:50]))
    (tmp_path / "b.csv").write_text(export_panel.text(table[48:]))
    said = tsshape("import", "a.csv", "b.csv", "--out", "posts", folder=tmp_path).stdout
    assert "a.csv, b.csv" in said
    assert "2 equal samples" in said
    assert load_dataset(tmp_path / "posts").curves.shape == PANEL.shape


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A folder that was imported from an export of 60 posts, some of them young."""
    folder = tmp_path_factory.mktemp("verbs")
    posts = simulate_spid(60, n_times=8, random_state=1)
    table = wide(young(posts.curves.round().astype("int64")), posted=posts.posted, author=posts.authors)
    table = table.rename(columns={"index": "id", table.columns[0]: "id"}).assign(
        followers=posts.features["MeanViews"].to_numpy(), topic=["cats", "dogs", "cars"] * 20
    )
    (folder / "export.csv").write_text(export_panel.text(table))
    tsshape("import", "export.csv", "--out", "posts", folder=folder)
    return folder


VERBS = {
    "describe": ["describe", "posts"],
    "cluster": ["cluster", "posts", "--k", 3, "--out", "clusters"],
    "rank": ["rank", "posts", "--target", "log-scale"],
}


@pytest.mark.parametrize("verb", VERBS)
def test_other_verbs_take_the_folder(imported, verb):
    assert tsshape(*VERBS[verb], folder=imported).stdout


def test_from_the_folder_come_a_model_forecasts_and_a_report(imported):
    tsshape("fit", "posts", "--k", 2, "--out", "model", folder=imported)
    tsshape("predict", "model", "posts", "--observed", "posts", "--out", "forecast.csv", folder=imported)
    forecast = pd.read_csv(imported / "forecast.csv", dtype={"id": str}).set_index("id")
    observed = load_dataset(imported / "posts").curves
    assert forecast.shape == observed.shape
    tsshape("cluster", "posts", "--k", 2, "--out", "clusters-of-two", folder=imported)
    tsshape("report", "clusters-of-two", "--out", "report.html", folder=imported)
    assert (imported / "report.html").stat().st_size > 1_000


@pytest.fixture
def scheduler(monkeypatch):
    """A scheduler that computes in this process."""

    @contextmanager
    def on_scheduler(address):
        assert address == "local"
        with dask.config.set(scheduler="synchronous"):
            yield None

    monkeypatch.setattr("tsshape.cli._scheduler.on_scheduler", on_scheduler)
    return ["--scheduler", "local"]


def test_many_files_are_imported_on_a_scheduler_as_parts(tmp_path, scheduler):
    for number in range(2):
        (tmp_path / f"{number}.csv").write_text(export_panel.text(wide().iloc[number::2]))
    done = tsshape("import", "0.csv", "1.csv", "--out", "posts", *scheduler, folder=tmp_path)
    assert "0.csv, 1.csv: comma-separated" in done.stdout
    assert "curves/part-00000.parquet and 1 more, features/part-00000.parquet and 1 more, import.json" in done.stdout
    (tmp_path / "1.csv").write_text(export_panel.text(wide().iloc[:3]))
    done = tsshape("import", "0.csv", "1.csv", "--out", "others", *scheduler, folder=tmp_path, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith("have the same id; an id may stand in one part only\n")
    assert files(tmp_path) == ["0.csv", "1.csv", *(f"posts/{name}" for name in files(tmp_path / "posts"))]


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--block-rows", "3", "--out", "posts"], "--block-rows is for --scheduler"),
        (["--dry-run", "--scheduler", "local"], "leave out --scheduler"),
    ],
)
def test_options_of_a_scheduler_that_say_nothing_are_refused(export, arguments, fault):
    done = tsshape("import", "export.csv", *arguments, folder=export, check=False)
    assert done.returncode == 2
    assert fault in done.stderr
