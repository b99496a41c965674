"""Boosted trees as arrays, and arrays that were checked as trees.

LightGBM's parser of model text trusts its input and can crash on hostile text. What is loaded is therefore never text:
it is arrays, every one checked here, from which text is written anew for LightGBM.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from lightgbm import Booster

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.bundle._npy import Arrays, Form, Layout
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
# What a booster is kept as, every field for all trees one after another.
TREES: Layout = {name: Form((np.dtype(kind).str,), 1) for name, kind in FIELDS.items()}

# LightGBM explains a leaf in a time, a memory and a depth of calls that grow with how deep it lies.
_MOST_LEAVES_OF_TREE, _MOST_LEAVES, _MOST_TREES, _MOST_COUNT = 255, 2**21, 2**16, 2**31 - 1

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
        If an array of `TREES` has another length than it must, or its trees are not trees.
    """
    lengths = _lengths(arrays, record, name)
    for fault, of, found in _faults(arrays, record.n_features):
        if found.any():
            tree = np.repeat(np.arange(len(lengths[of])), lengths[of])[found.argmax()]
            raise DataError(f"{name}: tree {tree}: {fault}")
    return Booster(model_str=_text(record, arrays, lengths))


def _lengths(arrays: Arrays, record: BoosterRecord, name: str) -> dict[str, IntArray]:
    """How many entries each tree has in each field; refused if the fields are not as long."""
    n_leaves, n_sets = arrays["num_leaves"].astype(np.int64), arrays["num_cat"].astype(np.int64)
    if len(n_sets) != len(n_leaves) or len(arrays["shrinkage"]) != len(n_leaves):
        raise DataError(f"{name}: trees do not have one size each")
    if not 0 < len(n_leaves) <= _MOST_TREES or len(n_leaves) % record.n_classes:
        raise DataError(
            f"{name}: {len(n_leaves):,} trees are none, more than {_MOST_TREES:,}, or cannot be divided among "
            f"{record.n_classes} classes"
        )
    if _outside(n_leaves - 1, _MOST_LEAVES_OF_TREE).any() or n_leaves.sum() > _MOST_LEAVES:
        raise DataError(f"{name}: a tree has no leaf, or more than {_MOST_LEAVES_OF_TREE}; or all have too many")
    if _outside(n_sets, n_leaves).any():
        raise DataError(f"{name}: a tree has more lists of categories than splits, or fewer than none")
    n_bounds = n_sets + (n_sets > 0)
    bounds, ends = arrays["cat_boundaries"], np.cumsum(n_bounds)
    if len(bounds) != ends[-1] or _outside(bounds, len(arrays["cat_threshold"]) + 1).any():
        raise DataError(f"{name}: cat_boundaries has another length, or other values, than the trees give it")
    n_words = np.zeros_like(n_leaves)
    n_words[n_sets > 0] = bounds[ends[n_sets > 0] - 1]
    lengths = {
        **dict.fromkeys(_TREE_FIELDS, np.ones_like(n_leaves)),
        **dict.fromkeys(_SPLIT_FIELDS, n_leaves - 1),
        **dict.fromkeys(_LEAF_FIELDS, n_leaves),
        "cat_boundaries": n_bounds,
        "cat_threshold": n_words,
    }
    for field, each in lengths.items():
        if len(arrays[field]) != each.sum():
            raise DataError(f"{name}: {field} has {len(arrays[field])} entries; the trees need {each.sum()}")
    return lengths


def _faults(arrays: Arrays, n_features: int) -> Iterator[tuple[str, str, BoolArray]]:
    """What may be wrong with trees, each with a field and where among its entries it is found."""
    for field in ("leaf_value", "split_gain", "shrinkage"):
        yield f"{field} is not a finite number", field, ~_normal(arrays[field])
    # A threshold of infinity parts the rows that have a value from those that have none.
    threshold = arrays["threshold"]
    yield "a threshold is no number", "threshold", ~_normal(threshold) & (threshold != np.inf)
    yield "a split is on a feature that there is not", "split_feature", _outside(arrays["split_feature"], n_features)
    yield "a decision is of no known type", "decision_type", _outside(arrays["decision_type"], _MOST_DECISION + 1)
    yield "a split counts no rows", "internal_count", _outside(arrays["internal_count"] - 1, _MOST_COUNT)
    yield "a leaf counts fewer than no rows", "leaf_count", _outside(arrays["leaf_count"], _MOST_COUNT + 1)
    yield from _child_faults(arrays)
    yield from _category_faults(arrays)


def _child_faults(arrays: Arrays) -> Iterator[tuple[str, str, BoolArray]]:
    """Where children do not make a tree: each split but the root, and each leaf, is the child of exactly one split."""
    n_leaves = arrays["num_leaves"].astype(np.int64)
    n_splits = n_leaves - 1
    start = np.cumsum(n_splits) - n_splits
    tree = np.repeat(np.arange(len(n_leaves)), n_splits)
    split = np.arange(len(tree)) - start[tree]
    of_both, number = np.tile(tree, 2), np.zeros(2 * len(tree), dtype=np.int64)
    children = np.concatenate([arrays["left_child"], arrays["right_child"]]).astype(np.int64)
    inner = children >= 0

    def either(found: BoolArray) -> BoolArray:
        return found[: len(tree)] | found[len(tree) :]

    yield "a child stands before its parent", "left_child", either(inner & (children <= np.tile(split, 2)))
    strange = np.where(inner, children >= n_splits[of_both], ~children > n_splits[of_both])
    yield "a child is a split or a leaf that there is not", "left_child", either(strange)
    # Splits are numbered through all trees, and after them leaves, of which each tree has one more.
    number[inner] = (children + start[of_both])[inner]
    number[~inner] = (len(tree) + ~children + start[of_both] + of_both)[~inner]
    yield "two splits have one child", "left_child", either(np.bincount(number)[number] > 1)


def _category_faults(arrays: Arrays) -> Iterator[tuple[str, str, BoolArray]]:
    """What may be wrong with the decisions on categories."""
    n_leaves, n_sets = arrays["num_leaves"].astype(np.int64), arrays["num_cat"].astype(np.int64)
    categorical = (arrays["decision_type"] & _CATEGORICAL) == _CATEGORICAL
    sets = np.where(categorical, arrays["threshold"], 0.0)
    unlisted = (sets != np.floor(sets)) | _outside(sets, np.repeat(n_sets, n_leaves - 1))
    yield "a decision is on categories that are not listed", "threshold", categorical & unlisted
    bounds, n_bounds = arrays["cat_boundaries"], n_sets + (n_sets > 0)
    first = np.zeros(len(bounds), dtype=bool)
    first[(np.cumsum(n_bounds) - n_bounds)[n_bounds > 0]] = True
    misplaced = np.where(first, bounds != 0, np.diff(bounds, prepend=0) < 1)
    yield "the lists of categories do not follow one another", "cat_boundaries", misplaced


def _normal(values: FloatArray) -> BoolArray:
    """Whether each is finite, and not so small that LightGBM would warn of it where it reads it."""
    normal: BoolArray = np.isfinite(values) & ((values == 0) | (np.abs(values) >= np.finfo(np.float64).tiny))
    return normal


def _outside(values: npt.NDArray[Any], end: int | IntArray) -> BoolArray:
    """Whether each is not among 0, …, end - 1."""
    outside: BoolArray = (values < 0) | (values >= end)
    return outside


def _text(record: BoosterRecord, arrays: Arrays, lengths: dict[str, IntArray]) -> str:
    """The model in LightGBM's text format, version 4."""
    parts = {field: np.split(arrays[field], np.cumsum(each)[:-1]) for field, each in lengths.items()}
    trees = ({field: part[number] for field, part in parts.items()} for number in range(len(arrays["num_leaves"])))
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
