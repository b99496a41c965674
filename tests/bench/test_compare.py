import json
import shutil

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import DataError, bench
from tsshape.bench import Suite
from tsshape.bench._components import DIRECT, TRIVIAL
from tsshape.bench._intervals import corrected_t_interval

POSTS = tsshape.simulate_spid(60, n_times=2, random_state=0)
SUITE = Suite(name="baselines", variants=(), n_runs=5)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("compare") / "first"
    bench.run(SUITE, POSTS, out)
    return out


def copy(folder, to, *, shift=0.0):
    """The run folder again, its tRMSE shifted."""
    shutil.copytree(folder, to)
    lines = [json.loads(line) for line in (to / "records.jsonl").read_text().splitlines()]
    lines = [line | {"trmse": line["trmse"] + shift} for line in lines]
    (to / "records.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return to


def test_differences_are_paired_by_split(run_folder):
    records = pd.read_json(run_folder / "records.jsonl", lines=True).pivot_table(
        index="run", columns="variant", values="trmse"
    )
    differences = records[DIRECT.name] - records[TRIVIAL.name]
    row = bench.compare([run_folder]).loc[DIRECT.name, "trmse"]
    assert row["runs"] == 5
    assert row["difference"] == pytest.approx(differences.mean())
    assert row["method"] == "corrected t"
    assert row[["lower", "upper", "p_value"]].tolist() == pytest.approx(
        [*corrected_t_interval(differences.to_numpy(), 6 / 54, 0.95)][:3]
    )


def test_runs_that_do_not_overlap_have_a_bootstrap_interval(run_folder, tmp_path):
    folder = copy(run_folder, tmp_path / "rolling")
    suite = (folder / "suite.toml").read_text()
    (folder / "suite.toml").write_text(suite.replace('split = "random"', 'split = "rolling"'))
    row = bench.compare([folder]).loc[DIRECT.name, "trmse"]
    assert row["lower"] < row["difference"] < row["upper"]
    assert np.isnan(row["p_value"])


def test_a_score_that_only_some_suites_have_is_compared_where_it_is(run_folder, tmp_path):
    folder = shutil.copytree(run_folder, tmp_path / "relative")
    lines = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
    scores = {
        DIRECT.name: {"trmse": 1.0, "med": 1.0, "mrse": 0.5},
        TRIVIAL.name: {"trmse": 2.0, "med": 1.0, "mrse": 0.75},
    }
    lines = [line | {"in_flight": {"1": scores[line["variant"]]}} for line in lines]
    (folder / "records.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert bench.compare([folder], days=1).loc[DIRECT.name, "difference"].to_dict() == {
        "trmse": -1.0,
        "med": 0.0,
        "mrse": -0.25,
    }
    assert "mrse" not in bench.compare([folder]).index.get_level_values("score")


def test_every_column_has_a_heading_and_every_score_a_label(run_folder):
    table = bench.compare([run_folder]).reset_index()
    columns = {column.name: column for column in bench.COLUMNS["differences"]}
    assert {*table.columns} == {*columns}
    assert table["score"].map(columns["score"].text).tolist() == ["tRMSE", "MED", "rho"]


def test_the_baseline_can_be_named(run_folder):
    table = bench.compare([run_folder], baseline=DIRECT.name)
    assert table.index.get_level_values("variant").unique().tolist() == [TRIVIAL.name]
    opposite = bench.compare([run_folder])
    np.testing.assert_allclose(table["difference"].iloc[0], -opposite["difference"].iloc[0])


def test_variants_of_several_folders_have_distinct_names_and_are_compared(run_folder, tmp_path):
    other = copy(run_folder, tmp_path / "second", shift=10.0)
    table = bench.compare([run_folder, other])
    row = table.loc[f"second: {TRIVIAL.name}", "trmse"]
    assert row[["difference", "lower", "upper"]].tolist() == pytest.approx([10.0] * 3)


def test_a_score_that_the_baseline_lacks_has_no_difference(run_folder):
    row = bench.compare([run_folder]).loc[DIRECT.name, "rho"]
    assert row["runs"] == 0
    assert np.isnan(row["difference"])


def test_fewer_than_five_splits_give_no_interval(run_folder, tmp_path):
    lines = (run_folder / "records.jsonl").read_text().splitlines(keepends=True)
    for runs in (1, 4):
        few = shutil.copytree(run_folder, tmp_path / str(runs))
        (few / "records.jsonl").write_text("".join(line for line in lines if json.loads(line)["run"] < runs))
        row = bench.compare([few]).loc[DIRECT.name, "trmse"]
        assert row["runs"] == runs
        assert np.isfinite(row["difference"])
        assert np.isnan([row["lower"], row["upper"]]).all()


def test_a_wider_coverage_gives_a_wider_interval(run_folder):
    narrow, wide = (
        bench.compare([run_folder], coverage=coverage).loc[DIRECT.name, "trmse"] for coverage in (0.5, 0.99)
    )
    assert wide["lower"] < narrow["lower"] < narrow["upper"] < wide["upper"]


def test_what_cannot_be_compared_is_refused(run_folder, tmp_path):
    with pytest.raises(DataError, match="no variant 'x'"):
        bench.compare([run_folder], baseline="x")
    with pytest.raises(DataError, match="same name"):
        bench.compare([run_folder, copy(run_folder, tmp_path / "a" / "first")])
    bench.run(SUITE.model_copy(update={"seed": 5, "n_runs": 1}), POSTS, tmp_path / "seeded")
    with pytest.raises(DataError, match="seed differ"):
        bench.compare([run_folder, tmp_path / "seeded"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty"):
        bench.compare([tmp_path / "empty"])
