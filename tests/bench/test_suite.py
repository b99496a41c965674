import re

import pytest

from tsshape import DataError
from tsshape.bench import SUITES, load_suite
from tsshape.bench._components import DIRECT, MEMORY_LIMIT, TRIVIAL, Clusterer

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
    assert {("kmeans", "random_forest", "svr"), ("meanshift", "random_forest", "svr")} <= parts
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
        ("name = 'x'\nvariants = []\nn_train = 19", "n_train: input should be greater than or equal to 20"),
        ("name = 'x'\nvariants = []\nseen_days = [0]", "seen_days.0"),
        ("name = 'x'\n[cleaning]\nincomplete = 'keep'", "cleaning.incomplete"),
        (
            "name = 'x'\nvariants = []\nsplit = 'place'",
            "split: .* 'random', 'author', 'time', 'rolling' or 'predefined'",
        ),
        ("variants = []", "name: field required"),
        ("name = 'x'\n" + VARIANT + VARIANT, "two variants are called 'a'"),
        ("name = 'x'\n" + VARIANT.replace('"a"', f'"{DIRECT.name}"'), "two variants are called 'direct LightGBM'"),
        ("name = 'x'\n" + VARIANT + "watch = true", "watch needs in_flight = true and intervals = true"),
        ("name = 'x'\n" + VARIANT + "unfinished = true", "unfinished needs in_flight = true"),
        ("name = 'x'\n" + VARIANT + "in_flight = true\nintervals = true\nabove = [-1]", "variants.0.above.0"),
        ("name = 'x'\nvariants = []\n[[baselines]]\nname = 'b'", "baselines.0.kind: field required"),
        (
            "name = 'x'\nvariants = []\n[[baselines]]\nname = 'b'\nkind = 'linear'\nauthors = true",
            "linear knows the counts alone",
        ),
        (
            "name = 'x'\nvariants = []\n[[baselines]]\nname = 'b'\nkind = 'linear'\ncutoff = 3",
            "baselines.0: the growth baseline 'linear' has no parameter 'cutoff'",
        ),
        ("name = 'x'\n[cleaning]\ndecreasing = 'sort'", "cleaning.decreasing"),
        ("name = 'x", "cannot be read as TOML: .*end of document"),
    ],
)
def test_a_wrong_key_is_named(tmp_path, text, message):
    path = suite_file(tmp_path, text)
    with pytest.raises(DataError, match=f"{re.escape(str(path))}: .*{message}"):
        load_suite(path)


@pytest.mark.parametrize(
    ("correct", "wrong", "message"),
    [
        ("n_clusters = 3", "n_clusters = 'many'", "clusterer: n_clusters must be an integer; got 'many'"),
        ("n_clusters = 3", "n_clusters = 0", "clusterer: n_clusters must be at least 1; got 0"),
        ('"kmeans", n_clusters = 3', '"kshape", n_clusters = 0', "clusterer: n_clusters must be at least 1; got 0"),
        ("n_clusters = 3", "n_cluster = 3", "clusterer: .* no parameter 'n_cluster'; it has n_clusters, init, metric"),
        ("n_clusters = 3", "metric = 'dwt'", "clusterer: there is no metric 'dwt'"),
        ("n_clusters = 3", "metric_params = { w = 1 }", "clusterer: .* has no parameter 'w'"),
        ('"kmeans"', '"birch"', "clusterer: there is no clusterer 'birch'; there are kmeans"),
        ('"kmeans"', '"mean_shift"', "clusterer: .*'mean_shift'; there are .*, meanshift"),
        ('kind = "kmeans", ', "", "clusterer.kind: field required"),
        (
            'classifier = { kind = "lightgbm"',
            'classifier = { kind = "luck"',
            "classifier: there is no classifier 'luck'; there are random_f",
        ),
        (
            'regressor = { kind = "lightgbm"',
            'regressor = { kind = "luck"',
            "regressor: .* 'luck'; there are svr, lightgbm",
        ),
        (
            'regressor = { kind = "lightgbm"',
            'regressor = { kind = "lightgbm", loss = "mode"',
            "regressor: loss must be",
        ),
        (
            'regressor = { kind = "lightgbm"',
            'regressor = { kind = "svr", feature_set = "x"',
            "regressor: feature_set must",
        ),
    ],
)
def test_a_component_that_there_is_not_is_refused_by_its_key(tmp_path, correct, wrong, message):
    assert correct in VARIANT
    path = suite_file(tmp_path, "name = 'x'\n" + VARIANT.replace(correct, wrong))
    with pytest.raises(DataError, match=rf"suite\.toml: variants\.0\.{message}"):
        load_suite(path)


def test_components_are_one_if_name_and_parameters_are():
    first, second, other = (
        Clusterer.model_validate({"kind": "kmeans", **parameters})
        for parameters in ({"n_clusters": 3, "metric": "dtw"}, {"metric": "dtw", "n_clusters": 3}, {"n_clusters": 3})
    )
    assert first == second != other
    assert len({first, second, other}) == 2


def test_the_scores_of_a_clusterer_do_not_depend_on_the_memory_of_the_machine():
    components = [{"kind": "kmedoids"}, {"kind": "kmedoids", "memory_limit": 2**20}]
    assert [Clusterer.model_validate(each).build(0).memory_limit for each in components] == [MEMORY_LIMIT, 2**20]


def test_an_unknown_suite_is_refused_with_the_names():
    with pytest.raises(DataError, match="'nope': name one of smoke, paper"):
        load_suite("nope")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "suite.toml"
    path.write_bytes(b"name = '\xff'")
    with pytest.raises(DataError, match="not UTF-8"):
        load_suite(path)
