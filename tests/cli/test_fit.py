"""`tsshape fit` on posts of which some are still running."""

import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape

from tsshape import DataError, EngagementDataset, simulate_spid
from tsshape.bundle import load
from tsshape.forecast import ScaleShapeForecaster

POSTS = simulate_spid(64, n_times=4, random_state=0)
IDS = POSTS.curves.index
SMALL = ("--k", 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of posts, ten of which have two days of four, and one none."""
    folder = tmp_path_factory.mktemp("data") / "posts"
    curves = POSTS.curves.copy()
    curves.iloc[:10, 2:] = np.nan
    curves.iloc[10] = np.nan
    EngagementDataset(curves, POSTS.features[["MeanViews", "Contacts"]], POSTS.authors, POSTS.posted).save(folder)
    return folder


@pytest.fixture
def given(monkeypatch):
    """What a fit is given, which then ends with an error."""
    found = {}

    def fit(self, _, curves, **parts):
        found.update(self.get_params(deep=False), curves=curves, **parts)
        raise DataError("enough")

    monkeypatch.setattr(ScaleShapeForecaster, "fit", fit)
    return found


def test_a_fit_is_given_young_posts_and_times_and_threads(folder, given, tmp_path):
    printed = tsshape("fit", folder, "--out", tmp_path / "model", *SMALL, "--jobs", 2, check=False)
    assert "enough" in printed.stderr
    assert given["curves"].index.equals(IDS[:10].append(IDS[11:]))
    assert given["curves"].iloc[:, -1].isna().sum() == 10
    pd.testing.assert_series_equal(given["posted"], POSTS.posted.drop(IDS[10]), check_names=False)
    assert (given["n_jobs"], given["in_flight"], given["intervals"]) == (2, True, True)


def test_a_fit_without_in_flight_models_leaves_young_posts_out(folder, given, tmp_path):
    options = ("--no-in-flight", "--no-intervals", "--loss", "relative", "--drop", "posted")
    tsshape("fit", folder, "--out", tmp_path / "model", *SMALL, *options, check=False)
    assert given["curves"].index.equals(IDS[11:])
    assert given["posted"] is None
    assert (given["in_flight"], given["intervals"], given["loss"]) == (False, False, "relative")


def test_a_fit_says_what_young_posts_teach(folder, tmp_path):
    options = ("--no-intervals", "--out", tmp_path / "model")
    printed = tsshape("fit", folder, *SMALL, *options)
    assert (
        "young       53 complete posts, 10 young ones: the young teach the scale, the shapes and the authors' history "
        "as well; in-flight models are learned from the complete ones\n"
    ) in printed.stdout
    assert "1 curve without any count left out" in printed.stdout
    assert load(tmp_path / "model").bands_ is None


def test_a_fit_on_young_posts_only_is_one_error(tmp_path):
    curves = POSTS.curves.copy()
    curves.iloc[:, -1] = np.nan
    EngagementDataset(curves, POSTS.features[["MeanViews"]]).save(tmp_path / "young")
    refused = tsshape("fit", tmp_path / "young", "--out", tmp_path / "model", check=False)
    assert refused.returncode == 2
    assert "curves.parquet: all 64 curves end before day 4, so that none shows how posts end" in refused.stderr
    assert not (tmp_path / "model").exists()
