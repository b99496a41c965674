import re

import pytest

from tsshape import DataError
from tsshape.bench import SUITES, load_suite
from tsshape.bench._components import DIRECT, TRIVIAL

VARIANT = """
[[variants]]
name = "a"
clusterer = { kind = "kmeans", n_clusters = 3 }
classifier = { kind = "lightgbm" }
regressor = { kind = "lightgbm" }
"""


def suite_file(tmp_path, text):
    """A suite file with this text."""
    path = tmp_path / "suite.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", SUITES)
def test_the_suites_that_come_with_it_are_suites(name):
    assert load_suite(name).name == name


def test_the_paper_suite_has_both_clusterings_with_the_machine():
    parts = {
        (variant.clusterer.kind, variant.classifier.kind, variant.regressor.kind)
        for variant in load_suite("paper").variants
    }
    assert {("kmeans", "random_forest", "svr"), ("mean_shift", "random_forest", "svr")} <= parts
    assert load_suite("paper").n_runs == 10
    assert load_suite("paper").test_size == 0.1


def test_every_part_builds_an_estimator():
    for name in SUITES:
        for variant in (TRIVIAL, *load_suite(name).variants):
            for part in (variant.clusterer, variant.classifier, variant.regressor):
                assert hasattr(part.build(0), "fit")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = 'x'\nvariants = []\nruns = 3", "runs: extra inputs are not permitted"),
        ("name = 'x'\nvariants = []\nn_runs = 0", "n_runs: input should be greater than or equal to 1"),
        ("name = 'x'\nvariants = []\ntest_size = 1.0", "test_size"),
        ("name = 'x'\nvariants = []\nsplit = 'place'", "split: input should be 'random', 'author' or 'time'"),
        ("variants = []", "name: field required"),
        (
            "name = 'x'\n" + VARIANT.replace("n_clusters = 3", "n_clusters = 'many'"),
            "variants.0.clusterer.kmeans.n_clusters",
        ),
        ("name = 'x'\n" + VARIANT.replace('"kmeans"', '"dbscan"'), "variants.0.clusterer: .*'dbscan'"),
        ("name = 'x'\n" + VARIANT + VARIANT, "two variants are called 'a'"),
        ("name = 'x'\n" + VARIANT.replace('"a"', f'"{DIRECT.name}"'), "two variants are called 'direct LightGBM'"),
        ("name = 'x'\n[cleaning]\ndecreasing = 'sort'", "cleaning.decreasing"),
        ("name = 'x", "not TOML: .*end of document"),
    ],
)
def test_a_wrong_key_is_named(tmp_path, text, message):
    path = suite_file(tmp_path, text)
    with pytest.raises(DataError, match=f"{re.escape(str(path))}: .*{message}"):
        load_suite(path)


def test_an_unknown_suite_is_refused_with_the_names():
    with pytest.raises(DataError, match="'nope': name one of smoke, paper"):
        load_suite("nope")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "suite.toml"
    path.write_bytes(b"name = '\xff'")
    with pytest.raises(DataError, match="not UTF-8"):
        load_suite(path)
