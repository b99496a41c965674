"""The run folder: the suite, the environment, and one line for each finished cell."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import tomli_w
from pydantic import BaseModel, ValidationError

from tsshape._errors import DataError, explain_fields, quote
from tsshape._files import check_no_link, is_empty_folder, open_in_place, open_regular, to_json, write_json, write_text
from tsshape._memory import check_fits
from tsshape.bench._cell import Cell, Record
from tsshape.bench._environment import Environment, check_unchanged
from tsshape.bench._lock import LOCK_FILE
from tsshape.bench._suite import Suite, read_suite

SUITE_FILE, ENVIRONMENT_FILE, RECORDS_FILE = "suite.toml", "environment.json", "records.jsonl"
ERRORS_FOLDER = "errors"
# Bytes of memory for each byte of JSON, and while it is read or found wrong. Measured: at most 46, and 412.
_BYTES_PER_BYTE, _BYTES_PER_BYTE_READ = 50, 420


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
    suite, environment = _read_setup(folder)
    return Run(suite, environment, _read_records(folder, suite)[0])


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


def make_folder(out: Path, *, resume: bool) -> None:
    """Make the run folder if there is none; refuse one that is not to be written before anything is written.

    Raises
    ------
    DataError
        If it is no folder, holds anything else than a run that is to be resumed, or something in it is a link.
    """
    if os.path.lexists(out) and not out.is_dir():
        raise DataError(f"{out} is not a folder")
    out.mkdir(parents=True, exist_ok=True)
    # Where another process is writing, it is named once the lock is found.
    if not (out / LOCK_FILE).exists():
        check_empty(out, resume=resume)
    for path in (*out.iterdir(), *(out / ERRORS_FOLDER).glob("*")):
        check_no_link(path)


def begin(out: Path, suite: Suite, environment: Record, *, resume: bool) -> list[Record]:
    """Start a run, or check that the one in the folder can be resumed; return the records that it has.

    Raises
    ------
    DataError
        If the folder holds anything else, or a run that is not to be resumed, or one of another suite, data or code.
    """
    check_empty(out, resume=resume)
    if has_records(out):
        earlier_suite, earlier = _read_setup(out)
        changed = [key for key in Suite.model_fields if getattr(suite, key) != getattr(earlier_suite, key)]
        if changed:
            raise DataError(f"{out} was started with another suite: {', '.join(changed)} differ")
        check_unchanged(out, earlier, environment)
        with open_in_place(out / RECORDS_FILE) as file:
            records, end = _read_records(out, suite)
            file.truncate(end)
        return records
    write_text(out / SUITE_FILE, tomli_w.dumps(suite.model_dump(exclude_none=True)))
    write_json(out / ENVIRONMENT_FILE, environment)
    write_text(out / RECORDS_FILE, "")
    return []


def has_records(out: Path) -> bool:
    """Return whether a run was started in a folder: its records are there, if only as a file without a line."""
    return os.path.lexists(out / RECORDS_FILE)


def check_empty(out: Path, *, resume: bool) -> None:
    """Refuse a folder that holds anything else than a run that is to be resumed."""
    if resume and has_records(out):
        return
    # The records are written last: a folder without them may hold the other two files of a run that was not started.
    unstarted = {out / SUITE_FILE, out / ENVIRONMENT_FILE} if resume else set()
    if not is_empty_folder(out, besides=unstarted):
        raise DataError(f"{out} is not an empty folder: choose another, or go on with a run that stopped by --resume")


def is_failed(record: Record) -> bool:
    """Return whether a cell could not be measured."""
    return "error" in record


def check_scores(record: Record) -> Record:
    """Return a record that can be read again: it says what is wrong instead of scores that are out of range."""
    try:
        Cell.model_validate_json(to_json(record))
    except ValidationError as error:
        known = {name: record[name] for name in ("key", "variant", "run", "n_train", "n_test")}
        return {**known, "error": f"DataError: scores out of range: {explain_fields(error)}", "traceback": ""}
    return record


def append(out: Path, record: Record) -> None:
    """Append one finished cell; it is on the disk when this returns."""
    with open_in_place(out / RECORDS_FILE) as file:
        file.seek(0, os.SEEK_END)
        file.write(to_json(record).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _read_setup(folder: Path) -> tuple[Suite, Record]:
    """Return the suite and the environment of a run folder."""
    suite, path = read_suite(_find(folder, SUITE_FILE)), _find(folder, ENVIRONMENT_FILE)
    with open_regular(path) as file:
        check_fits(path, _BYTES_PER_BYTE_READ * os.fstat(file.fileno()).st_size)
        return suite, _parse(Environment, str(path), file.read())


def _read_records(folder: Path, suite: Suite) -> tuple[list[Record], int]:
    """Return the records of a run folder, of a cell that was tried again the last try, and where they end.

    Lines end at a line feed and nowhere else. What stands after the last is being written, or will never be whole.
    """
    path = _find(folder, RECORDS_FILE)
    variants = {variant.name for variant in suite.all_variants}
    records: dict[str, Record] = {}
    key_of: dict[tuple[str, int], str] = {}
    cell_of: dict[str, tuple[str, int]] = {}
    end = 0
    with open_regular(path) as file:
        check_fits(path, _BYTES_PER_BYTE * os.fstat(file.fileno()).st_size)
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                break
            check_fits(path, _BYTES_PER_BYTE_READ * len(line))
            end += len(line)
            place = f"{path}, line {number}"
            record = _parse(Cell, place, line)
            key, variant, run = record["key"], record["variant"], record["run"]
            if variant not in variants or run >= suite.most_runs:
                raise DataError(f"{place}: run {run} of {quote(variant)} is no cell of the suite in {SUITE_FILE}")
            cell = variant, run
            if key_of.setdefault(cell, key) != key or cell_of.setdefault(key, cell) != cell:
                raise DataError(f"{place}: the key {key} and its cell do not belong together")
            records[key] = record
    return list(records.values()), end


def _find(folder: Path, name: str) -> Path:
    """Return the path of a file of a run folder; refused where there is none."""
    if not (folder / name).exists():
        raise DataError(f"{folder} is not a run folder: it has no {name}")
    return folder / name


def _parse(model: type[BaseModel], place: str, content: bytes) -> Record:
    """Return what JSON says, if it is as a model says."""
    try:
        return model.model_validate_json(content.decode()).model_dump(exclude_unset=True, by_alias=True)
    except UnicodeDecodeError as error:
        raise DataError(f"{place}: not UTF-8 text (byte {error.start})") from error
    except ValidationError as error:
        raise DataError(f"{place}: {explain_fields(error)}") from error
