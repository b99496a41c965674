"""`tsshape fit`, `predict` and `explain`, run as a user runs them."""

import json

import numpy as np
import pandas as pd
import pytest
from cli_program import tsshape

from tsshape import load_dataset, read_curves, simulate_spid
from tsshape.bundle import load, save
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

PLUGIN = """
from tsshape.metrics import register_metric

@register_metric("half", route="embed")
def half(X):
    return X / 2
"""
POSTS = simulate_spid(150, n_times=6, random_state=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("posts")
    POSTS.save(folder)
    return folder


@pytest.fixture(scope="module")
def model(folder):
    out = folder / "model.tsshape"
    text = tsshape("fit", folder / "curves.parquet", folder / "features.parquet", "--out", out, "--k", 4).stdout
    for word in ("150 of 6 days", "authors", "loss median, 4 prototypes", str(out)):
        assert word in text
    return out


def test_predict_writes_the_forecasts_of_the_model(folder, model):
    out = folder / "forecast.csv"
    tsshape("predict", model, folder / "features.parquet", "--out", out)
    written = pd.read_csv(out, index_col="id", dtype={"id": str})
    assert list(written) == [f"day{day:02d}" for day in range(1, 7)]
    posts = load_dataset(folder)
    np.testing.assert_allclose(written, load(model).predict(posts.features, authors=posts.authors))


def test_predict_goes_on_from_first_days_and_adds_intervals(folder, model):
    seen = POSTS.curves.loc[POSTS.curves.index[:50], :2].rename(columns="day{:02d}".format)
    seen.rename_axis("id").to_csv(folder / "seen.csv")
    out = folder / "forecast.parquet"
    options = ("--observed", folder / "seen.csv", "--coverage", 0.8)
    tsshape("predict", model, folder / "features.parquet", "--out", out, *options)
    written = pd.read_parquet(out)
    assert len(written.columns) == 18
    np.testing.assert_allclose(written["day02"].iloc[:50], seen["day02"])
    assert (written["day06_lower"] <= written["day06_upper"]).all()
    assert (written["day02_upper"].iloc[50:] > written["day02"].iloc[50:]).any()


@pytest.mark.parametrize("form", ["d{}", "Day {:02d}", "{}"])
def test_a_model_that_was_fitted_in_python_on_days_of_any_name_takes_tables_of_the_command_line(tmp_path, form):
    """And the library takes what the command line wrote: days are the same by any name of their number."""
    curves, features = POSTS.curves.rename(columns=form.format), POSTS.features[["MeanViews", "Contacts"]]
    forecaster = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), random_state=0).fit(features, curves)
    save(forecaster, tmp_path / "model")
    features.rename_axis("id").to_csv(tmp_path / "features.csv")
    POSTS.curves.loc[:, :2].rename(columns="day{:02d}".format).rename_axis("id").to_csv(tmp_path / "observed.csv")
    out = tmp_path / "forecast.csv"
    tsshape(
        "predict", tmp_path / "model", tmp_path / "features.csv", "--observed", tmp_path / "observed.csv", "--out", out
    )
    assert list(pd.read_csv(out, index_col="id")) == list(curves)
    pred = forecaster.predict(features, observed=POSTS.curves.loc[:, :2])
    np.testing.assert_allclose(read_curves(out).loc[features.index], pred)
    np.testing.assert_array_equal(forecaster.predict(features, observed=read_curves(out)).loc[features.index], pred)


def test_what_a_model_was_fitted_without_is_refused_by_its_option(folder, tmp_path):
    bare = ScaleShapeForecaster(ShapeKMeans(2, random_state=0), in_flight=False, intervals=False, random_state=0)
    save(bare.fit(POSTS.features[["MeanViews"]], POSTS.curves), tmp_path / "model")
    for option in (("--observed", folder), ("--coverage", 0.9)):
        out = ("--out", tmp_path / "forecast.csv")
        refused = tsshape("predict", tmp_path / "model", folder, *out, *option, check=False)
        assert refused.returncode == 2
        assert refused.stderr.startswith(f"tsshape: error: {option[0]}: ")


def test_a_model_with_the_metric_of_a_plug_in_is_read_with_the_plug_in(folder):
    plugin, model, features = folder / "half.py", folder / "plugged.tsshape", folder / "features.parquet"
    plugin.write_text(PLUGIN)
    options = ("--metric", "half", "--k", 3, "--plugin", plugin)
    tsshape("fit", folder / "curves.parquet", features, "--out", model, *options)
    out = folder / "plugged.csv"
    refused = tsshape("predict", model, features, "--out", out, check=False)
    assert refused.returncode == 2
    assert "the metric 'half' is neither built in nor loaded" in refused.stderr
    tsshape("predict", model, features, "--out", out, "--plugin", plugin)
    assert len(pd.read_csv(out)) == 150
    tsshape("explain", model, features, "--top", 3, "--plugin", plugin)


def test_explain_prints_features_and_draws_bars(folder, model):
    figure = folder / "bars.png"
    text = tsshape("explain", model, folder / "features.parquet", "--figure", figure, "--top", 5).stdout
    assert "MeanViews" in text
    assert figure.read_bytes().startswith(b"\x89PNG")
    post = POSTS.curves.index[0]
    rows = json.loads(tsshape("explain", model, folder / "features.parquet", "--post", post, "--json").stdout)
    assert {"feature", "scale", "shape"} == set(rows[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("predict", "{features}", "{features}", "--out", "{folder}/x.csv"), "is not a model that tsshape saved"),
        (("predict", "{model}", "{features}", "--out", "{folder}/x.txt"), "written as .csv or .parquet"),
        (("predict", "{model}", "{features}", "--out", "{folder}/x.csv", "--coverage", "90"), "between 0 and 1"),
        (
            ("predict", "{model}", "{curves}", "--out", "{folder}/x.csv"),
            "lacks 25 columns that the model was fitted on",
        ),
        (("predict", "{model}", "{features}", "--out", "{folder}/no/x.csv"), "no such folder"),
        (("explain", "{model}", "{features}", "--post", "nobody"), "has no post 'nobody'"),
        (("explain", "{model}", "{features}", "--figure", "{folder}/x.gif"), "written as .png"),
        (("fit", "{curves}", "{features}", "--out", "{folder}"), "is a folder"),
        (("fit", "{curves}", "{features}", "--out", "{folder}/m", "--k", "500"), "distinct"),
    ],
)
def test_what_cannot_be_done_is_one_message(folder, model, arguments, message):
    names = {
        "folder": folder,
        "model": model,
        "features": folder / "features.parquet",
        "curves": folder / "curves.parquet",
    }
    before = sorted(folder.iterdir())
    result = tsshape(*(argument.format(**names) for argument in arguments), check=False)
    assert result.returncode == 2
    assert message in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.stderr
    assert sorted(folder.iterdir()) == before
