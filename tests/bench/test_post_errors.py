"""Errors of each post are kept where all runs have one division, and its posts are resampled."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape as command
from scipy.stats import trim_mean

import tsshape
from tsshape import DataError, bench
from tsshape.bench import Suite, _intervals
from tsshape.report import write_report

QUOTED = {"name": "ML", "days": 2, "mrse": 0.5, "n_test": 50, "source": "a paper"}
SUITE = Suite.model_validate(
    {
        "name": "seeds",
        "split": "predefined",
        "n_runs": 2,
        "published": [QUOTED],
        "baselines": [
            {"name": "last", "kind": "last_value", "cutoffs": [2]},
            {"name": "ML", "kind": "linear", "cutoffs": [2]},
            {"name": "trees", "kind": "lightgbm", "loss": "relative", "cutoffs": [2]},
        ],
        "variants": [],
    }
)


@pytest.fixture(scope="module")
def posts():
    """Posts with a published division."""
    posts = tsshape.simulate_spid(150, n_times=5, random_state=0)
    return replace(posts, split=pd.Series(np.where(np.arange(150) % 3, "train", "test"), posts.curves.index))


@pytest.fixture(scope="module")
def folder(posts, tmp_path_factory):
    """The folder of two seeds on that division."""
    out = tmp_path_factory.mktemp("run") / "run"
    bench.run(SUITE, posts, out)
    return out


def errors_of(folder, record):
    """The table of one cell."""
    return pd.read_parquet(folder / "errors" / f"{record['key']}.parquet")


def test_the_scores_are_means_of_the_errors_that_are_kept(folder):
    for record in bench.read_run(folder).records:
        errors = errors_of(folder, record).astype(float)
        if "trmse" in record:
            np.testing.assert_allclose(trim_mean(errors["rmse"], 0.25), record["trmse"], rtol=1e-6)
        else:
            scores = record["in_flight"]["2"]
            np.testing.assert_allclose(trim_mean(errors["rmse_2"], 0.25), scores["trmse"], rtol=1e-6)
            np.testing.assert_allclose(errors["rmse_2"].median(), scores["med"], rtol=1e-6)
            np.testing.assert_allclose(errors["relative_2"].mean(), scores["mrse"], rtol=1e-6)


def test_seeds_of_one_division_are_averaged_and_its_posts_are_resampled(folder):
    table = bench.compare([folder], baseline="last", days=2)
    assert table.index.get_level_values("variant").unique().tolist() == ["ML", "trees"]
    assert set(table["method"]) == {"by post"}
    assert set(table["runs"]) == {2}
    row = table.loc["trees", "mrse"]
    errors = {name: [] for name in ("last", "trees")}
    for record in bench.read_run(folder).records:
        if record["variant"] in errors:
            errors[record["variant"]].append(errors_of(folder, record)["relative_2"].to_numpy(float))
    differences = np.mean(errors["trees"], axis=0) - np.mean(errors["last"], axis=0)
    assert row["difference"] == pytest.approx(differences.mean(), rel=1e-5)
    expected = differences.mean() + 1.96 * differences.std() / 50**0.5 * np.array([-1, 1])
    np.testing.assert_allclose([row["lower"], row["upper"]], expected, atol=0.2 * np.diff(expected)[0])


@pytest.mark.parametrize("cut", [0, 12, 24])
def test_a_resample_has_the_trimmed_mean_of_the_drawn_posts(cut):
    errors = np.random.default_rng(1).gamma(1.0, size=(50, 2))
    drawn = np.random.default_rng(0).integers(50, size=50)
    expected = np.sort(errors[drawn], axis=0)[cut : 50 - cut].mean(axis=0)
    np.testing.assert_allclose(_intervals.resample_posts(errors, cut)[0], expected)


def test_errors_are_kept_before_the_record_and_written_again_on_resume(folder, posts, tmp_path):
    cut = shutil.copytree(folder, tmp_path / "cut")
    lines = (cut / "records.jsonl").read_text().splitlines(keepends=True)
    (cut / "records.jsonl").write_text("".join(lines[:-1]))
    key = json.loads(lines[-1])["key"]
    (cut / "errors" / f"{key}.parquet").write_text("half")
    bench.run(SUITE, posts, cut, resume=True)
    pd.testing.assert_frame_equal(errors_of(cut, {"key": key}), errors_of(folder, {"key": key}))


def test_without_the_errors_there_is_no_interval_and_damaged_ones_are_refused_by_file(folder, tmp_path):
    older = shutil.copytree(folder, tmp_path / "older", ignore=lambda *_: ["errors"])
    table = bench.compare([older], days=2)
    assert table["method"].isna().all()
    assert table[["lower", "upper"]].isna().all(axis=None)
    forged = shutil.copytree(folder, tmp_path / "forged")
    for value in (-1.0, np.nan, np.inf):
        for path in (forged / "errors").iterdir():
            pd.read_parquet(path).assign(rmse_2=value).to_parquet(path)
        with pytest.raises(DataError, match=r"parquet: rmse_2 are errors, which are finite and at least 0"):
            bench.compare([forged], days=2)
    damaged = shutil.copytree(folder, tmp_path / "damaged")
    for path in (damaged / "errors").iterdir():
        path.write_text("half")
    with pytest.raises(DataError, match=r"errors.*parquet cannot be read as Parquet"):
        bench.compare([damaged], days=2)


def test_what_has_no_scores_at_a_moment_is_left_out_or_refused(folder):
    assert "ML" not in bench.compare([folder]).index.get_level_values("variant")
    with pytest.raises(DataError, match="no scores after 3 observed days; it has some after 2 days"):
        bench.compare([folder], days=3)
    with pytest.raises(DataError, match="no variant 'ML' with scores at upload"):
        bench.compare([folder], baseline="ML")


def test_compare_and_report_show_the_division(folder, tmp_path):
    printed = command("compare", folder, "--days", 2, "--csv").stdout
    assert printed.splitlines()[0].endswith(",lower,upper,p,interval")
    assert "bootstrap by post" in printed
    rows = json.loads(command("compare", folder, "--days", 2, "--json").stdout)
    assert {(row["score"], row["label"], row["unit"]) for row in rows} == {
        ("trmse", "tRMSE", "views"),
        ("med", "MED", "views"),
        ("mrse", "MRSE", ""),
    }
    write_report(folder, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert "a paper" in text
    assert "as the data say, the same in each run" in text
