"""The run folder: what was measured, on what, and one line for each finished cell."""

import hashlib
import json
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import tsshape
from tsshape._errors import DataError
from tsshape._files import is_empty_folder, open_regular, write_text
from tsshape.bench._illustration import Days, Illustration
from tsshape.bench._suite import Suite, explain, load_suite
from tsshape.data import CleaningReport, EngagementDataset

SUITE_FILE, ENVIRONMENT_FILE, RECORDS_FILE = "suite.toml", "environment.json", "records.jsonl"
Record = dict[str, Any]


Percent = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,4})?%$")]


class Budget(BaseModel):
    """The errors if nothing, the scale, the prototype or the shape were known."""

    model_config = ConfigDict(extra="forbid")

    nothing: float
    scale: float
    prototype: float
    shape: float


class Coverage(BaseModel):
    """What intervals cover."""

    model_config = ConfigDict(extra="forbid")

    coverage: float
    quarters: Annotated[list[float | None], Field(max_length=4)]
    width: float


class Cell(BaseModel):
    """What a line of the records says; a cell that failed has no figures. What it may say besides is kept."""

    model_config = ConfigDict(extra="allow")

    key: str
    variant: str
    run: int
    n_clusters: float | None = None
    accuracy: float | None = None
    majority_share: float | None = None
    balanced_accuracy: float | None = None
    trmse: float | None = None
    med: float | None = None
    rho: float | None = None
    budget: Budget | None = None
    in_flight: dict[Days, dict[str, float]] | None = None
    intervals: dict[Percent, Coverage] | None = None
    error: str | None = None
    illustration: Illustration | None = None


class Environment(BaseModel):
    """What the description of a run says."""

    model_config = ConfigDict(extra="allow")

    data: str
    data_fingerprint: str
    code_fingerprint: str
    n_posts: int
    n_times: int
    n_features: int
    versions: dict[str, str]
    cleaning: list[str] = []
    python: str = ""
    platform: str = ""
    cores: int | None = None


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


def make_folder(out: Path) -> None:
    """Make a run folder where there is none."""
    if out.exists() and not out.is_dir():
        raise DataError(f"{out} is not a folder")
    out.mkdir(parents=True, exist_ok=True)


def begin(out: Path, suite: Suite, environment: Record, *, resume: bool) -> list[Record]:
    """Write what a run is made of, or check it where the run had begun: the cells that were measured before.

    Raises
    ------
    DataError
        If the folder holds anything else, or a run that is not to be resumed, or one of another suite, data or code.
    """
    if resume and (out / RECORDS_FILE).exists():
        _check_unchanged(out, suite, environment)
        _drop_torn_line(out / RECORDS_FILE)
        return read_records(out)
    # The records come last, so that a run without them had not begun.
    halfway = {out / SUITE_FILE, out / ENVIRONMENT_FILE} if resume else set()
    if not is_empty_folder(out, besides=halfway):
        raise DataError(f"{out} is not an empty folder: choose another, or go on with a run that stopped by --resume")
    write_text(out / SUITE_FILE, tomli_w.dumps(suite.model_dump()))
    write_text(out / ENVIRONMENT_FILE, json.dumps(environment, indent=2, ensure_ascii=False) + "\n")
    write_text(out / RECORDS_FILE, "")
    return []


def is_failed(record: Record) -> bool:
    """Whether a cell could not be measured."""
    return "error" in record


def append(out: Path, record: Record) -> None:
    """Add one finished cell, on the disk when this returns."""
    with (out / RECORDS_FILE).open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_records(out: Path) -> list[Record]:
    """The cells of a run folder; of a cell that was tried again, the last try."""
    path = Path(out) / RECORDS_FILE
    records: dict[str, Record] = {}
    for number, line in enumerate(_read(path).splitlines(), start=1):
        try:
            record = Cell.model_validate_json(line).model_dump(exclude_unset=True)
        except ValidationError as error:
            raise DataError(f"{path}, line {number}: {explain(error)}") from error
        records[record["key"]] = record
    return list(records.values())


def read_environment(out: Path) -> Record:
    """On what a run was made."""
    path = Path(out) / ENVIRONMENT_FILE
    try:
        return Environment.model_validate_json(_read(path)).model_dump()
    except ValidationError as error:
        raise DataError(f"{path}: {explain(error)}") from error


def _check_unchanged(out: Path, suite: Suite, environment: Record) -> None:
    """Refuse to mix cells of two suites, data or versions, naming what is another."""
    earlier_suite, earlier = load_suite(out / SUITE_FILE), read_environment(out)
    changed = [key for key in Suite.model_fields if getattr(suite, key) != getattr(earlier_suite, key)]
    if changed:
        raise DataError(f"{out} was begun with another suite: {', '.join(changed)} differ")
    if environment["data_fingerprint"] != earlier["data_fingerprint"]:
        changed = [key for key in ("data", "n_posts", "n_times", "n_features") if environment[key] != earlier[key]]
        raise DataError(
            f"{out} was begun with other data, its cells cannot be mixed with new ones: "
            f"{', '.join(f'{key} {earlier[key]} then, {environment[key]} now' for key in changed) or 'cells differ'}"
        )
    if environment["code_fingerprint"] != earlier["code_fingerprint"]:
        then, now = earlier["versions"], environment["versions"]
        changed = [f"{name} {then.get(name)} then, {now[name]} now" for name in now if now[name] != then.get(name)]
        raise DataError(
            f"{out} was begun with other code, its cells cannot be mixed with new ones: "
            f"{', '.join(changed) or 'the source of tsshape differs'}"
        )


def _read(path: Path) -> str:
    """The text of a file of a run folder."""
    if not path.exists():
        raise DataError(f"{path.parent} is not a run folder: it has no {path.name}")
    with open_regular(path) as file:
        try:
            return file.read().decode()
        except UnicodeDecodeError as error:
            raise DataError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _drop_torn_line(path: Path) -> None:
    """Cut off a last line that was not written to its end."""
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.truncate(content.rfind(b"\n") + 1)


def _versions() -> dict[str, str]:
    """The versions of tsshape and of the libraries that decide the figures."""
    names = ("tsshape", "numpy", "pandas", "scipy", "scikit-learn", "lightgbm", "skrub")
    return {name: metadata.version(name) for name in names}
