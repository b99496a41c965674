"""Boosted trees as arrays, and arrays that were checked as trees.

LightGBM's parser of model text trusts its input and can crash on hostile text. What is loaded is therefore never text:
it is arrays, every one checked here, from which new text is written for LightGBM.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

import numpy as np
import numpy.typing as npt
from lightgbm import Booster

from tsshape._errors import DataError
from tsshape._typing import BoolArray, FloatArray, IntArray
from tsshape.bundle._npy import Arrays, Form
from tsshape.bundle._record import Array, Integers, Numbers, Positive, Record, Shape, forms

# The time, memory and call depth of LightGBM's explanations grow with the depth of a leaf.
_MOST_LEAVES_OF_TREE, _MOST_COUNT = 255, 2**31 - 1

# Bits of a decision type: whether it is one of categories; bits 2 and 3 say which values are missing; 3 is not a type.
_CATEGORICAL, _MOST_DECISION = 1, 11

# The arrays that have an entry for each tree, split or leaf.
_TREES = ("num_leaves", "num_cat", "shrinkage")
_SPLITS = ("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child", "internal_count")
_LEAVES = ("leaf_value", "leaf_count")

Integers32 = Annotated[Array, Form(("<i4",), (1,))]


class BoosterRecord(Record):
    """Boosted trees: what decides a model's forecasts and explanations.

    The arrays have the names of LightGBM's text format, and hold all trees one after another.
    """

    objective: Literal["quantile", "tweedie", "custom", "regression", "multiclass"]
    n_classes: Positive
    n_features: Positive
    num_leaves: Annotated[Array, Form(("<i4",), (1,), each="trees")]
    num_cat: Integers32
    split_feature: Integers32
    split_gain: Numbers
    threshold: Numbers
    decision_type: Integers32
    left_child: Integers32
    right_child: Integers32
    internal_count: Integers
    leaf_value: Annotated[Array, Form(("<f8",), (1,), each="leaves")]
    leaf_count: Integers
    cat_boundaries: Annotated[Array, Form(("<i8",), (1,), each="categories in trees")]
    cat_threshold: Annotated[Array, Form(("<u4",), (1,), each="categories in trees")]
    shrinkage: Numbers

    @classmethod
    def of(cls, booster: Booster) -> Self:
        """Describe a booster, from its text."""
        header, *trees = booster.model_to_string(num_iteration=-1).split("\n\nTree=")
        trees[-1] = trees[-1].split("\n\nend of trees")[0] if trees else ""
        lines = [dict(line.split("=", 1) for line in tree.splitlines() if "=" in line) for tree in trees]
        arrays = {
            name: np.array([word for tree in lines for word in tree.get(name, "").split()], dtype=form.dtypes[0])
            for name, form in forms(cls).items()
        }
        # LightGBM writes an infinite gain for a split between equal values.
        arrays["split_gain"] = np.nan_to_num(arrays["split_gain"], posinf=0.0, neginf=0.0)
        settings = dict(line.split("=", 1) for line in header.splitlines() if "=" in line)
        objective: Any = settings.get("objective", "custom").split()[0]
        n_classes, n_features = int(settings["num_class"]), int(settings["max_feature_idx"]) + 1
        return cls(objective=objective, n_classes=n_classes, n_features=n_features, **arrays)

    def counts(self, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, int]]:
        """Yield how many there are of what costs more than its bytes."""
        yield from super().counts(shapes)
        yield "columns of boosters", self.n_features
        yield "columns of classes", self.n_classes * self.n_features

    def build(self, name: str, *, n_features: int, objectives: tuple[str, ...]) -> Booster:
        """Return the booster; refuse one for other features or objectives, and trees that are not trees.

        A booster that takes more features than there are would read beyond a row.
        """
        if self.n_features != n_features:
            raise DataError(f"a booster takes {self.n_features} features, but there are {n_features}")
        if self.objective not in objectives:
            raise DataError(f"a booster has the objective {self.objective!r}; it must be {' or '.join(objectives)}")
        lengths = _lengths(self, name)
        for fault, of, found in _faults(self):
            if found.any():
                tree = np.repeat(np.arange(len(lengths[of])), lengths[of])[found.argmax()]
                raise DataError(f"{name}: tree {tree}: {fault}")
        return Booster(model_str=_text(self, lengths))

    def explanation_steps(self) -> int:
        """Return the steps that explaining one row takes: for each leaf, the square of the columns on its path.

        S. Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature
        Machine Intelligence 2, 2020. The trees are those that `build` accepts.
        """
        n_splits = self.num_leaves.astype(np.int64) - 1
        start = np.cumsum(n_splits) - n_splits
        start_of_tree = np.repeat(start, n_splits)
        level, depth, steps = start[n_splits > 0], 1, 0
        while len(level):
            children = np.concatenate([self.left_child[level], self.right_child[level]])
            inner = children >= 0
            steps += int((~inner).sum()) * min(depth, self.n_features) ** 2
            level, depth = (children + np.tile(start_of_tree[level], 2))[inner], depth + 1
        return steps


def _lengths(trees: BoosterRecord, name: str) -> dict[str, IntArray]:
    """Return how many entries each tree has in each array; refuse arrays of another length."""
    n_leaves, n_sets = trees.num_leaves.astype(np.int64), trees.num_cat.astype(np.int64)
    if len(n_sets) != len(n_leaves) or len(trees.shrinkage) != len(n_leaves):
        raise DataError(f"{name}: num_leaves, num_cat and shrinkage differ in length")
    if not len(n_leaves) or len(n_leaves) % trees.n_classes:
        raise DataError(
            f"{name}: there are {len(n_leaves):,} trees; there must be at least one, and as many for each of "
            f"{trees.n_classes} classes"
        )
    if _outside(n_leaves - 1, _MOST_LEAVES_OF_TREE).any():
        raise DataError(f"{name}: a tree must have 1 to {_MOST_LEAVES_OF_TREE} leaves")
    if _outside(n_sets, n_leaves).any():
        raise DataError(f"{name}: the lists of categories of a tree must be 0 to its number of splits")
    n_bounds = n_sets + (n_sets > 0)
    bounds, ends = trees.cat_boundaries, np.cumsum(n_bounds)
    if len(bounds) != ends[-1] or _outside(bounds, len(trees.cat_threshold) + 1).any():
        raise DataError(f"{name}: cat_boundaries does not fit num_cat and cat_threshold")
    n_words = np.zeros_like(n_leaves)
    n_words[n_sets > 0] = bounds[ends[n_sets > 0] - 1]
    lengths = {
        **dict.fromkeys(_TREES, np.ones_like(n_leaves)),
        **dict.fromkeys(_SPLITS, n_leaves - 1),
        **dict.fromkeys(_LEAVES, n_leaves),
        "cat_boundaries": n_bounds,
        "cat_threshold": n_words,
    }
    for field, each in lengths.items():
        if len(getattr(trees, field)) != each.sum():
            raise DataError(f"{name}: {field} has {len(getattr(trees, field))} entries; the trees need {each.sum()}")
    return lengths


def _faults(trees: BoosterRecord) -> Iterator[tuple[str, str, BoolArray]]:
    """Yield each fault that trees can have, the array that shows it, and which of its entries have it."""
    for field in ("leaf_value", "split_gain", "shrinkage"):
        yield f"{field} is not a finite number", field, ~_normal(getattr(trees, field))
    # A threshold of infinity separates the rows that have a value from those that have none.
    threshold = trees.threshold
    yield (
        "a threshold is neither a finite number nor infinity",
        "threshold",
        ~_normal(threshold) & (threshold != np.inf),
    )
    yield (
        "a split is on a feature that does not exist",
        "split_feature",
        _outside(trees.split_feature, trees.n_features),
    )
    yield "a decision is of an unknown type", "decision_type", _outside(trees.decision_type, _MOST_DECISION + 1)
    yield "a split counts no rows", "internal_count", _outside(trees.internal_count - 1, _MOST_COUNT)
    yield "a leaf counts fewer than no rows", "leaf_count", _outside(trees.leaf_count, _MOST_COUNT + 1)
    yield from _child_faults(trees)
    yield from _category_faults(trees)


def _child_faults(trees: BoosterRecord) -> Iterator[tuple[str, str, BoolArray]]:
    """Yield the faults of children: each split but the root, and each leaf, must be the child of exactly one split."""
    n_leaves = trees.num_leaves.astype(np.int64)
    n_splits = n_leaves - 1
    start = np.cumsum(n_splits) - n_splits
    tree = np.repeat(np.arange(len(n_leaves)), n_splits)
    split = np.arange(len(tree)) - start[tree]
    of_both, number = np.tile(tree, 2), np.zeros(2 * len(tree), dtype=np.int64)
    children = np.concatenate([trees.left_child, trees.right_child]).astype(np.int64)
    inner = children >= 0

    def either(found: BoolArray) -> BoolArray:
        return found[: len(tree)] | found[len(tree) :]

    yield "a child comes before its parent", "left_child", either(inner & (children <= np.tile(split, 2)))
    unknown = np.where(inner, children >= n_splits[of_both], ~children > n_splits[of_both])
    yield "a child is a split or a leaf that does not exist", "left_child", either(unknown)
    # Splits are numbered through all trees, and after them leaves, of which each tree has one more.
    number[inner] = (children + start[of_both])[inner]
    number[~inner] = (len(tree) + ~children + start[of_both] + of_both)[~inner]
    yield "two splits share a child", "left_child", either(np.bincount(number)[number] > 1)


def _category_faults(trees: BoosterRecord) -> Iterator[tuple[str, str, BoolArray]]:
    """Yield the faults of decisions on categories."""
    n_leaves, n_sets = trees.num_leaves.astype(np.int64), trees.num_cat.astype(np.int64)
    categorical = (trees.decision_type & _CATEGORICAL) == _CATEGORICAL
    sets = np.where(categorical, trees.threshold, 0.0)
    unlisted = (sets != np.floor(sets)) | _outside(sets, np.repeat(n_sets, n_leaves - 1))
    yield "a decision is on a list of categories that does not exist", "threshold", categorical & unlisted
    bounds, n_bounds = trees.cat_boundaries, n_sets + (n_sets > 0)
    first = np.zeros(len(bounds), dtype=bool)
    first[(np.cumsum(n_bounds) - n_bounds)[n_bounds > 0]] = True
    misplaced = np.where(first, bounds != 0, np.diff(bounds, prepend=0) < 1)
    yield "the lists of categories do not follow one another", "cat_boundaries", misplaced


def _normal(values: FloatArray) -> BoolArray:
    """Return which values are finite, and not so small that LightGBM warns when it reads them."""
    normal: BoolArray = np.isfinite(values) & ((values == 0) | (np.abs(values) >= np.finfo(np.float64).tiny))
    return normal


def _outside(values: npt.NDArray[Any], end: int | IntArray) -> BoolArray:
    """Return which values are not among 0, …, end - 1."""
    outside: BoolArray = (values < 0) | (values >= end)
    return outside


def _text(trees: BoosterRecord, lengths: dict[str, IntArray]) -> str:
    """Return the booster in LightGBM's text format, version 4."""
    pieces = {name: np.split(getattr(trees, name), np.cumsum(lengths[name])[:-1]) for name in forms(BoosterRecord)}
    blocks = [
        _tree_text(number, {name: each[number] for name, each in pieces.items()})
        for number in range(len(trees.num_leaves))
    ]
    multiclass = f" num_class:{trees.n_classes}" if trees.objective == "multiclass" else ""
    header = [
        "tree",
        "version=v4",
        f"num_class={trees.n_classes}",
        f"num_tree_per_iteration={trees.n_classes}",
        "label_index=0",
        f"max_feature_idx={trees.n_features - 1}",
        *([] if trees.objective == "custom" else [f"objective={trees.objective}{multiclass}"]),
        "feature_names=" + " ".join(f"Column_{column}" for column in range(trees.n_features)),
        "feature_infos=" + " ".join(["none"] * trees.n_features),
        "tree_sizes=" + " ".join(str(len(block)) for block in blocks),
        "",
        "",
    ]
    return "\n".join(header) + "".join(blocks) + "end of trees\n\npandas_categorical:null\n"


def _tree_text(number: int, tree: Arrays) -> str:
    """Return one tree; `repr` writes numbers so that the same bits are read."""
    left_out = () if tree["num_cat"][0] else ("cat_boundaries", "cat_threshold")
    words = {name: " ".join(map(repr, values.tolist())) for name, values in tree.items() if name not in left_out}
    *lines, shrinkage = [f"{name}={each}" for name, each in words.items()]
    return "\n".join([f"Tree={number}", *lines, "is_linear=0", shrinkage, "", "", ""])
