"""The run folder: the suite, the environment, and one line for each finished cell."""

import hashlib
import json
import os
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, PositiveInt, ValidationError

from tsshape._errors import DataError, explain_fields
from tsshape._files import is_empty_folder, open_regular, write_text
from tsshape.bench._alerts import Alerts
from tsshape.bench._environment import Environment, check_unchanged
from tsshape.bench._illustration import Days, Illustration
from tsshape.bench._probabilities import Tenth, Top
from tsshape.bench._suite import Suite, read_suite

SUITE_FILE, ENVIRONMENT_FILE, RECORDS_FILE = "suite.toml", "environment.json", "records.jsonl"
Record = dict[str, Any]


Percent = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,4})?%$")]


class Budget(BaseModel):
    """The error of the same forecasts, had nothing, the scale, the prototype or the shape been known."""

    model_config = ConfigDict(extra="forbid")

    nothing: float
    scale: float
    prototype: float
    shape: float


class Coverage(BaseModel):
    """Coverage and width of intervals."""

    model_config = ConfigDict(extra="forbid")

    coverage: float
    quarters: Annotated[list[float | None], Field(max_length=4)]
    width: float
    log_width: float | None = None


class Classes(BaseModel):
    """The known classes of the posts that were clustered, and the agreement of the clusters with them."""

    model_config = ConfigDict(extra="forbid")

    n_classes: PositiveInt
    posts: PositiveInt
    ari: FiniteFloat
    nmi: FiniteFloat
    accuracy: FiniteFloat


class Cell(BaseModel):
    """A line of the records; a cell that failed has no scores. Unknown keys are kept."""

    model_config = ConfigDict(extra="allow")

    key: str
    variant: str
    run: int
    n_train: int | None = None
    n_unfinished: int | None = None
    steps_seen: float | None = None
    n_clusters: float | None = None
    accuracy: float | None = None
    majority_share: float | None = None
    balanced_accuracy: float | None = None
    trmse: float | None = None
    med: float | None = None
    rho: float | None = None
    budget: Budget | None = None
    classes: Classes | None = None
    in_flight: dict[Days, dict[str, float]] | None = None
    intervals: dict[Percent, Coverage] | None = None
    probability: list[Tenth] | None = None
    top: dict[Days, Top] | None = None
    watch: dict[Days, Alerts] | None = None
    error: str | None = None
    illustration: Illustration | None = None


class Run(NamedTuple):
    """What a run folder holds."""

    suite: Suite
    environment: Record
    records: list[Record]


def read_run(folder: str | Path) -> Run:
    """Read a run folder as data: nothing is run, and no plug-in is needed.

    Parameters
    ----------
    folder : path
        As `run` wrote it.

    Returns
    -------
    tuple of (suite, environment, records)
        The `Suite` that was run; a dict that describes the data after cleaning, the code and the machine; and a list of
        one record for each cell, in the order in which they were finished: the last try of one that was tried again.

    Raises
    ------
    DataError
        If it is not a run folder, or a file in it is malformed; the message names the file and the line or key.

    Examples
    --------
    >>> import tempfile, tsshape
    >>> from tsshape.bench import Suite, run
    >>> posts = tsshape.simulate_spid(60, n_times=5, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = run(Suite(name="baselines", variants=(), n_runs=2), posts, folder)
    ...     found = read_run(folder)
    >>> found.suite.name, found.environment["n_posts"], len(found.records)
    ('baselines', 60, 4)
    """
    folder = Path(folder)
    return Run(*_read_setup(folder), _read_records(folder))


def cell_key(suite: Suite, environment: Record, variant: Any, run: int) -> str:
    """Return a hash of all that decides the scores of one cell."""
    config = {
        "variant": variant.model_dump(),
        "run": run,
        "protocol": suite.protocol,
        "data": environment["data_fingerprint"],
        "code": environment["code_fingerprint"],
    }
    return hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode()).hexdigest()[:16]


def make_folder(out: Path) -> None:
    """Make the run folder if there is none."""
    if out.exists() and not out.is_dir():
        raise DataError(f"{out} is not a folder")
    out.mkdir(parents=True, exist_ok=True)


def begin(out: Path, suite: Suite, environment: Record, *, resume: bool) -> list[Record]:
    """Start a run, or check that the one in the folder can be resumed; return the records that it has.

    Raises
    ------
    DataError
        If the folder holds anything else, or a run that is not to be resumed, or one of another suite, data or code.
    """
    if resume and (out / RECORDS_FILE).exists():
        earlier_suite, earlier = _read_setup(out)
        changed = [key for key in Suite.model_fields if getattr(suite, key) != getattr(earlier_suite, key)]
        if changed:
            raise DataError(f"{out} was started with another suite: {', '.join(changed)} differ")
        check_unchanged(out, earlier, environment)
        _drop_torn_line(out / RECORDS_FILE)
        return _read_records(out)
    # The records are written last: a folder without them may hold the other two files of a run that was not started.
    unstarted = {out / SUITE_FILE, out / ENVIRONMENT_FILE} if resume else set()
    if not is_empty_folder(out, besides=unstarted):
        raise DataError(f"{out} is not an empty folder: choose another, or go on with a run that stopped by --resume")
    write_text(out / SUITE_FILE, tomli_w.dumps(suite.model_dump(exclude_none=True)))
    write_text(out / ENVIRONMENT_FILE, json.dumps(environment, indent=2, ensure_ascii=False) + "\n")
    write_text(out / RECORDS_FILE, "")
    return []


def is_failed(record: Record) -> bool:
    """Return whether a cell could not be measured."""
    return "error" in record


def append(out: Path, record: Record) -> None:
    """Append one finished cell; it is on the disk when this returns."""
    with (out / RECORDS_FILE).open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read_setup(folder: Path) -> tuple[Suite, Record]:
    """Return the suite and the environment of a run folder."""
    suite, path = read_suite(_find(folder, SUITE_FILE)), _find(folder, ENVIRONMENT_FILE)
    try:
        return suite, Environment.model_validate_json(_read(path)).model_dump()
    except ValidationError as error:
        raise DataError(f"{path}: {explain_fields(error)}") from error


def _read_records(folder: Path) -> list[Record]:
    """Return the records of a run folder; of a cell that was tried again, the last try."""
    path = _find(folder, RECORDS_FILE)
    records: dict[str, Record] = {}
    for number, line in enumerate(_read(path).splitlines(), start=1):
        try:
            record = Cell.model_validate_json(line).model_dump(exclude_unset=True)
        except ValidationError as error:
            raise DataError(f"{path}, line {number}: {explain_fields(error)}") from error
        records[record["key"]] = record
    return list(records.values())


def _find(folder: Path, name: str) -> Path:
    """Return the path of a file of a run folder; refused where there is none."""
    if not (folder / name).exists():
        raise DataError(f"{folder} is not a run folder: it has no {name}")
    return folder / name


def _read(path: Path) -> str:
    """Return the text of a file of a run folder."""
    with open_regular(path) as file:
        try:
            return file.read().decode()
        except UnicodeDecodeError as error:
            raise DataError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _drop_torn_line(path: Path) -> None:
    """Remove a last line that was not written completely."""
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.truncate(content.rfind(b"\n") + 1)
