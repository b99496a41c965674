"""The list of a source's files: the hash that git gives the content of each, and its size."""

import hashlib
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import BinaryIO, NamedTuple

from tsshape._errors import DataError, quote

LISTING_FILE = "files.tsv"
_COLUMNS = ["path", "git_blob_sha1", "bytes"]
_HASH = re.compile("[0-9a-f]{40}")
_BLOCK = 2**20
# Bytes of a list that is read, and digits of a size in it.
LARGEST_LISTING, _MOST_DIGITS = 2**23, 15


class ListedFile(NamedTuple):
    """A file of a source: its path there, the hash that git gives its content, and its size in bytes."""

    path: str
    git_hash: str
    n_bytes: int


def published_files() -> dict[str, ListedFile]:
    """Return the files of the public repository, by path."""
    text = files(__package__).joinpath("youku.tsv").read_text(encoding="utf-8")
    return parse_listing(text, "youku.tsv")


def parse_listing(text: str, name: str) -> dict[str, ListedFile]:
    """Return the files that a list names, by path; the list has tabs between path, hash and bytes, and a header."""
    header, *lines = text.removesuffix("\n").replace("\r\n", "\n").split("\n")
    if header.split("\t") != _COLUMNS:
        raise DataError(
            f"{name}, line 1: a list of files begins with the names {', '.join(_COLUMNS)}, with tabs between"
        )
    found: dict[str, ListedFile] = {}
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        if (
            len(cells) != len(_COLUMNS)
            or not _HASH.fullmatch(cells[1])
            or not re.fullmatch(f"[0-9]{{1,{_MOST_DIGITS}}}", cells[2])
        ):
            raise DataError(
                f"{name}, line {number}: {quote(line)} is not a path, the 40 digits that `git hash-object` prints,"
                " and a number of bytes, with tabs between"
            )
        if cells[0] in found:
            raise DataError(f"{name}, line {number}: {quote(cells[0])} is named twice")
        found[cells[0]] = ListedFile(cells[0], cells[1], int(cells[2]))
    return found


def git_hash(file: BinaryIO) -> str:
    """Return the hash that git gives the content of an open file, as `git hash-object` prints it."""
    # SHA-1 is git's choice; it says here that content is the published one, and keeps no secret.
    digest = hashlib.sha1(b"blob %d\0" % os.fstat(file.fileno()).st_size, usedforsecurity=False)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def check_listed(paths: list[str], listing: Mapping[str, ListedFile], name: str) -> None:
    """Check that a list has some files."""
    missing = [path for path in paths if path not in listing]
    if missing:
        raise DataError(
            f"{name} lacks {len(missing)} files that the data are made of, the first of them {missing[0]!r}"
        )
