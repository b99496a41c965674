"""Bundles with many of one thing: well-formed, and small as files, since all of them are alike."""

import numpy as np


def grow_trees(metadata, arrays, number):
    """Trees of one leaf, as many in each booster."""
    replace_trees(metadata, arrays, number, n_leaves=1)


def grow_leaves(metadata, arrays, number):
    """Leaves in the largest trees there may be."""
    replace_trees(metadata, arrays, number // 255, n_leaves=255)


def grow_depth(metadata, arrays, number):
    """Leaves in the deepest trees there may be, each split of which is on another column."""
    grow_columns(metadata, arrays, 254)
    replace_trees(metadata, arrays, number // 255, n_leaves=255, deep=True)


def grow_listed_categories(metadata, arrays, number):
    """One tree whose split lists very many categories."""
    del metadata
    folder = boosters(arrays)[-1]
    fill_tree(arrays, folder, n_leaves=2, times=1)
    arrays[f"{folder}/num_cat"][:] = 1
    arrays[f"{folder}/decision_type"][:] = 1
    arrays[f"{folder}/threshold"][:] = 0
    arrays[f"{folder}/cat_boundaries"] = np.array([0, number])
    arrays[f"{folder}/cat_threshold"] = np.full(number, 2**32 - 1, np.uint32)


def grow_days(metadata, arrays, number):
    """Days that the model forecasts, without intervals."""
    metadata["days_"] = [*range(1, number + 1)]
    metadata["clusterer_"]["n_features_in_"] = number
    n_curves = len(arrays["clusterer_/prototypes_"])
    rising = np.tile(np.linspace(1 / number, 1, number), (n_curves, 1))
    for name in ("prototypes_", "counts_"):
        if f"clusterer_/{name}" in arrays:
            arrays[f"clusterer_/{name}"] = rising
    drop_bands(metadata, arrays)


def grow_compared_days(metadata, arrays, number):
    """Days under an elastic metric, for which each day is compared with each."""
    grow_days(metadata, arrays, number)
    metadata["clusterer_"] |= {"metric": "dtw", "metric_params": None}


def grow_reach(metadata, arrays, number):
    """Days around each day that are compared with it."""
    del arrays
    metadata["clusterer_"] |= {"metric": "shape_dtw", "metric_params": {"reach": number}}


def grow_bands(metadata, arrays, number):
    """Bins of the intervals at upload."""
    del metadata
    place = "bands_/at_upload_"
    n_groups, _, n_columns, n_levels = arrays[f"{place}/errors_"].shape
    arrays[f"{place}/edges_"] = np.zeros((n_groups, number))
    arrays[f"{place}/errors_"] = np.zeros((n_groups, number + 2, n_columns, n_levels))
    arrays[f"{place}/n_posts_"] = np.full((n_groups, number + 2), 1000)


def grow_prototypes(metadata, arrays, number):
    """Clusters, most of which no post is forecast to be in."""
    for name in ("prototypes_", "counts_"):
        values = arrays[f"clusterer_/{name}"]
        arrays[f"clusterer_/{name}"] = np.tile(values[:1], (number, 1))
    metadata["clusterer_"]["n_clusters"] = number


def grow_classes(metadata, arrays, number):
    """Clusters that the classifier knows, each with a tree."""
    grow_prototypes(metadata, arrays, number)
    metadata["classifier_"]["estimator_"]["n_classes"] = number
    arrays["classifier_/classes_"] = np.arange(number)
    fill_tree(arrays, "classifier_/estimator_", n_leaves=1, times=number)


def grow_columns(metadata, arrays, number):
    """Columns of numbers that all models take."""
    del arrays
    names = [f"c{column}" for column in range(number)]
    encoder = metadata["posts_"]["encoder"]
    encoder["feature_names_in_"] += names
    encoder["kinds_"] |= dict.fromkeys(names, "number")
    for model in ("classifier_", "regressor_"):
        metadata[model]["columns_"] += names
    for booster in records(metadata, "n_features"):
        booster["n_features"] += number


def grow_names(metadata, arrays, number):
    """The letters of a column that becomes a column for each of its categories."""
    del arrays
    encoder = metadata["posts_"]["encoder"]
    old = next(iter(encoder["categories_"]))
    long = "x" * number
    encoder["categories"] = "onehot"
    encoder["kinds_"] = {long if name == old else name: kind for name, kind in encoder["kinds_"].items()}
    encoder["feature_names_in_"] = [long if name == old else name for name in encoder["feature_names_in_"]]
    encoder["categories_"][long] = encoder["categories_"].pop(old)


def grow_categories(metadata, arrays, number):
    """Categories of a column."""
    del arrays
    encoder = metadata["posts_"]["encoder"]
    next(iter(encoder["categories_"].values()))["values"] = [str(category) for category in range(number)]


def grow_ngrams(metadata, arrays, number):
    """N-grams of a column of text."""
    text = next(iter(metadata["posts_"]["encoder"]["text_encoders_"].values()))
    place = "posts_/encoder/text_encoders_/0"
    arrays[f"{place}/terms"] = np.char.mod("%x", np.arange(number))
    arrays[f"{place}/idf"] = np.ones(number)
    arrays[f"{place}/components"] = np.zeros((text["n_components"], number), np.float32)


def grow_authors(metadata, arrays, number):
    """Authors with a history."""
    del metadata
    place = "posts_/history"
    n_columns = arrays[f"{place}/means"].shape[1]
    arrays[f"{place}/name"] = np.char.mod("%x", np.arange(number))
    arrays[f"{place}/n_posts"] = np.ones(number)
    arrays[f"{place}/means"] = np.zeros((number, n_columns))


def grow_terms(metadata, arrays, number):
    """Terms of the lines of a regressor."""
    del metadata
    place = "regressor_/estimator_/line"
    for name in ("columns_", "forms_"):
        arrays[f"{place}/{name}"] = np.zeros(number, np.int64)
    for name in ("codes_", "fills_", "lows_", "highs_", "centers_", "scales_"):
        arrays[f"{place}/{name}"] = np.full(number, float(name == "scales_"))
    arrays[f"{place}/coefficients_"] = np.zeros((len(arrays[f"{place}/intercepts_"]), number))


def grow_labels(metadata, arrays, number):
    """Posts that were clustered."""
    del metadata
    arrays["clusterer_/labels_"] = np.zeros(number, np.int64)


def replace_trees(metadata, arrays, number, *, n_leaves, deep=False):
    """Put as many trees into each booster as make up that number."""
    folders = boosters(arrays)
    n_classes = metadata["classifier_"]["estimator_"]["n_classes"]
    for folder in folders:
        times = max(1, number // len(folders))
        times = -(-times // n_classes) * n_classes if folder.startswith("classifier_") else times
        fill_tree(arrays, folder, n_leaves=n_leaves, times=times, deep=deep)


def fill_tree(arrays, folder, *, n_leaves, times, deep=False):
    """Put copies of one tree, a heap or a chain, in place of those of a booster."""
    n_splits = n_leaves - 1
    split = np.arange(n_splits)
    # The children of a heap's splits are numbered in turn: first splits, then leaves.
    children = np.arange(1, 2 * n_splits + 1)
    children = np.where(children < n_splits, children, n_splits - 1 - children)
    left, right = (-1 - split, np.append(split[1:], -n_leaves)[:n_splits]) if deep else (children[::2], children[1::2])
    tree = {
        "num_leaves": [n_leaves],
        "num_cat": [0],
        "shrinkage": [1],
        "split_feature": split if deep else np.zeros(n_splits),
        "split_gain": np.ones(n_splits),
        "threshold": np.zeros(n_splits),
        "decision_type": np.full(n_splits, 2),
        "left_child": left,
        "right_child": right,
        "internal_count": np.full(n_splits, 2),
        "leaf_value": np.full(n_leaves, 1e-4),
        "leaf_count": np.ones(n_leaves),
        "cat_boundaries": [],
        "cat_threshold": [],
    }
    for name, values in tree.items():
        dtype = arrays[f"{folder}/{name}"].dtype
        arrays[f"{folder}/{name}"] = np.tile(np.asarray(values).astype(dtype), times)


def boosters(arrays):
    """The folders of the boosters."""
    return sorted(name.removesuffix("/num_leaves") for name in arrays if name.endswith("/num_leaves"))


def records(holder, field):
    """The dicts in metadata that have a field of that name."""
    if isinstance(holder, dict) and field in holder:
        yield holder
    for each in holder.values() if isinstance(holder, dict) else holder if isinstance(holder, list) else ():
        yield from records(each, field)


def drop_bands(metadata, arrays):
    """Forget the intervals."""
    metadata["bands_"] = None
    for name in [name for name in arrays if name.startswith("bands_/")]:
        del arrays[name]


GROWTHS = {name.removeprefix("grow_"): each for name, each in list(globals().items()) if name.startswith("grow_")}
