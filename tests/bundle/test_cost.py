"""What a small forged file may make a reader spend: models with many of one thing, or of several."""

import numpy as np
import pytest
from forgeries import forged
from fuzz.bundle_sizes import GROWTHS, boosters, fill_tree
from peak_memory import tsshape_measured
from systems import linux_only

import tsshape
from tsshape import DataError
from tsshape.bundle import _bundle
from tsshape.bundle._record import arrays_of
from tsshape.bundle._trees import BoosterRecord

# So many of each cost as much as the limit of these tests; without them the model costs a third of it.
LIMIT = "32MB"
MANY = {
    "trees": 8_200,
    "leaves": 140_000,
    "listed_categories": 247_000,
    "days": 2_050,
    "compared_days": 1_550,
    "reach": 35_000,
    "bands": 1_850,
    "prototypes": 1_024,
    "classes": 800,
    "columns": 900,
    "names": 500_000,
    "ngrams": 75_000,
    "authors": 90_000,
    "terms": 8_200,
    "labels": 2_100_000,
}
NAMES = {
    "listed_categories": "categories in trees",
    "compared_days": "days",
    "reach": "bytes in arrays",
    "bands": "bytes in arrays",
    "classes": "prototypes",
    "columns": "columns of posts",
    "names": "letters in names of columns",
    "ngrams": "n-grams",
    "terms": "terms of lines",
    "labels": "bytes in arrays",
}


@pytest.fixture
def forge(content, tmp_path):
    """Write the model with other numbers of some things, under checksums that fit; its path."""

    def forge(**numbers):
        def grow(metadata, arrays):
            for what, number in numbers.items():
                GROWTHS[what](metadata["model"], arrays, number)

        path = tmp_path / "forged"
        path.write_bytes(forged(content, grow))
        return path

    return forge


@pytest.mark.parametrize("what", MANY)
def test_more_than_the_limit_of_one_thing_is_refused_and_half_of_it_is_not(what, forge, posts, monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", LIMIT)
    path = forge(**{what: MANY[what]})
    message = rf"^{path}: the model would take about .* MiB .* for its [\d,]+ {NAMES.get(what, what)}; at most 32 MiB"
    with pytest.raises(DataError, match=message):
        tsshape.load(path)
    path = forge(**{what: MANY[what] // 2})
    if what == "names":  # The forged names are not those that the models take.
        with pytest.raises(DataError, match="which the posts do not have"):
            tsshape.load(path)
        return
    features = posts.features[:1].reindex(columns=tsshape.load(path).feature_names_in_)
    assert np.isfinite(tsshape.load(path).summary(features, coverage=None)["forecast"]).all()


@pytest.mark.parametrize("what", [("trees", "days"), ("days", "columns"), ("columns", "labels")], ids="+".join)
def test_several_things_below_their_limits_are_refused_together(what, forge, monkeypatch):
    monkeypatch.setenv("TSSHAPE_MEMORY_LIMIT", LIMIT)
    with pytest.raises(DataError, match="the model would take about"):
        tsshape.load(forge(**{each: MANY[each] * 2 // 3 for each in what}))


def test_save_refuses_what_load_would(model, tmp_path, monkeypatch):
    monkeypatch.setattr(_bundle, "MOST_COST", 2**20)
    with pytest.raises(DataError, match=r"^the model would take about .* at most 1 MiB is allowed"):
        tsshape.save(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_trees_that_take_too_long_to_explain_are_refused(forge):
    with pytest.raises(DataError, match=r"to explain one post would take [\d,]+ steps"):
        tsshape.load(forge(depth=20_000))


@pytest.mark.parametrize("deep", [False, True])
def test_the_steps_of_an_explanation_are_the_squares_of_the_depths(deep, model):
    record = BoosterRecord.of(model.classifier_.estimator_)
    arrays = {f"x/{name}": array for name, array in arrays_of(record).items()}
    fill_tree(arrays, *boosters(arrays), n_leaves=8, times=3, deep=deep)
    for name, array in arrays.items():
        setattr(record, name.removeprefix("x/"), array)
    depths = [1, 2, 3, 4, 5, 6, 7, 7] if deep else [3] * 8
    assert record.explanation_steps() == 3 * sum(depth**2 for depth in depths)


@linux_only
@pytest.mark.parametrize("what", [{"trees": 2**20}, {"days": 100_000}], ids=str)
def test_a_refusal_takes_little_memory(what, forge, posts, tmp_path):
    posts.features[:1].rename_axis("id").to_csv(tmp_path / "f.csv")
    ended = tsshape_measured("predict", forge(**what), "f.csv", "--out", "out.csv", folder=tmp_path)
    assert ended.returncode == 2
    assert "the model would take about" in ended.stderr
    assert ended.peak_bytes < 400 * 2**20


@linux_only
@pytest.mark.slow
@pytest.mark.parametrize("what", [name for name in MANY if name != "names"])
def test_the_largest_models_that_are_allowed_take_no_more_memory_and_time_than_that(what, forge, posts, tmp_path):
    posts.features[:1].rename_axis("id").to_csv(tmp_path / "f.csv")
    path = forge(**{what: MANY[what] * (3 if what == "compared_days" else 7)})
    words = ("predict", path, "f.csv", "--out", "out.csv", "--allow-missing")
    ended = tsshape_measured(*words, folder=tmp_path, seconds=30)
    assert ended.returncode == 0, ended.stderr
    assert ended.peak_bytes < 600 * 2**20
