"""Every public estimator passes scikit-learn's own checks, but for the exceptions that docs/scikit-learn.md lists."""

import re
from pathlib import Path

import pytest
from contracts.public_estimators import ESTIMATORS, INSTANCES, METRICS, QUICK, spelled
from sklearn.base import clone
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from tsshape import paper

DOCUMENT = Path(__file__).parents[2] / "docs" / "scikit-learn.md"

WEIGHTS = "check_sample_weight_equivalence_on_dense_data"
DRAWS = (
    "Seeds are drawn by weight; a table with repeated rows draws others. scikit-learn excepts its own `KMeans` for the "
    "same reason."
)
BY_NAME = "Columns of tables are matched by name: their order does not matter, and unknown ones are ignored."
TABLES = "What is given as a table comes out as one, with its own names, so that categories stay categories."
NEGATIVE = "Its targets fall below 0, and counts of views do not."
BASELINES = ("LastValue", "SzaboHuberman", "MultivariateLinear", "RadialBasis")
MATCHED = ("TableEncoder", "ShapeClassifier", "ScaleRegressor", "ScaleShapeForecaster", "DirectForecaster")
# (class, metric or None, check): the reason. The document shows the same.
EXCEPTIONS = {
    **{("ShapeKMeans", metric, WEIGHTS): DRAWS for metric in METRICS},
    **{("ShapeKMedoids", metric, WEIGHTS): DRAWS for metric in ("dtw", "area")},
    ("ShapeKShape", None, "check_clustering"): (
        "It asks for three clusters of curves of two days; z-normalised, as k-shape takes them, such curves have two "
        "forms, up and down."
    ),
    ("ScaleShapeForecaster", None, "check_fit_score_takes_y"): (
        "The parameters of `fit` are called `features` and `curves`, not `X` and `y`; by position they are the same."
    ),
    ("ScaleShapeForecaster", None, "check_regressor_multioutput"): NEGATIVE,
    ("DirectForecaster", None, "check_regressor_multioutput"): NEGATIVE,
    **{(name, None, "check_regressor_multioutput"): NEGATIVE for name in BASELINES},
    **{(name, None, "check_dataframe_column_names_consistency"): BY_NAME for name in MATCHED},
    ("FeatureSelector", None, "check_set_output_transform_pandas"): TABLES,
    ("FeatureSelector", None, "check_global_output_transform_pandas"): TABLES,
}
# Checks that scikit-learn makes of its own estimators only; the second are of transformers.
OF_TABLES = ("check_dataframe_column_names_consistency", "check_inplace_ensure_writeable")
OF_OUTPUT = (
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_global_output_transform_pandas",
)
FURTHER = [
    (estimator, check)
    for estimator in INSTANCES
    for check in (*OF_TABLES, *(OF_OUTPUT if hasattr(estimator, "transform") else ()))
]


def exceptions_of(estimator):
    """The checks that an instance is not expected to pass, and why."""
    found = (type(estimator).__name__, estimator.get_params(deep=False).get("metric"))
    return {check: why for (name, metric, check), why in EXCEPTIONS.items() if (name, metric) == found}


def checks_of(estimator):
    """The checks that scikit-learn makes of an instance."""
    return [check for _, check in estimator_checks.estimator_checks_generator(estimator)]


# Some data of the checks are one blob, or few points.
@pytest.mark.filterwarnings("ignore:the bandwidth .* gives", "ignore:all .* curves are noise")
@parametrize_with_checks(INSTANCES, expected_failed_checks=exceptions_of, xfail_strict=True)
def test_it_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


# They give arrays to what was fitted on tables, and the other way round.
@pytest.mark.filterwarnings("ignore:X .* feature names", "ignore:the bandwidth .* gives", "ignore:all .* are noise")
@pytest.mark.parametrize(
    ("estimator", "check"),
    [
        pytest.param(
            estimator,
            check,
            id=f"{spelled(estimator)}-{check}",
            marks=[
                pytest.mark.xfail(reason=why, strict=True)
                for name, why in exceptions_of(estimator).items()
                if name == check
            ],
        )
        for estimator, check in FURTHER
    ],
)
def test_it_passes_the_checks_that_scikit_learn_makes_of_its_own(estimator, check):
    getattr(estimator_checks, check)(type(estimator).__name__, clone(estimator))


def test_an_exception_is_of_a_check_that_is_made():
    made = {(type(each).__name__, check.func.__name__) for each in INSTANCES for check in checks_of(each)}
    made |= {(type(estimator).__name__, check) for estimator, check in FURTHER}
    assert {(name, check) for name, _, check in EXCEPTIONS} <= made


def test_the_estimators_are_found():
    assert set(QUICK) <= set(ESTIMATORS)
    assert all(type(each).__name__ == name for name, instances in QUICK.items() for each in instances)


def test_the_document_lists_the_exceptions():
    rows = re.findall(r"^\| `(\w+)`(?: under (.+?))? \| `(\w+)` \| (.+) \|$", DOCUMENT.read_text(), flags=re.MULTILINE)
    listed = [
        ((name, metric, check), why)
        for name, metrics, check, why in rows
        for metric in re.findall(r"`(\w+)`", metrics) or [None]
    ]
    assert len(listed) == len(EXCEPTIONS)
    assert dict(listed) == EXCEPTIONS


@pytest.mark.parametrize(
    "make", [paper.kmeans, paper.mean_shift, paper.shape_classifier, paper.scale_regressor, paper.forecaster]
)
def test_the_papers_pipelines_are_estimators_that_are_checked(make):
    assert type(make()) in ESTIMATORS.values()
