"""Posts and their fans as a short text that the script of a report unpacks, one chosen post at a time.

A count is two characters of a base-64 alphabet: its place among 4,096 steps of log(1 + count), from 0 to the largest
count of its post. That is exact to 0.3 % up to 10 million views, finer than a chart shows.
"""

import json
from typing import Any

import numpy as np
from markupsafe import Markup

from tsshape._typing import FloatArray, IntArray

_ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype="S1")
_STEPS = 4095
# Up to so many days are all drawn; of more, about as many, dense at first, where curves bend.
_ALL_DAYS, _SPREAD = 16, 20


def drawn_days(n_days: int) -> IntArray:
    """Return the positions of the days that a fan is drawn at, with the first and the last."""
    if n_days <= _ALL_DAYS:
        return np.arange(n_days)
    return np.unique(np.geomspace(1, n_days, _SPREAD).round().astype(np.int64)) - 1


def pack_counts(counts: FloatArray) -> tuple[FloatArray, list[str]]:
    """Return the largest count of each row, and each row of counts from 0 on as a text."""
    # Whole and at least 1, so that the text is read with the same number that it was written with.
    most = np.maximum(np.ceil(counts.max(axis=1)), 1.0)
    codes = np.rint(_STEPS * np.log1p(counts) / np.log1p(most)[:, None]).astype(np.int64)
    characters = np.stack([_ALPHABET[codes // 64], _ALPHABET[codes % 64]], axis=-1)
    return most, [row.tobytes().decode("ascii") for row in characters]


def as_json(value: Any) -> Markup:
    """Return a value as JSON for a `script` element, which no text in it can end."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - the JSON has no "<"
