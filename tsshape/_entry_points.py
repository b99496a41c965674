"""What installed distributions offer under the names of an entry-point group."""

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from tsshape._errors import foreign_code

# A name in METRICS stands for a Metric, or for anything whose import registers a metric of that name; a name in
# CLUSTERERS for a class with the interface of the built-in clusterers; one in BLOCKS, a library, for a function that
# takes an array of that library and returns it as `tsshape._blocks.Blocks`; one in PARTITIONS likewise for a table of
# that library and `tsshape._partitions.Partitions`.
METRICS = "tsshape.metrics"
CLUSTERERS = "tsshape.clusterers"
BLOCKS = "tsshape.blocks"
PARTITIONS = "tsshape.partitions"


def offered_names(group: str) -> tuple[str, ...]:
    """The names in a group, in ascending order; nothing is loaded."""
    return tuple(sorted(entry_points(group=group).names))


def find_entry_point(group: str, name: str) -> EntryPoint:
    """The entry point of that name, which must be offered; refused if two distributions offer different ones."""
    found = {point.value: point for point in entry_points(group=group, name=name)}
    if len(found) > 1:
        owners = ", ".join(sorted(owner(point) for point in found.values()))
        raise ValueError(f"more than one installed distribution offers {name!r} in {group}: {owners}; uninstall one")
    return next(iter(found.values()))


def load_entry_point(group: str, name: str) -> tuple[Any, str]:
    """What the entry point of that name gives, whose code is run now, and its owner; DataError if that code fails."""
    point = find_entry_point(group, name)
    with foreign_code(f"{owner(point)} offers {name!r}, but fails:"):
        return point.load(), owner(point)


def owners(group: str, name: str) -> str:
    """The distributions that offer a name; nothing is loaded."""
    return ", ".join(sorted({owner(point) for point in entry_points(group=group, name=name)}))


def owner(point: EntryPoint) -> str:
    """Name and version of the distribution that an entry point belongs to."""
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value
