import lightgbm
import numpy as np
import pytest

import tsshape
from tsshape import DataError
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

POSTS = tsshape.simulate_spid(120, n_times=4, random_state=0)
FEATURES = POSTS.features[["Contacts", "TagCount"]]
FIRST = POSTS.curves.loc[:, :2]


@pytest.fixture
def model():
    model = ScaleShapeForecaster(ShapeKMeans(2, random_state=0), random_state=0)
    return model.fit(FEATURES, POSTS.curves)


def edit(booster, field, *values):
    """The model again, with the given values, over and over, in the fields whose names end so."""
    lines = []
    for line in booster.model_to_string().splitlines():
        name, _, words = line.partition("=")
        spelled = [str(values[i % len(values)]) for i in range(len(words.split()))]
        # The sizes of the trees, which LightGBM reads first, are others now.
        if name != "tree_sizes":
            lines.append(f"{name}={' '.join(spelled)}" if name.endswith(field) else line)
    return lightgbm.Booster(model_str="\n".join(lines) + "\n")


def overflow(booster):
    """The model again, with leaves whose sum is more than a float holds."""
    return edit(booster, "leaf_value", 1e308)


def finite_or_refused(ask, *arguments, **options):
    """Whether what is asked for is finite, or refused by its post."""
    try:
        return np.isfinite(np.asarray(ask(*arguments, **options), dtype=np.float64)).all()
    except DataError as error:
        return "would not be a finite number" in str(error)


def test_a_forecast_that_is_more_than_a_float_holds_is_as_large_as_counts_may_be_or_refused(model):
    growth = model.regressor_.estimator_
    growth.quantile_boosters = [overflow(booster) for booster in growth.quantile_boosters]
    for ask in (model.predict, model.predict_scale, model.predict_interval, model.predict_scale_interval):
        assert finite_or_refused(ask, FEATURES)
    with pytest.raises(DataError, match=rf"of 120 posts would not be a finite number, .* '{FEATURES.index[0]}'"):
        model.explain(FEATURES)
    assert np.isfinite(model.predict(FEATURES, observed=FIRST)).all(axis=None)


def test_so_is_one_in_flight(model):
    growth = model.in_flight_.growth_
    growth.quantile_boosters = [overflow(booster) for booster in growth.quantile_boosters]
    for ask in (model.predict, model.predict_interval):
        assert finite_or_refused(ask, FEATURES, observed=FIRST)


def test_a_cluster_that_is_no_number_is_refused(model):
    model.classifier_.estimator_ = edit(model.classifier_.estimator_, "leaf_value", np.inf)
    for ask in (model.predict, model.predict_cluster, model.predict_shape, model.predict_interval, model.explain):
        with pytest.raises(DataError, match=r"(cluster|explanation) of 120 posts would not be"):
            ask(FEATURES)


def test_so_is_a_shape(model):
    model.prototypes_ = np.full_like(model.prototypes_, 1e308) * [[1.0], [-1.0]] * 1.7
    model.prototypes_[0] = np.inf
    for ask in (model.predict_shape, model.predict):
        with pytest.raises(DataError, match=r"finite number|complete shape"):
            ask(FEATURES)


def test_so_is_the_mean_of_explanations(model):
    boosters = model.regressor_.estimator_.quantile_boosters
    first = lightgbm.Booster(model_str=boosters[2].model_to_string(num_iteration=1))
    boosters[2] = edit(first, "leaf_value", 5e307, -5e307)
    with pytest.raises(DataError, match=r"the explanation of . features would not be a finite number"):
        model.explain(FEATURES)


def test_an_explanation_by_trees_that_count_nothing_is_refused(model):
    boosters = model.regressor_.estimator_.quantile_boosters
    boosters[2] = edit(boosters[2], "_count", 0)
    with pytest.raises(DataError, match="scale's explanation of 120 posts"):
        model.explain(FEATURES)
