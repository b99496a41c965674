"""Trees of an attacker's own in place of a model's."""

import numpy as np
from bundle_signing import pick


def replace(bundle, rng, tree, times=1):
    """Put trees where some booster has its own; the name of the place."""
    folders = [name.removesuffix("/num_leaves") for name in bundle.arrays if name.endswith("/num_leaves")]
    folder = pick(rng, folders or [""])
    for field, (values, dtype) in tree.items():
        bundle.arrays[f"{folder}/{field}"] = np.tile(np.array(values, dtype), times)
    return folder


def chain_trees(bundle, rng):
    """Trees each of whose splits is the child of the one before, as deep as it gets."""
    n_leaves, times = int(rng.choice([1, 2, 200, 255, 256, 100_000])), int(rng.choice([1, 3, 20]))
    n_splits = n_leaves - 1
    tree = {
        "num_leaves": ([n_leaves], np.int32),
        "num_cat": ([0], np.int32),
        "shrinkage": ([1], float),
        "split_feature": (np.arange(n_splits) % 3, np.int32),
        "split_gain": (np.ones(n_splits), float),
        "threshold": (np.zeros(n_splits), float),
        "decision_type": (np.full(n_splits, rng.choice([0, 2, 8, 10])), np.int32),
        "left_child": (-1 - np.arange(n_splits), np.int32),
        "right_child": (np.append(np.arange(1, n_splits), -n_leaves)[:n_splits], np.int32),
        "internal_count": (np.full(n_splits, rng.choice([1, 2**31 - 1])), np.int64),
        "leaf_value": (np.full(n_leaves, rng.choice([0.01, 1e308, -1e308, 800.0, 0.0])), float),
        "leaf_count": (np.full(n_leaves, rng.choice([0, 1, 2**31 - 1])), np.int64),
        "cat_boundaries": ([], np.int64),
        "cat_threshold": ([], np.uint32),
    }
    return f"{replace(bundle, rng, tree, times)}:{n_leaves}x{times}"


def list_categories(bundle, rng):
    """A tree of decisions on categories, whose lists follow one another or not."""
    bounds = [[0, 1], [0, 2, 4], [0, 2**63 - 1, -2, 4], [0, 0], [1, 2], [-1, 4], [0, 2**31], [0, 3, 1], [0, 1, 2, 4]]
    chosen = pick(rng, bounds)
    sets = [[0, 0, 0], [0, 1, 2], [0, 1, 0.5], [0.5, 0, 0], [-0.0, 1, 0], [0, 1, np.inf]]
    tree = {
        "num_leaves": ([4], np.int32),
        "num_cat": ([len(chosen) - 1], np.int32),
        "shrinkage": ([1], float),
        "split_feature": ([0, 0, 1], np.int32),
        "split_gain": ([1, 1, 1], float),
        "threshold": (pick(rng, sets), float),
        "decision_type": ([1, 1, rng.integers(12)], np.int32),
        "left_child": ([-1, -2, -3], np.int32),
        "right_child": ([1, 2, -4], np.int32),
        "internal_count": ([9, 9, 9], np.int64),
        "leaf_value": ([0.1, 0.2, 0.3, 0.4], float),
        "leaf_count": ([3, 3, 3, 3], np.int64),
        "cat_boundaries": (chosen, np.int64),
        "cat_threshold": (np.full(pick(rng, [4, chosen[-1] % 10]), 2**32 - 1), np.uint32),
    }
    return f"{replace(bundle, rng, tree)}:{chosen}"
