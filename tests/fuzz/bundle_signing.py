"""A bundle as metadata and arrays, and as a file whose checksums fit."""

import hashlib
import io
import json
import zipfile
from typing import Any, NamedTuple

import numpy as np
from bundle_bytes import zipped


class Bundle(NamedTuple):
    """The metadata without checksums, and the arrays by name; an array may be bytes that are none."""

    metadata: dict[str, Any]
    arrays: dict[str, Any]


def read(content):
    """The metadata and arrays of a file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        metadata = json.loads(archive.read("metadata.json"))
        arrays = {
            name.removesuffix(".npy"): np.load(io.BytesIO(archive.read(name)))
            for name in archive.namelist()
            if name.endswith(".npy")
        }
    del metadata["checksums"]
    return Bundle(metadata, arrays)


def signed(bundle, text=None):
    """The file of a bundle, in which `text` may stand in place of the metadata."""
    metadata, arrays = bundle
    members = {f"{name}.npy": array if isinstance(array, bytes) else npy(array) for name, array in arrays.items()}
    own = json.dumps(metadata, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")
    checksums = {"metadata.json": hashlib.sha256(own).hexdigest()}
    checksums |= {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    whole = json.dumps({**metadata, "checksums": checksums}, indent=1, ensure_ascii=False)
    text = whole.encode("utf-8", "surrogatepass") if text is None else text
    return zipped([("metadata.json", text), *members.items()])


def npy(array):
    """Any array as numpy writes it."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def pick(rng, choices):
    return choices[int(rng.integers(len(choices)))]


def pick_array(arrays, rng, size=0):
    """The name of an array of at least that size; the many that trees are made of do not hide the others."""
    names = [name for name, array in arrays.items() if not isinstance(array, bytes) and array.size >= size]
    kind = pick(rng, sorted({name.split("/")[-1] for name in names}))
    return pick(rng, [name for name in names if name.split("/")[-1] == kind])
