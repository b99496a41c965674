"""Faults for the files of a run folder: in their bytes, or in what they say."""

import json
import tomllib
from random import Random
from typing import Any

import tomli_w
from table_damage import BYTES, damage_bytes

VALUES = (
    *(None, True, False, 0, 1, -1, 3, 2.5, -0.0, 1e-320, 1e150, 1e300, -1e300, 10**20, 10**400),
    *(
        float("nan"),
        float("inf"),
        "",
        "x",
        "1.0",
        "nan",
        "0",
        "a\u2028b",
        "\x1b[2J",
        "\x85\x0b\x1c",
        "é" * 300,
        "\ud800",
    ),
    *([], [1], [[]], {}, {"x": 1}, "0123456789abcdef", "../../x"),
)
NAMES = (
    *("error", "traceback", "trmse", "mrse", "in_flight", "budget", "illustration", "watch", "n_clusters", "seconds"),
    *("", "0", "00", "7", "10000000", "\u0661", "50%", "99%", "coverage_90%", "\u2028", "x" * 300),
)
# What is in the folder beside its files: a folder, a link to another file, or nothing.
FOLDER, LINK, MISSING = ["folder"], ["link"], ["missing"]
Files = dict[str, Any]


def damage(files: Files, rng: Random) -> tuple[str, Files]:
    """A run folder with one to three faults, and what they are."""
    files, done = dict(files), []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        fault = rng.choice((_alter_cell, _alter_cell, _alter_cell, _alter_settings, _lines, _bytes, _place))
        done.append(fault.__name__[1:])
        name = "records.jsonl" if fault in {_alter_cell, _lines} else rng.choice(sorted(files))
        if not isinstance(files[name], list):
            files[name] = fault(name, files[name], rng)
    return " ".join(done), files


def _bytes(_: str, content: bytes, rng: Random) -> bytes:
    """Bytes are changed, added or lost, the end is torn off, or line ends are others."""
    choice = rng.randrange(4)
    if choice == 0:
        return content[: rng.randrange(len(content) + 1)]
    if choice == 1:
        return content.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b"\xe2\x80\xa8", b"\x85", b"\x0b")))
    return damage_bytes(content, rng, rng.randint(1, 3))


def _lines(_: str, content: bytes, rng: Random) -> bytes:
    """A line is lost, stands twice or elsewhere, or something stands between two."""
    lines = content.split(b"\n")
    at = rng.randrange(len(lines))
    choice = rng.randrange(4)
    if choice == 0:
        del lines[at]
    elif choice == 1:
        lines.insert(rng.randrange(len(lines) + 1), lines[at])
    elif choice == 2:
        lines.insert(rng.randrange(len(lines)), lines.pop(at))
    else:
        lines.insert(at, rng.choice(BYTES))
    return b"\n".join(lines)


def _place(*arguments: Any) -> list[str]:
    """Something else is where the file was."""
    return arguments[-1].choice((FOLDER, LINK, MISSING))


def _alter_cell(_: str, content: bytes, rng: Random) -> bytes:
    """One record says something else."""
    lines = content.split(b"\n")
    at = rng.randrange(len(lines))
    try:
        record = json.loads(lines[at])
    except ValueError:
        return content
    lines[at] = json.dumps(_changed(record, rng), ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    return b"\n".join(lines)


def _alter_settings(name: str, content: bytes, rng: Random) -> bytes:
    """The suite or the environment says something else; other files have other bytes."""
    try:
        if name.endswith(".json"):
            return json.dumps(_changed(json.loads(content), rng)).encode()
        if name.endswith(".toml"):
            return tomli_w.dumps(_changed(tomllib.loads(content.decode()), rng)).encode("utf-8", "surrogatepass")
    except (ValueError, TypeError, AttributeError):  # no TOML has it
        return content
    return _bytes(name, content, rng)


def _changed(document: Any, rng: Random) -> Any:
    """A document of which one value is another, is lost, has another name, or has a new one beside it."""
    if not isinstance(document, dict | list) or not document or rng.random() < 0.05:
        return _other(document, rng)
    names = list(document) if isinstance(document, dict) else list(range(len(document)))
    name = rng.choice(names)
    if isinstance(document[name], dict | list) and rng.random() < 0.8:
        document[name] = _changed(document[name], rng)
        return document
    choice = rng.randrange(6)
    if choice == 0:
        del document[name]
    elif choice == 1 and isinstance(document, dict):
        document[rng.choice((*NAMES, *names))] = document.pop(name)
    elif choice == 2 and isinstance(document, dict):
        document[rng.choice(NAMES)] = rng.choice((*VALUES, document[name]))
    elif choice == 3 and isinstance(document, list):
        document.insert(rng.randrange(len(document) + 1), rng.choice((*VALUES, document[name])))
    else:
        document[name] = _other(document[name], rng)
    return document


def _other(value: Any, rng: Random) -> Any:
    """Another value, near this one or not."""
    if isinstance(value, int | float) and abs(value) < 1e300 and rng.random() < 0.5:
        return rng.choice((-value, value * 1e308, value * 2, value + 1, str(value), [value], value / 3))
    return rng.choice(VALUES)
