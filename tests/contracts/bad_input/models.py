"""Models that somebody forged: their checksums fit, but they are no models, or take too much."""

import numpy as np
from contracts.bad_input.case import FEATURES, bad
from forgeries import forged
from fuzz.bundle_sizes import GROWTHS


def changed(change, *words):
    """A forecast by the model after a change of its metadata and arrays."""
    return bad({"model": lambda content: forged(content, change), "f.csv": FEATURES}, "predict model f.csv", *words)


def many(what, number, *words):
    """A model with very many of one thing."""

    def grow(metadata, arrays):
        GROWTHS[what](metadata["model"], arrays, number)

    return changed(grow, "model: the model would take about", *words, "at most")


def with_metadata(place, value, *words):
    """A model whose metadata have another value at a place such as `days_`."""

    def say(metadata, arrays):
        del arrays
        *path, last = place.split(".")
        for name in path:
            metadata = metadata[name]
        metadata[last] = value

    return changed(say, "model: ", *words)


def with_array(name, change, *words):
    """A model of which one array was changed."""

    def hold(metadata, arrays):
        del metadata
        arrays[name] = change(arrays[name])

    return changed(hold, "model: ", *words)


def flip(content):
    """A model of which one byte was changed."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


BOOSTER = "model.classifier_.estimator_"
BAD_FORGERIES = {
    "a model of very many trees": many("trees", 265_000, "trees"),
    "a model of very many days": many("days", 66_000, "66,000 days"),
    "a model of very many columns": many("columns", 30_000, "columns of posts"),
    "a model of very many clusters": many("prototypes", 33_000, "33,000 prototypes"),
    "a model of days that are compared for hours": many("compared_days", 25_000, "pairs of days compared"),
    "a model of trees too deep to explain": changed(
        lambda metadata, arrays: GROWTHS["depth"](metadata["model"], arrays, 20_000), "to explain one post", "steps"
    ),
    "a model of which one byte has changed": bad({"model": flip, "f.csv": FEATURES}, "predict model f.csv", "model: "),
    "a model in a format to come": with_metadata("format", 99, "in format 99", "install a newer tsshape"),
    "a model that says more than a model": with_metadata("model.code", "import os", "'model.forecaster.code'"),
    "a model with a metric that would be imported": with_metadata(
        "model.clusterer_.metric", "tslearn:gak", "the metric 'tslearn:gak'", "does not load code"
    ),
    "a model with a day twice": with_metadata("model.days_", [1, 2, 2], "a day occurs twice"),
    "a model of other features": with_metadata(f"{BOOSTER}.n_features", 9, "takes 9 features"),
    "a model of more classes than trees": with_metadata(f"{BOOSTER}.n_classes", 7, "one class for each column"),
    "a model of trees that are rings": with_array(
        "classifier_/estimator_/left_child", np.zeros_like, "a child comes before its parent"
    ),
    "a model with a leaf that is no number": with_array(
        "classifier_/estimator_/leaf_value", lambda values: values * np.nan, "leaf_value is not a finite number"
    ),
    "a model with prototypes of nothing": with_array(
        "clusterer_/prototypes_", lambda values: values * np.nan, "a prototype"
    ),
    "a model with days that it cannot have seen": with_array(
        "in_flight_/cutoffs_", lambda values: values + 9, "do not ascend among the days"
    ),
    "a model with intervals of nothing": with_array(
        "bands_/at_upload_/errors_", lambda values: values * np.nan, "intervals"
    ),
}
