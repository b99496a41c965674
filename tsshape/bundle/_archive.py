"""A zip of `metadata.json` and `.npy` arrays: written whole or not at all, and checked before it is used."""

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tsshape._errors import DataError
from tsshape._files import atomic_path, open_regular
from tsshape.bundle._npy import HEADER_BYTES, Arrays, Header, Layout, from_npy, read_header

METADATA = "metadata.json"
# The largest bundle, in bytes once unpacked; nothing larger is allocated, whatever a file claims.
MOST_BYTES, MOST_METADATA_BYTES = 2**30, 2**22
MOST_MEMBERS, MOST_ENTRY_BYTES = 2**14, 2**8
_LONGEST_FAULT = 500
# The end of a zip, the bytes before it where a zip64 has its own, and the length of a member header without its name.
_END, _ZIP64_BYTES, _ZIP64, _HEAD_BYTES = struct.Struct("<4s4H2LH"), 20, b"PK\x06\x07", 30


class Archive:
    """An open bundle: its metadata, and its arrays once their layout is known."""

    def __init__(self, file: BinaryIO) -> None:
        with _zip_errors():
            directory = _check_end(file)
            self._zip = zipfile.ZipFile(file)
        self._members = _check_members(self._zip.infolist(), directory)
        self.metadata, self._checksums = self._read_metadata()

    def read_headers(self, layout: Layout) -> dict[str, Header]:
        """Return what the arrays are, which must be exactly those of the layout; no more of them is read."""
        wanted = {f"{name}.npy" for name in layout}
        there = self._members.keys() - {METADATA}
        for names, what in ((there - wanted, "does not belong"), (wanted - there, "is missing")):
            if names:
                raise DataError(f"its members are not those that its metadata list: {min(names)!r} {what}")
        if self._checksums.keys() != self._members.keys():
            raise DataError("its metadata do not have one checksum for each member")
        if self._checksums[METADATA] != hashlib.sha256(_as_json(self.metadata)).hexdigest():
            raise DataError("its metadata are damaged: their checksum differs")
        headers = {}
        for name, form in layout.items():
            info = self._members[f"{name}.npy"]
            with _zip_errors(), self._zip.open(info) as member:
                start = member.read(HEADER_BYTES)
            headers[name] = read_header(info.filename, start, info.file_size, form)
        return headers

    def read_arrays(self, layout: Layout) -> Arrays:
        """Return the arrays of the layout, whose headers were read."""
        wanted = {f"{name}.npy": form for name, form in layout.items()}
        arrays = {}
        for name, form in wanted.items():
            content = self._content(name)
            if hashlib.sha256(content).hexdigest() != self._checksums[name]:
                raise DataError(f"member {name} is damaged: its checksum differs")
            arrays[name.removesuffix(".npy")] = from_npy(name, content, form)
        return arrays

    def _read_metadata(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the metadata, and the checksums of all members."""
        if METADATA not in self._members:
            raise DataError("not a model that tsshape saved: it has no metadata")
        if self._members[METADATA].file_size > MOST_METADATA_BYTES:
            raise DataError(f"its metadata have more than {MOST_METADATA_BYTES:,} bytes")
        content = self._content(METADATA)
        try:
            metadata = json.loads(content)
            # Only one spelling is read: without a name that occurs twice, NaN, or text that is not Unicode.
            as_written = _as_json(metadata) == content
        except (ValueError, RecursionError) as error:
            raise DataError("its metadata are not JSON as tsshape writes it") from error
        checksums = metadata.pop("checksums", None) if isinstance(metadata, dict) else None
        if not as_written or not isinstance(checksums, dict):
            raise DataError("its metadata are not JSON as tsshape writes it")
        return metadata, checksums

    def _content(self, name: str) -> bytes:
        """Return the bytes of a member, which must be as many as it claims."""
        info = self._members[name]
        with _zip_errors(), self._zip.open(info) as member:
            content = member.read(info.file_size + 1)
        if len(content) != info.file_size:
            raise DataError(f"member {name} has another length than it claims")
        return content


def write_archive(path: Path, metadata: Mapping[str, Any], arrays: Mapping[str, bytes]) -> None:
    """Write a bundle; checksums of the metadata and of the arrays are added to the metadata.

    Raises
    ------
    DataError
        If it is larger than can be read again; nothing is written then.
    """
    members = {f"{name}.npy": content for name, content in arrays.items()}
    checksums = {METADATA: hashlib.sha256(_as_json(metadata)).hexdigest()}
    checksums |= {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    text = _as_json({**metadata, "checksums": checksums})
    n_bytes = len(text) + sum(map(len, members.values()))
    if len(text) > MOST_METADATA_BYTES or n_bytes > MOST_BYTES or len(members) >= MOST_MEMBERS:
        raise DataError(
            f"the model is too large to be saved: {n_bytes:,} bytes, {len(text):,} of them metadata, in "
            f"{len(members):,} arrays; at most {MOST_BYTES:,}, {MOST_METADATA_BYTES:,} and {MOST_MEMBERS:,} can be read"
        )
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {METADATA: text, **members}.items():
            # A fixed date, so that the same model gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a bundle; a `DataError` from it, also one inside the `with` block, names the file.

    Raises
    ------
    DataError
        If the file is not a bundle, is damaged, or holds anything else or more than a bundle may.
    """
    with open_regular(path) as file:
        try:
            yield Archive(file)
        except DataError as error:
            # A name from the file may be of any length, and hold what controls a terminal.
            fault = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(error)[:_LONGEST_FAULT])
            raise DataError(f"{path}: {fault}") from error
        except MemoryError as error:
            raise DataError(f"{path}: there is not enough memory to load it") from error


@contextmanager
def _zip_errors() -> Iterator[None]:
    """Turn what is raised of a zip that is malformed, or cannot be read, into a `DataError`."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, OSError) as error:
        raise DataError(f"it is not a model that tsshape saved, or is damaged: {error}") from error


def _check_end(file: BinaryIO) -> int:
    """Return where the directory of a zip begins; refuse one that takes more to read than a bundle's."""
    size = os.fstat(file.fileno()).st_size
    if size > MOST_BYTES:
        raise DataError(f"holds more than the {MOST_BYTES:,} bytes that a model may have")
    tail_bytes = _END.size + _ZIP64_BYTES
    if size < tail_bytes:
        raise zipfile.BadZipFile("it is no zip")
    file.seek(-tail_bytes, os.SEEK_END)
    tail = file.read(tail_bytes)
    signature, *disks, n_members, n_bytes, start, n_comment = _END.unpack(tail[_ZIP64_BYTES:])
    if signature != b"PK\x05\x06" or tail.startswith(_ZIP64) or start + n_bytes + _END.size != size:
        raise zipfile.BadZipFile("it is no zip, or has more than one end")
    if disks != [0, 0, n_members] or n_comment or n_members > MOST_MEMBERS or n_bytes > n_members * MOST_ENTRY_BYTES:
        raise DataError("its directory is not that of a model")
    return int(start)


def _check_members(members: list[zipfile.ZipInfo], end: int) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name, which must be plain files one after another, of no more bytes than a bundle's."""
    position = 0
    for info in members:
        plain = info.flag_bits == 0 and info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        if not plain or info.extra or info.comment or info.filename != info.orig_filename:
            raise DataError(f"member {info.filename!r} is stored in a way that tsshape does not write")
        if info.header_offset != position:
            raise DataError(f"member {info.filename!r} does not begin where the one before ends")
        position += _HEAD_BYTES + len(info.filename.encode()) + info.compress_size
    named = {info.filename: info for info in members}
    if position != end or len(named) < len(members):
        raise DataError("its members have gaps between them, or one occurs twice")
    if sum(info.file_size for info in members) > MOST_BYTES:
        raise DataError(f"holds more than the {MOST_BYTES:,} bytes that a model may have")
    return named


def _as_json(metadata: Mapping[str, Any]) -> bytes:
    """Return metadata as they are written."""
    return json.dumps(metadata, indent=1, ensure_ascii=False, allow_nan=False).encode()
