"""Run folders of the benchmark, damaged or forged: each is refused in one line, or answered with what it says.

A case is a JSON object of the folder's files by name: their bytes as text of one character each, or what stands there
instead of a file. `check` reads, compares and reports the folder, and holds the answers against a reading that is slow
and obviously right.
"""

import json
import math
import re
import shutil
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import pandas as pd
from run_damage import FOLDER, LINK, damage
from run_folders import DIRECT, ENVIRONMENT, SPLITS, TRIVIAL, folder_of, suite_of

from tsshape import DataError, bench
from tsshape.bench import _records
from tsshape.report import write_report

TABLES = {
    "scores": bench.score_table,
    "budget": bench.budget_table,
    "classes": bench.class_table,
    "in_flight": bench.in_flight_table,
    "intervals": bench.interval_table,
    "coverage": bench.coverage_table,
    "rolling": bench.rolling_table,
    "top": bench.top_table,
    "alerts": bench.alert_table,
    "calibration": bench.calibration_table,
}
# Shares by the name under which they stand in a record.
SHARES = re.compile(r"coverage|accuracy|majority_share|share|quarters|coverage_..%")


def cases(seed: int, n: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of `n` run folders; each is the same for any `n`."""
    for number in range(n):
        rng = Random(f"{seed} {number}")  # noqa: S311
        split = rng.choice(SPLITS)
        what, files = damage(folder_of(split), rng)
        shown = {
            name: content if isinstance(content, list) else content.decode("latin-1") for name, content in files.items()
        }
        yield f"{split} {what} {seed} {number}", json.dumps(shown).encode()


def check(name: str, content: bytes, folder: Path) -> str:
    """`refused` or `answered`; AssertionError if a run folder does anything else than one of the two."""
    files = json.loads(content)
    run, elsewhere, report = folder / "run", folder / "elsewhere", folder / "report.html"
    shutil.rmtree(run, ignore_errors=True)
    report.unlink(missing_ok=True)
    elsewhere.write_text("precious")
    for file, text in files.items():
        path = run / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, str):
            path.write_bytes(text.encode("latin-1"))
        elif text == FOLDER:
            path.mkdir()
        elif text == LINK:
            path.symlink_to(elsewhere)
    days = len(content) % 2
    found = ask(lambda: bench.read_run(run))
    table = ask(lambda: bench.compare([run], days=days))
    written = ask(lambda: write_report(run, report))
    check_resuming(run, name.split(maxsplit=1)[0], found)
    assert elsewhere.read_text() == "precious", f"{name}: another file was written"
    if isinstance(found, str):
        assert isinstance(table, str), f"{name}: was compared, but is not read"
        assert isinstance(written, str), f"{name}: was reported, but is not read"
        return "refused"
    try:
        cells = read_by_hand(run)
    except (ValueError, LookupError, TypeError) as error:
        raise AssertionError(f"was read, but should not be: {type(error).__name__}: {error}") from error
    ask(lambda: spell_tables(found.records))
    assert {(cell["variant"], cell["run"]) for cell in cells} == {
        (each["variant"], each["run"]) for each in found.records
    }
    if not isinstance(table, str):
        check_table(table, cells, days)
    if not isinstance(written, str):
        check_report(report.read_text(encoding="utf-8"), cells)
    return "refused" if isinstance(table, str) and isinstance(written, str) else "answered"


def ask(work: Any) -> Any:
    """What some work gives, or its refusal; AssertionError for anything else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return work()
    except DataError as error:
        refusal = str(error)
    except Exception as error:
        raise AssertionError(f"{type(error).__name__}: {error}") from error
    assert refusal.isprintable(), f"the refusal is not one printable line: {refusal!r}"
    return refusal


def spell_tables(records: list[dict[str, Any]]) -> None:
    """Write every table that a run prints when it is resumed."""
    for name, make in TABLES.items():
        table = make(records).reset_index()
        for column in bench.COLUMNS[name]:
            if column.name in table:
                for value in table[column.name]:
                    assert column.text(value) not in {"nan", "inf"}, f"{name}: {column.name} {value}"


def read_by_hand(run: Path) -> list[dict[str, Any]]:
    """The cells of a folder, read by hand; AssertionError if one of them could not have been written."""
    suite = tomllib.loads((run / "suite.toml").read_bytes().decode())
    parts = [each for part in ("direct", "baselines", "variants") for each in suite.get(part, ())]
    names = {TRIVIAL, DIRECT, *(each["name"] for each in parts)}
    cells: dict[str, dict[str, Any]] = {}
    for line in (run / "records.jsonl").read_bytes().split(b"\n")[:-1]:
        cell = json.loads(line.decode())
        assert cell["variant"] in names, f"a cell of {cell['variant']!r}"
        assert type(cell["run"]) is int, f"a run {cell['run']!r}"
        assert 0 <= cell["run"] < suite.get("n_runs", 10), f"a run {cell['run']!r}"
        assert ("error" in cell) != ("trmse" in cell or "in_flight" in cell), "neither scores nor an error"
        check_numbers(cell)
        cells[cell["key"]] = cell
    places = {(cell["variant"], cell["run"]) for cell in cells.values()}
    assert len(places) == len(cells), "a cell stands under two keys"
    return list(cells.values())


def check_numbers(value: Any, name: str = "") -> None:
    """AssertionError if a number is none that can be measured."""
    if isinstance(value, dict):
        for key, part in value.items():
            check_numbers(part, key)
    elif isinstance(value, list):
        for part in value:
            check_numbers(part, name)
    elif isinstance(value, float | int):
        assert not isinstance(value, bool), f"{name} {value}"
        assert math.isfinite(value), f"{name} {value}"
        assert abs(value) < 1e155, f"{name} {value}"
        assert not SHARES.fullmatch(name) or 0 <= value <= 1, f"{name} {value}"


def scores(cells: list[dict[str, Any]], score: str, days: int) -> dict[str, dict[int, float]]:
    """A score of the finished cells, by variant and run."""
    found: dict[str, dict[int, float]] = {}
    for cell in cells:
        value = (cell.get("in_flight", {}).get(str(days), {}) if days else cell).get(score)
        if value is not None and "error" not in cell:
            found.setdefault(cell["variant"], {})[cell["run"]] = value
    return found


def check_resuming(run: Path, split: str, found: Any) -> None:
    """AssertionError if what is resumed from is not what is read, or anything but a torn line is lost."""
    suite, path = bench.Suite.model_validate(suite_of(split)), run / "records.jsonl"
    before = path.read_bytes() if path.is_file() else b""

    def resume() -> list[dict[str, Any]]:
        _records.make_folder(run, resume=True)
        return _records.begin(run, suite, ENVIRONMENT, resume=True)

    records = ask(resume)
    if isinstance(records, str) or isinstance(found, str):
        assert not path.is_file() or path.read_bytes() == before, "a refused run was written"
    else:
        assert records == found.records
        assert path.read_bytes() == before[: before.rfind(b"\n") + 1], "more than a torn line was lost"


def check_table(table: pd.DataFrame, cells: list[dict[str, Any]], days: int) -> None:
    """AssertionError if a comparison says other means than those of the runs that both have."""
    measured = {score: scores(cells, score, days) for score in ("trmse", "med", "mrse", "rho")}
    order = [
        cell["variant"]
        for cell in cells
        if "error" not in cell and any(cell["run"] in found.get(cell["variant"], {}) for found in measured.values())
    ]
    baseline = order[0]
    assert {*table.index.get_level_values("variant")} == {*order} - {baseline}
    for (variant, score), row in table.iterrows():
        ours, theirs = (measured[score].get(name, {}) for name in (variant, baseline))
        runs = [run for run in ours if run in theirs]
        assert row["runs"] == len(runs), f"{variant} {score}: {row['runs']} runs instead of {len(runs)}"
        if runs:
            means = fmean(ours[run] for run in runs), fmean(theirs[run] for run in runs)
            assert close(row["variant_mean"], means[0]), f"{variant} {score}: {row['variant_mean']}, not {means[0]}"
            assert close(row["baseline"], means[1]), f"{variant} {score}: {row['baseline']}, not {means[1]}"
            size = max(map(abs, means))
            assert math.isclose(row["difference"], means[0] - means[1], rel_tol=1e-9, abs_tol=1e-9 * size)
            # The errors by post are not those of these means.
            ends = (row["lower"], row["upper"]) if row["method"] != "by post" else (-math.inf, math.inf)
            assert not ends[0] > row["difference"] + 1e-6 * size, f"{variant} {score}: from {ends[0]}"
            assert not ends[1] < row["difference"] - 1e-6 * size, f"{variant} {score}: to {ends[1]}"


def check_report(html: str, cells: list[dict[str, Any]]) -> None:
    """AssertionError if a report does not have the mean tRMSE of each variant, or runs something."""
    section = html[html.index('id="score-table"') :].partition("</table>")[0]
    shown = [float(value) for value in re.findall(r'data-label="tRMSE" data-value="([^"]+)"', section)]
    expected = [fmean(found.values()) for found in scores(cells, "trmse", 0).values()]
    assert len(shown) == len(expected), f"{len(shown)} of {len(expected)} variants are reported"
    assert all(map(close, sorted(shown), sorted(expected))), f"{shown} reported, {expected} measured"
    assert html.count("<script>") == 1, "a second script"
    assert not re.search(r"\b(nan|inf|NaN|Infinity)\b", section), "a number that is none"


def close(first: float, second: float) -> bool:
    """Whether two means are equal but for rounding."""
    return math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-300)
