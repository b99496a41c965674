"""Boosted trees as arrays, and arrays that were checked as trees.

LightGBM's parser of model text trusts its input and can crash on hostile text. What is loaded is therefore never text:
it is arrays, every one checked here, from which text is written anew for LightGBM.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from lightgbm import Booster

from tsshape._errors import DataError
from tsshape.bundle._archive import Arrays
from tsshape.bundle._schema import BoosterRecord

# A field of the text: its name here, how it is read, and whether it has an entry for each split or for each leaf.
_SPLIT_FIELDS = {
    "split_feature": np.int32,
    "split_gain": np.float64,
    "threshold": np.float64,
    "decision_type": np.int32,
    "left_child": np.int32,
    "right_child": np.int32,
    "internal_count": np.int64,
}
_LEAF_FIELDS = {"leaf_value": np.float64, "leaf_count": np.int64}
_CATEGORY_FIELDS = {"cat_boundaries": np.int64, "cat_threshold": np.uint32}
_TREE_FIELDS = {"num_leaves": np.int32, "num_cat": np.int32, "shrinkage": np.float64}
FIELDS: dict[str, Any] = {**_TREE_FIELDS, **_SPLIT_FIELDS, **_LEAF_FIELDS, **_CATEGORY_FIELDS}

# Bits of a decision type: whether it is one of categories; bits 2 and 3 say what is missing, of which 3 is nothing.
_CATEGORICAL, _MOST_DECISION = 1, 11


def pack_booster(booster: Booster) -> tuple[BoosterRecord, Arrays]:
    """What decides a model's forecasts and explanations, as arrays that hold all trees one after another."""
    header, *trees = booster.model_to_string(num_iteration=-1).split("\n\nTree=")
    trees[-1] = trees[-1].split("\n\nend of trees")[0] if trees else ""
    lines = [dict(line.split("=", 1) for line in tree.splitlines() if "=" in line) for tree in trees]
    arrays = {
        name: np.array([word for tree in lines for word in tree.get(name, "").split()], dtype=kind)
        for name, kind in FIELDS.items()
    }
    # A split that separates equal values has no gain that could be divided by, and LightGBM writes inf.
    arrays["split_gain"] = np.nan_to_num(arrays["split_gain"], posinf=0.0, neginf=0.0)
    settings = dict(line.split("=", 1) for line in header.splitlines() if "=" in line)
    record = BoosterRecord(
        objective=settings.get("objective", "custom").split()[0],
        n_classes=int(settings["num_class"]),
        n_features=int(settings["max_feature_idx"]) + 1,
    )
    return record, arrays


def unpack_booster(record: BoosterRecord, arrays: Arrays, name: str) -> Booster:
    """The model of checked arrays.

    Raises
    ------
    DataError
        If an array is missing, has another type or length than it must, or its trees are not trees.
    """
    for field, kind in FIELDS.items():
        if field not in arrays or arrays[field].dtype != kind or arrays[field].ndim != 1:
            raise DataError(f"{name}: {field} is missing or of another type")
    trees = _split(arrays, name)
    if len(trees) % record.n_classes:
        raise DataError(f"{name}: {len(trees)} trees cannot be divided among {record.n_classes} classes")
    for number, tree in enumerate(trees):
        fault = _fault(tree, record.n_features)
        if fault:
            raise DataError(f"{name}: tree {number}: {fault}")
    return Booster(model_str=_text(record, trees))


def _split(arrays: Arrays, name: str) -> list[Arrays]:
    """The arrays of each tree, checked for length."""
    leaves, n_categories = arrays["num_leaves"].astype(np.int64), arrays["num_cat"].astype(np.int64)
    if len(n_categories) != len(leaves) or len(arrays["shrinkage"]) != len(leaves):
        raise DataError(f"{name}: trees do not have one size each")
    if (leaves < 1).any() or (n_categories < 0).any():
        raise DataError(f"{name}: a tree has no leaf, or fewer than no categories")
    starts = np.cumsum(n_categories + (n_categories > 0))
    if len(arrays["cat_boundaries"]) != (starts[-1] if len(starts) else 0):
        raise DataError(f"{name}: cat_boundaries has another length than the trees give it")
    words = [
        int(arrays["cat_boundaries"][start - 1]) if n else 0 for start, n in zip(starts, n_categories, strict=True)
    ]
    if min(words, default=0) < 0:
        raise DataError(f"{name}: cat_boundaries are negative")
    lengths = {
        **dict.fromkeys(_TREE_FIELDS, np.ones_like(leaves)),
        **dict.fromkeys(_SPLIT_FIELDS, leaves - 1),
        **dict.fromkeys(_LEAF_FIELDS, leaves),
        "cat_boundaries": n_categories + (n_categories > 0),
        "cat_threshold": np.array(words, dtype=np.int64),
    }
    parts = {}
    for field, each in lengths.items():
        if len(arrays[field]) != each.sum():
            raise DataError(f"{name}: {field} has {len(arrays[field])} entries; the trees need {each.sum()}")
        parts[field] = np.split(arrays[field], np.cumsum(each)[:-1])
    return [{field: part[number] for field, part in parts.items()} for number in range(len(leaves))]


def _fault(tree: Arrays, n_features: int) -> str | None:
    """What is wrong with a tree, or None."""
    n_leaves, n_splits = int(tree["num_leaves"][0]), len(tree["split_feature"])
    finite = all(np.isfinite(tree[name]).all() for name in ("leaf_value", "split_gain", "shrinkage"))
    children = np.concatenate([tree["left_child"], tree["right_child"]]).astype(np.int64)
    parents, inner = np.tile(np.arange(n_splits), 2), children >= 0
    leaves = np.sort(~children[~inner])
    faults = {
        # A threshold of infinity parts the rows that have a value from those that have none.
        "a number is not finite": not finite or not (tree["threshold"] > -np.inf).all(),
        "a split is on a feature that there is not": _outside(tree["split_feature"], n_features),
        "a decision is of no known type": _outside(tree["decision_type"], _MOST_DECISION + 1),
        "a count is negative": (tree["internal_count"] < 0).any() or (tree["leaf_count"] < 0).any(),
        "a child stands before its parent": (children[inner] <= parents[inner]).any(),
        # Each split but the root, and each leaf, is the child of exactly one split.
        "splits do not make a tree": not np.array_equal(np.sort(children[inner]), np.arange(1, n_splits)),
        "leaves do not make a tree": n_splits > 0 and not np.array_equal(leaves, np.arange(n_leaves)),
    }
    return next((fault for fault, found in faults.items() if found), None) or _category_fault(tree)


def _outside(values: npt.NDArray[Any], end: int) -> bool:
    """Whether a value is not among 0, …, end - 1."""
    return bool(((values < 0) | (values >= end)).any())


def _category_fault(tree: Arrays) -> str | None:
    """What is wrong with a tree's decisions on categories, or None."""
    categorical = (tree["decision_type"] & _CATEGORICAL) == _CATEGORICAL
    n_categories = int(tree["num_cat"][0])
    sets, bounds = tree["threshold"][categorical], tree["cat_boundaries"]
    if (sets != np.floor(sets)).any() or _outside(sets, n_categories):
        return "a decision is on categories that are not listed"
    if n_categories and (bounds[0] != 0 or (np.diff(bounds) < 1).any()):
        return "the lists of categories do not follow one another"
    return None


def _text(record: BoosterRecord, trees: list[Arrays]) -> str:
    """The model in LightGBM's text format, version 4."""
    multiclass = f" num_class:{record.n_classes}" if record.objective == "multiclass" else ""
    blocks = [_tree_text(number, tree) for number, tree in enumerate(trees)]
    header = [
        "tree",
        "version=v4",
        f"num_class={record.n_classes}",
        f"num_tree_per_iteration={record.n_classes}",
        "label_index=0",
        f"max_feature_idx={record.n_features - 1}",
        *([] if record.objective == "custom" else [f"objective={record.objective}{multiclass}"]),
        "feature_names=" + " ".join(f"Column_{column}" for column in range(record.n_features)),
        "feature_infos=" + " ".join(["none"] * record.n_features),
        "tree_sizes=" + " ".join(str(len(block)) for block in blocks),
        "",
        "",
    ]
    return "\n".join(header) + "".join(blocks) + "end of trees\n\npandas_categorical:null\n"


def _tree_text(number: int, tree: Arrays) -> str:
    """One tree; numbers are written so that they are read as the same bits."""
    fields = [name for name in FIELDS if name not in _CATEGORY_FIELDS or tree["num_cat"][0]]
    lines = [f"{name}={_words(tree[name])}" for name in fields if name != "shrinkage"]
    return "\n".join([f"Tree={number}", *lines, "is_linear=0", f"shrinkage={_words(tree['shrinkage'])}", "", "", ""])


def _words(values: npt.NDArray[Any]) -> str:
    """Values as Python spells them."""
    return " ".join(map(repr, values.tolist()))
