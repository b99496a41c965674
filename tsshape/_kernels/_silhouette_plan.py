"""In which order the distances to a block of curves are added up, so that many labelings share the additions.

The curves are sorted by their labels, the finest labeling first: what one labeling puts together is mostly together in
others too, so that the rows of a tile fall into few clusters. Labelings are taken in groups, and rows of a tile that
have the same labels in a whole group are an atom. Rows are added to atoms once a group, and atoms, not rows, to the
clusters of each labeling. On k-means labelings with k = 2 to 80 of 20,439 curves that is a third of the additions;
where labelings have nothing in common, and every row is an atom, it is a sixth more.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tsshape._typing import IntArray

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Runs:
    """Rows to be added up, all arrays int32: run r takes the rows members[starts[r]:starts[r + 1]] to row targets[r].

    The runs of a group of labelings in a tile are those from edges[group, tile] to edges[group, tile + 1].
    """

    members: Array
    starts: Array
    targets: Array
    edges: Array

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array]:
        """All of it, as a kernel takes it."""
        return self.members, self.starts, self.targets, self.edges


@dataclass(frozen=True, eq=False)
class Plan:
    """How to add up rows of distances for all labelings.

    Attributes
    ----------
    order : array of shape (n_curves,)
        The curves in the order in which the tiles take them.
    clusters : array of shape (n_labelings, n_curves), int32
        Cluster of each curve in that order; the clusters of all labelings are numbered through.
    first : array of shape (n_labelings + 1,)
        Number of the first cluster of each labeling, and of one after the last.
    sizes : array of shape (n_clusters,)
        Number of curves in each cluster.
    to_atoms, to_clusters : Runs
        Rows of a tile to atoms, and atoms to clusters.
    """

    order: IntArray
    clusters: Array
    first: IntArray
    sizes: IntArray
    to_atoms: Runs
    to_clusters: Runs


def make_plan(labelings: IntArray, tile_rows: int, group_size: int) -> Plan:
    """The plan for labels of shape (n_labelings, n_curves), which in each labeling count from 0 without gaps."""
    n_clusters = labelings.max(axis=1) + 1
    first = np.concatenate(([0], np.cumsum(n_clusters)))
    finest_first = np.argsort(-n_clusters, kind="stable")
    order = np.lexsort(_narrow(labelings[finest_first[::-1]]))
    clusters = np.take(labelings, order, axis=1).astype(np.int32)
    clusters += first[:-1, None].astype(np.int32)
    groups = np.split(finest_first, range(group_size, len(labelings), group_size))
    to_atoms, to_clusters = zip(*(_runs_of_group(clusters[group], tile_rows) for group in groups), strict=True)
    sizes = np.bincount(clusters.ravel(), minlength=first[-1])
    return Plan(order, clusters, first, sizes, _join(to_atoms), _join(to_clusters))


def _runs_of_group(clusters: Array, tile_rows: int) -> tuple[Runs, Runs]:
    """Rows to atoms and atoms to clusters for the labelings of one group."""
    tiles, rows = np.divmod(np.arange(clusters.shape[1]), tile_rows)
    labels = _narrow(clusters - clusters.min(axis=1, keepdims=True))
    order = np.lexsort((*labels, _narrow(tiles)))
    begins = np.ones(len(order), bool)
    begins[1:] = (labels[:, order[1:]] != labels[:, order[:-1]]).any(axis=0) | (tiles[order[1:]] != tiles[order[:-1]])
    atoms = order[begins]
    # Atoms are numbered from 0 in each tile.
    numbers = np.arange(len(atoms)) - np.searchsorted(tiles[atoms], tiles[atoms])
    to_atoms = _runs(tiles[order], numbers[np.cumsum(begins) - 1], rows[order])
    tiles_of_parts, parts = (np.tile(each, len(clusters)) for each in (tiles[atoms], numbers))
    targets = clusters[:, atoms].ravel()
    by_cluster = np.lexsort((_narrow(targets - targets.min()), _narrow(tiles_of_parts)))
    return to_atoms, _runs(tiles_of_parts[by_cluster], targets[by_cluster], parts[by_cluster])


def _runs(tiles: Array, targets: Array, members: Array) -> Runs:
    """Runs of additions that are sorted by tile and target."""
    begins = np.ones(len(tiles), bool)
    begins[1:] = (tiles[1:] != tiles[:-1]) | (targets[1:] != targets[:-1])
    starts = np.flatnonzero(begins)
    edges = np.searchsorted(tiles[starts], np.arange(tiles[-1] + 2))
    arrays = (members, np.append(starts, len(tiles)), targets[starts], edges[None])
    return Runs(*(each.astype(np.int32) for each in arrays))


def _join(groups: tuple[Runs, ...]) -> Runs:
    """The runs of all groups, one after the other."""
    n_members = np.cumsum([0, *(len(group.members) for group in groups)])
    n_runs = np.cumsum([0, *(len(group.targets) for group in groups)])
    starts = [group.starts[:-1] + before for group, before in zip(groups, n_members, strict=False)]
    edges = [group.edges + before for group, before in zip(groups, n_runs, strict=False)]
    arrays = (
        np.concatenate([group.members for group in groups]),
        np.concatenate([*starts, n_members[-1:]]),
        np.concatenate([group.targets for group in groups]),
        np.concatenate(edges),
    )
    return Runs(*(each.astype(np.int32, copy=False) for each in arrays))


def _narrow(labels: Array) -> Array:
    """The same numbers in 16 bits where they fit, which numpy sorts several times as fast."""
    return labels.astype(np.int16 if labels.max() <= np.iinfo(np.int16).max else np.int64)
