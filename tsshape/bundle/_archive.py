"""A zip of `metadata.json` and `.npy` arrays: written whole or not at all, and checked before it is used."""

import hashlib
import io
import json
import math
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tsshape._errors import DataError
from tsshape._files import atomic_path

METADATA = "metadata.json"
# No bundle holds more than this, in bytes once unpacked; nothing larger is allocated, whatever a file claims.
MOST_BYTES, MOST_METADATA_BYTES = 2**30, 2**24
# The kinds of values that arrays may hold: integers, floats and text; no objects.
_KINDS = "iufU"

Arrays = dict[str, npt.NDArray[Any]]


def write_archive(path: Path, metadata: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a bundle; the metadata gain the checksums of the arrays."""
    members = {f"{name}.npy": _as_npy(array) for name, array in arrays.items()}
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    text = json.dumps({**metadata, "checksums": checksums}, indent=1, ensure_ascii=False)
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {METADATA: text.encode(), **members}.items():
            # A fixed date, so that the same model gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def read_archive(path: Path) -> tuple[dict[str, Any], Arrays]:
    """The metadata, without the checksums, and the arrays of a bundle.

    Raises
    ------
    DataError
        If the file is not a bundle, is damaged, holds anything else, or more than a bundle may.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file" if not path.exists() else f"{path} is not a regular file")
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return _read(archive, os.fstat(file.fileno()).st_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise DataError(f"{path} is not a model that tsshape saved, or is damaged: {error}") from error
    except (ValueError, KeyError) as error:
        raise DataError(f"{path}: {error}") from error


def _read(archive: zipfile.ZipFile, size: int) -> tuple[dict[str, Any], Arrays]:
    """Metadata and arrays of an open zip."""
    members = {info.filename: info for info in archive.infolist()}
    if len(members) < len(archive.infolist()) or METADATA not in members:
        raise ValueError("not a model that tsshape saved: it has no metadata, or a member twice")
    if sum(info.file_size for info in members.values()) > MOST_BYTES or size > MOST_BYTES:
        raise ValueError(f"holds more than the {MOST_BYTES:,} bytes that a model may have")
    if members[METADATA].file_size > MOST_METADATA_BYTES:
        raise ValueError(f"its metadata have more than {MOST_METADATA_BYTES:,} bytes")
    metadata = json.loads(_content(archive, members.pop(METADATA)))
    checksums = metadata.pop("checksums", None) if isinstance(metadata, dict) else None
    if not isinstance(checksums, dict) or set(checksums) != set(members):
        raise ValueError("its members are not those that its metadata list")
    arrays = {}
    for name, info in members.items():
        content = _content(archive, info)
        if hashlib.sha256(content).hexdigest() != checksums[name]:
            raise ValueError(f"member {name} is damaged: its checksum is another")
        arrays[name.removesuffix(".npy")] = _from_npy(name, content)
    return metadata, arrays


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes, no more than it claims to have."""
    with archive.open(info) as member:
        content = member.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise ValueError(f"member {info.filename} has another length than it claims")
    return content


def _as_npy(array: npt.NDArray[Any]) -> bytes:
    """An array in numpy's format."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def _from_npy(name: str, content: bytes) -> npt.NDArray[Any]:
    """The array of a member, whose header is compared with its length before anything is allocated."""
    buffer = io.BytesIO(content)
    if np.lib.format.read_magic(buffer) != (1, 0):
        raise ValueError(f"member {name} is not an array of version 1.0 of numpy's format")
    shape, _, dtype = np.lib.format.read_array_header_1_0(buffer, max_header_size=1000)
    if dtype.kind not in _KINDS or dtype.hasobject or dtype.isalignedstruct:
        raise ValueError(f"member {name} holds {dtype}, which no model does")
    if any(length < 0 for length in shape) or math.prod(shape) * dtype.itemsize != len(content) - buffer.tell():
        raise ValueError(f"member {name} does not hold as much as its header says")
    buffer.seek(0)
    return np.lib.format.read_array(buffer, allow_pickle=False)
