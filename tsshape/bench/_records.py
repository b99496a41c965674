"""The run folder: what was measured, on what, and one line for each finished cell."""

import hashlib
import json
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

import tsshape
from tsshape._errors import DataError
from tsshape._files import write_text
from tsshape.bench._suite import Suite, load_suite
from tsshape.data import CleaningReport, EngagementDataset

SUITE_FILE, ENVIRONMENT_FILE, RECORDS_FILE = "suite.toml", "environment.json", "records.jsonl"
Record = dict[str, Any]


def fingerprint(dataset: EngagementDataset) -> str:
    """A hash of all that a dataset holds."""
    digest = hashlib.sha256()
    for table in (dataset.curves, dataset.features, dataset.authors, dataset.posted):
        if table is not None:
            frame = pd.DataFrame(table)
            digest.update(repr([*frame.columns]).encode())
            digest.update(pd.util.hash_pandas_object(frame).to_numpy().tobytes())
    return digest.hexdigest()[:16]


def code_fingerprint() -> str:
    """A hash of the package's source and of the versions of the libraries that decide the figures."""
    digest = hashlib.sha256()
    package = Path(tsshape.__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode())
        digest.update(path.read_bytes())
    digest.update(json.dumps(_versions()).encode())
    return digest.hexdigest()[:16]


def describe_environment(dataset: EngagementDataset, report: CleaningReport) -> Record:
    """On what a run is made: the data after cleaning, the code, the machine."""
    return {
        "data": dataset.name,
        "data_fingerprint": fingerprint(dataset),
        "n_posts": len(dataset.curves),
        "n_times": dataset.curves.shape[1],
        "n_features": dataset.features.shape[1],
        "cleaning": str(report).splitlines(),
        "code_fingerprint": code_fingerprint(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "versions": _versions(),
    }


def cell_key(suite: Suite, environment: Record, variant: Any, run: int) -> str:
    """A hash of all that decides the figures of one cell."""
    config = {
        "variant": variant.model_dump(),
        "run": run,
        "protocol": suite.model_dump(include={"split", "test_size", "seed", "cleaning"}),
        "data": environment["data_fingerprint"],
        "code": environment["code_fingerprint"],
    }
    return hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:16]


def start(out: Path, suite: Suite, environment: Record) -> None:
    """Make a run folder; refused if there is something in it."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out} is not an empty folder: choose another, or go on with a run that stopped by --resume")
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / SUITE_FILE, tomli_w.dumps(suite.model_dump()))
    write_text(out / ENVIRONMENT_FILE, json.dumps(environment, indent=2, ensure_ascii=False) + "\n")
    write_text(out / RECORDS_FILE, "")


def resume(out: Path, suite: Suite, environment: Record) -> list[Record]:
    """The cells that a run finished before it stopped; refused if suite, data or code have changed since."""
    earlier_suite, earlier = load_suite(out / SUITE_FILE), read_environment(out)
    changed = [key for key in Suite.model_fields if getattr(suite, key) != getattr(earlier_suite, key)]
    if changed:
        raise DataError(f"{out} was begun with another suite: {', '.join(changed)} differ")
    for key, what in (("data_fingerprint", "data"), ("code_fingerprint", "code or library versions")):
        if environment[key] != earlier[key]:
            raise DataError(f"{out} was begun with other {what}; its cells cannot be mixed with new ones")
    _drop_torn_line(out / RECORDS_FILE)
    return read_records(out)


def append(out: Path, record: Record) -> None:
    """Add one finished cell, on the disk when this returns."""
    with (out / RECORDS_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_records(out: Path) -> list[Record]:
    """The finished cells of a run folder."""
    path = Path(out) / RECORDS_FILE
    if not path.is_file():
        raise DataError(f"{out} is not a run folder: it has no {RECORDS_FILE}")
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise DataError(f"{path}, line {number}: not JSON: {error.msg}") from error
    return records


def read_environment(out: Path) -> Record:
    """On what a run was made."""
    path = Path(out) / ENVIRONMENT_FILE
    if not path.is_file():
        raise DataError(f"{out} is not a run folder: it has no {ENVIRONMENT_FILE}")
    try:
        environment: Record = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise DataError(f"{path}: not JSON: {error}") from error
    return environment


def _drop_torn_line(path: Path) -> None:
    """Cut off a last line that was not written to its end."""
    if path.is_file():
        content = path.read_bytes()
        with path.open("r+b") as file:
            file.truncate(content.rfind(b"\n") + 1)


def _versions() -> dict[str, str]:
    """The versions of tsshape and of the libraries that decide the figures."""
    names = ("tsshape", "numpy", "pandas", "scipy", "scikit-learn", "lightgbm", "skrub")
    return {name: metadata.version(name) for name in names}
