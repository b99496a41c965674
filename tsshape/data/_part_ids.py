"""Ids that are unique over all parts of a table, by their hashes, so that no process holds all ids.

Each part has its hashes written to a file, in ascending order; a merge reads one range of hashes from all of these
files. What has the same hash in two parts is compared as text, so that nothing depends on hashes being unique.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._files import atomic_path
from tsshape.data._reading import read_table
from tsshape.data._tables import IdTable

Hashes: TypeAlias = npt.NDArray[np.uint64]

# Bytes of memory for each hash of a range while it is merged.
BYTES_PER_ID = 32
# Hashes that are compared as text at once.
_BATCH = 1_000
_N_HASHES = 2**64


class HashedPart(NamedTuple):
    """A part of a table and the file with the hashes of its ids; and what it was made of, which messages name then."""

    file: Path
    hashes: Path
    source: str = ""


def read_ids(path: Path, column: str) -> IdTable:
    """Return the ids of a part, unique within it; nothing else of it is read."""
    table = read_table(path, [column]).take_ids(column)
    table.check_unique()
    return table


def write_hashes(ids: pd.Index, path: Path) -> None:
    """Write the hashes of the ids of a part in ascending order."""
    hashes = _hash_keys(_keys(ids))
    hashes.sort()
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.save(file, hashes)


def hash_ranges(n_ids: int, memory: int) -> list[tuple[int, int]]:
    """Return the ranges of hashes, each of which is merged within some bytes of memory."""
    n_rounds = max(1, -(-BYTES_PER_ID * n_ids // memory))
    ends = [_N_HASHES * each // n_rounds for each in range(n_rounds + 1)]
    return [(start, stop - 1) for start, stop in pairwise(ends)]


def check_range(ends: tuple[int, int], parts: Sequence[HashedPart], id_column: str) -> None:
    """Check that no id with a hash of a range, of which both ends belong to it, stands in two parts.

    Raises
    ------
    DataError
        If one does, or two ids are the same but for blanks around them or their Unicode form; both rows are named.
    """
    hashes = np.concatenate([_read_range(part.hashes, *ends) for part in parts])
    hashes.sort()
    repeated = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    for at in range(0, len(repeated), _BATCH):
        known: dict[str, tuple[str, str]] = {}
        for key, id_, place in _find_ids(repeated[at : at + _BATCH], parts, id_column):
            if key in known:
                _refuse(*known[key], id_, place)
            known[key] = id_, place


def _find_ids(wanted: Hashes, parts: Sequence[HashedPart], id_column: str) -> Iterator[tuple[str, str, str]]:
    """Give key, id and place of all ids with some hashes, which are in ascending order."""
    for part in parts:
        if np.isin(wanted, _read_range(part.hashes, int(wanted[0]), int(wanted[-1]))).any():
            table = read_ids(part.file, id_column)
            keys = _keys(table.ids)
            for row in np.flatnonzero(np.isin(_hash_keys(keys), wanted)).tolist():
                id_ = table.ids[row]
                place = f"{part.source} (id {quote(id_)})" if part.source else f"{part.file}, {table.place(row)}"
                yield keys[row], id_, place


def _refuse(id_: str, place: str, other_id: str, other_place: str) -> None:
    """Raise DataError for an id that stands in two parts."""
    if id_ == other_id:
        raise DataError(f"{place}, and {other_place} have the same id; an id may stand in one part only")
    raise DataError(
        f"the ids of {place}, and {other_place} are the same but for blanks around them or their Unicode form; write"
        " them alike, or differently"
    )


def _read_range(path: Path, first: int, last: int) -> Hashes:
    """Return those hashes of a file that are in a range."""
    hashes = np.load(path, mmap_mode="r", allow_pickle=False)
    found: Hashes = np.array(
        hashes[np.searchsorted(hashes, np.uint64(first)) : np.searchsorted(hashes, np.uint64(last), side="right")]
    )
    return found


def _keys(ids: pd.Index) -> pd.Index:
    """Return the ids without blanks around them, in one Unicode form."""
    special = ids.str.contains(r"^\s|\s$|[^\x00-\x7f]")
    return ids.str.strip().str.normalize("NFC") if special.any() else ids


def _hash_keys(keys: pd.Index) -> Hashes:
    """Return the hashes of some texts."""
    hashes: Hashes = pd.util.hash_array(keys.to_numpy(object), categorize=False)
    return hashes
