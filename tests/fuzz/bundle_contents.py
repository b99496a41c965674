"""Changes to the metadata and arrays of bundles: values, types, shapes, order, names."""

import warnings
from contextlib import suppress
from copy import deepcopy

import numpy as np
from bundle_signing import pick, pick_array, read, signed
from bundle_sizes import GROWTHS
from bundle_trees import chain_trees, list_categories

EXTREMES = {
    "i": [0, 1, -1, 2, 7, 2**31 - 1, 2**31, -(2**31), 2**63 - 1, -(2**63), 255, 256, 65_536],
    "u": [0, 1, 2**32 - 1, 2**31],
    "f": [0.0, -0.0, 1.0, -1.0, 1e308, -1e308, 5e-324, 1e-308, 2.3e-308, np.inf, -np.inf, np.nan, 1e30, 0.5, 1e5, 3e38],
    "U": ["", "a", "ABC", "\ud800", "\U0001d400\U0001d401", "a\0b", " x "],
}
DTYPES = ["<f4", "<f8", ">f8", "<f2", "<i4", "<i8", "<u4", "|b1", "<c16", "|S8", "<U4", "<M8[D]", "|u1", "<i2"]
HEADERS = [
    "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': '<f8', 'fortran_order': True, 'shape': (3,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999, 0), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1L,), }",
    "{'descr': '<U2147483647', 'fortran_order': False, 'shape': (0,), }",
    "{'descr': '<U999999', 'fortran_order': False, 'shape': (9999999999,), }",
    "{'descr': [('a', '<f8'), ('b', 'O')], 'fortran_order': False, 'shape': (3,), }",
    "__import__('os').system('true')",
    "(" * 900,
    "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 900 + ",), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }#",
    "\\",
]
NUMBERS = [0, 1, -1, 2, 3, 2**31 - 1, 2**31, 2**53 + 1, 2**64, -(2**63), 10**30, 10**400, 0.5, -0.0, 1.5, 1e308]
WORDS = ["", "x", "soft", "hard", "mean", "median", "trimmed", "number", "category", "text", "date", "quantile"]
METRICS = ["euclidean", "dtw", "soft_dtw", "auc", "tslearn:dtw", "sktime:DtwDist", "scipy:minkowski", "no such metric"]
ODD_WORDS = ["a\nb", "\x1b[31m", "\u202e", "\ud800", "x" * 5000]
LARGE = [list(range(100_000)), dict.fromkeys(map(str, range(50_000)), "number")]
LISTS = [[], {}, [0], ["x"], [[]], {"x": 0}, ["x", "x"], [1, 2, 3], *LARGE]
VALUES = [None, True, False, *NUMBERS, *WORDS, *METRICS, "ShapeKMeans", "ShapeMeanShift", *ODD_WORDS, *LISTS]
TEXTS = [
    b"", b"{", b"[]", b"null", b"NaN", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000, b'{"format": NaN}',
    b'{"format": 2, "format": 2}', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b'"\\ud800"', b'{"checksums": {}}',
    b"1e999", b"\x00", b'{"\\ud800": 1}', b'{"format": 2, "tsshape": "1", "checksums": []}',
]  # fmt: skip


def mutate(content, rng):
    """What was done to the metadata and arrays of a bundle, and what it became."""
    bundle = read(content)
    done = []
    for _ in range(pick(rng, [1, 1, 1, 2, 3])):
        mutation = MUTATIONS[int(rng.integers(len(MUTATIONS)))]
        where = mutation(bundle, rng)
        done.append(f"{mutation.__name__}:{where}")
    if rng.random() < 0.04:
        text = TEXTS[int(rng.integers(len(TEXTS)))]
        return f"text:{TEXTS.index(text)}", signed(bundle, text)
    return ",".join(done)[:120].replace(" ", "_").replace("/", "."), signed(bundle)


def change_elements(bundle, rng):
    """One element, a few, or all, to an extreme or to another of the array's values."""
    name = pick_array(bundle.arrays, rng, size=1)
    array = bundle.arrays[name] = bundle.arrays[name].copy()
    flat = array.reshape(-1)
    value = pick(rng, EXTREMES.get(array.dtype.kind, [0]))
    where = int(rng.integers(flat.size)) if rng.random() < 0.7 else slice(None, None, int(rng.integers(1, 4)))
    with np.errstate(all="ignore"):
        if array.dtype.kind in "iu" and not np.iinfo(array.dtype).min <= value <= np.iinfo(array.dtype).max:
            value = 3
        if rng.random() < 0.3:
            value = flat[int(rng.integers(flat.size))]
        elif array.dtype.kind in "if" and rng.random() < 0.2:
            value = flat[where] + type(flat[0])(rng.integers(-2, 3))
        flat[where] = value
    if array.dtype.kind == "U" and rng.random() < 0.2:
        flat.view(np.uint32)[int(rng.integers(flat.view(np.uint32).size))] = pick(rng, [0x110000, 2**32 - 1, 0xDC00])
    return f"{name}={np.asarray(value).ravel()[:1]}"


def change_dtype(bundle, rng):
    name, dtype = pick_array(bundle.arrays, rng), pick(rng, DTYPES)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            bundle.arrays[name] = bundle.arrays[name].astype(dtype)
        except (ValueError, TypeError, OverflowError):
            bundle.arrays[name] = np.zeros(3, dtype)
    return f"{name}:{dtype}"


def change_shape(bundle, rng):
    name = pick_array(bundle.arrays, rng, size=1)
    array = np.atleast_1d(bundle.arrays[name])
    shapes = [
        array[:-1],
        array[:0],
        np.concatenate([array, array]),
        np.concatenate([array, array[-1:]]),
        array[None],
        array.reshape(-1),
        array.T.copy(),
        np.asfortranarray(array),
        array.reshape(-1)[0],
        array[..., :-1],
        array[..., None],
    ]
    number = int(rng.integers(len(shapes)))
    bundle.arrays[name] = shapes[number]
    return f"{name}:{number}"


def change_order(bundle, rng):
    name = pick_array(bundle.arrays, rng, size=1)
    array = np.atleast_1d(bundle.arrays[name])
    orders = [array[::-1], rng.permutation(array), np.sort(array, axis=-1), np.roll(array, 1, axis=0)]
    bundle.arrays[name] = pick(rng, orders)
    return name


def change_header(bundle, rng):
    name, header = pick_array(bundle.arrays, rng), pick(rng, HEADERS).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    version = pick(rng, [b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x00"])
    length = len(header).to_bytes(2 if version == b"\x01\x00" else 4, "little")
    bundle.arrays[name] = b"\x93NUMPY" + version + length + header + bytes(24)
    return name


def change_members(bundle, rng):
    """Arrays left out, added, renamed, or put in place of each other."""
    first, second = pick_array(bundle.arrays, rng), pick_array(bundle.arrays, rng)
    match int(rng.integers(5)):
        case 0:
            del bundle.arrays[first]
        case 1:
            name = pick(rng, ["regressor_/foo", "../foo", "in_flight_/cutoffs_", "classifier_/classes_"])
            bundle.arrays[name] = np.zeros(3)
        case 2:
            bundle.arrays[f"{first}2"] = bundle.arrays.pop(first)
        case 3:
            bundle.arrays[first], bundle.arrays[second] = bundle.arrays[second], bundle.arrays[first]
        case 4:
            bundle.arrays[first] = bundle.arrays[second]
    return f"{first},{second}"


def grow(bundle, rng):
    """Many of one thing; a bundle that has none stays as it is."""
    what, number = pick(rng, [*GROWTHS]), int(2 ** rng.uniform(0, 13))
    with suppress(LookupError, AttributeError, TypeError, ValueError, StopIteration):
        GROWTHS[what](bundle.metadata["model"], bundle.arrays, number)
    return f"{what}={number}"


def change_metadata(bundle, rng):
    """A value somewhere in the metadata: another one, gone, twice, or where another should be."""
    holder, key = place(bundle.metadata, rng)
    match int(rng.integers(7)):
        case 0 | 1 | 2:
            holder[key] = deepcopy(pick(rng, VALUES))
        case 3:
            del holder[key]
        case 4 if isinstance(holder, dict):
            holder[pick(rng, ["x", "kind", "metric", "booster", "a\nb", "", "\ud800"])] = holder[key]
        case 4 | 5 if isinstance(holder, list):
            holder.insert(int(rng.integers(len(holder) + 1)), deepcopy(holder[key]))
        case _:
            other, there = place(bundle.metadata, rng)
            holder[key], other[there] = deepcopy(other[there]), deepcopy(holder[key])
    return key


def change_number(bundle, rng):
    """A number of the metadata, by a little or to an extreme."""
    for _ in range(100):
        holder, key = place(bundle.metadata, rng)
        old = holder[key]
        if isinstance(old, int | float):
            holder[key] = pick(rng, [old + 1, old - 1, old * 2, -old, float(old), 2**31 - 1, 0, 10**6])
            return key
    return "none"


def place(tree, rng):
    """A container somewhere in the metadata, and one of its keys; the deeper ones are as likely as the rest."""
    tree.setdefault("format", 2)
    places, stack = [], [tree]
    while stack:
        holder = stack.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        if len(keys) > 12:
            keys = [keys[int(each)] for each in rng.integers(len(keys), size=12)]
        for key in keys:
            places.append((holder, key))
            if isinstance(holder[key], dict | list):
                stack.append(holder[key])
    return pick(rng, places)


MUTATIONS = [
    change_elements,
    change_elements,
    change_elements,
    change_elements,
    change_dtype,
    change_shape,
    change_order,
    change_header,
    change_members,
    change_metadata,
    change_metadata,
    change_metadata,
    change_number,
    change_number,
    chain_trees,
    list_categories,
    list_categories,
    grow,
    grow,
]
