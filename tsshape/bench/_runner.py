"""Run a suite: measure all cells that are not yet in the run folder, in one process or several."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from tsshape._errors import DataError
from tsshape.bench import _records
from tsshape.bench._cell import Record
from tsshape.bench._environment import describe_environment
from tsshape.bench._lock import only_writer
from tsshape.bench._measure import measure
from tsshape.bench._post_errors import POST_ERRORS, write_errors
from tsshape.bench._processes import Task, measure_all
from tsshape.bench._splits import splits
from tsshape.bench._suite import Suite, check_components, load_suite
from tsshape.data import CleaningReport, EngagementDataset, clean_curves, simulate_spid

# Gives the records of cells as they are finished, in any order; closed when the run ends before.
MeasureCells: TypeAlias = Callable[[EngagementDataset, Sequence[Task]], Generator[Record, None, None]]


def run(
    suite: Suite | str | Path,
    dataset: EngagementDataset | None,
    out: str | Path,
    *,
    n_jobs: int = 1,
    measure_cells: MeasureCells | None = None,
    resume: bool = False,
    on_cell: Callable[[int, int], object] = lambda _done, _total: None,
    on_clean: Callable[[CleaningReport], object] = lambda _report: None,
) -> list[Record]:
    """Measure every variant of a suite on every split, beside the trivial forecast and the direct LightGBM.

    Parameters
    ----------
    suite : Suite, str or Path
        As `load_suite` takes it.
    dataset : EngagementDataset or None
        The posts; None for the simulated ones of the suite.
    out : path
        The run folder: `suite.toml`, `environment.json` and `records.jsonl`, which gains a line for each finished
        cell; and, if all runs have one division (`time`, `predefined`), `errors` with a Parquet file for each cell: of
        each test post, in the order of the data, `rmse` at upload, and after 7 days `rmse_7` on the later days and
        `relative_7`, the squared relative error of the last count. The folder must be empty, or not exist, unless
        `resume` is set.
    n_jobs : int, default=1
        Processes, among which the splits are divided. The scores are the same for any number. Each process imports the
        script that asks for more than one, which must therefore do so under `if __name__ == "__main__":`, and runs the
        plug-in files that were loaded.
    measure_cells : callable, optional
        Who measures the cells instead of processes of this machine: `tsshape.adapters.dask.measure_cells`. Scores stay
        the same.
    resume : bool, default=False
        Go on with a run that was stopped: its finished cells are kept, its failed ones are measured again.
    on_cell : callable, optional
        Called with the number of finished cells and of all cells, at the start and after each cell.
    on_clean : callable, optional
        Called with the report of what was left out or changed of the curves, before anything is measured.

    Returns
    -------
    list of dict
        One record for each cell, ordered by run and variant. A cell that failed has an `error` and its `traceback`
        instead of scores; the others are measured nevertheless.

    Raises
    ------
    DataError
        If the data cannot be used, the suite names a component that there is not, the folder is not empty, another
        process is writing to it, or the suite, the data or the code have changed since the run was started.

    Examples
    --------
    >>> import tempfile, tsshape
    >>> from tsshape.bench import Suite, run
    >>> posts = tsshape.simulate_spid(60, n_times=5, random_state=0)
    >>> records = run(Suite(name="baselines", variants=(), n_runs=2), posts, tempfile.mkdtemp())
    >>> [(record["run"], record["variant"]) for record in records][:2]
    [(0, 'trivial: median scale x mean shape'), (0, 'direct LightGBM')]
    """
    suite, out = suite if isinstance(suite, Suite) else load_suite(suite), Path(out)
    check_components(suite)
    if dataset is None:
        dataset = simulate_spid(suite.simulation.n_posts, random_state=suite.simulation.seed)
    dataset, report = _clean(suite, dataset)
    try:
        all_splits = list(splits(suite, dataset))
    except DataError as error:
        if report.dropped_ids:
            raise DataError(f"{error}, after {report.summary}") from error
        raise
    environment = describe_environment(suite, dataset, report)
    keys = {
        (split.run, variant.name): _records.cell_key(suite, environment, variant, split.run)
        for split in all_splits
        for variant in suite.all_variants
    }
    _records.make_folder(out, resume=resume)
    with only_writer(out):
        earlier = _records.begin(out, suite, environment, resume=resume)
        for record in earlier:
            if keys.get((record["run"], record["variant"])) != record["key"]:
                raise DataError(f"{out / _records.RECORDS_FILE}: {record['key']} is not the key of its cell")
        on_clean(report)
        records = {record["key"]: record for record in earlier if not _records.is_failed(record)}
        tasks = [
            (split, tuple(variant for variant in suite.all_variants if keys[split.run, variant.name] not in records))
            for split in all_splits
        ]
        on_cell(len(records), len(keys))
        measure_cells = measure_cells or partial(_measure_here, n_jobs=n_jobs)
        with closing(measure_cells(dataset, [task for task in tasks if task[1]])) as cells:
            for cell in cells:
                errors = cell.pop(POST_ERRORS, None)
                record = _records.check_scores({"key": keys[cell["run"], cell["variant"]], **cell})
                # Before the record: a cell with a record has its errors.
                if errors and suite.one_division:
                    write_errors(out, record["key"], errors)
                _records.append(out, record)
                records[record["key"]] = record
                on_cell(len(records), len(keys))
    return [records[key] for key in keys.values()]


def _measure_here(dataset: EngagementDataset, tasks: Sequence[Task], *, n_jobs: int) -> Generator[Record, None, None]:
    """Yield the scores of all cells as they are finished, in this process or in several others."""
    if min(n_jobs, len(tasks)) > 1:
        yield from measure_all(dataset, tasks, n_jobs)
    else:
        for split, variants in tasks:
            yield from measure(dataset, split, variants)


def _clean(suite: Suite, dataset: EngagementDataset) -> tuple[EngagementDataset, CleaningReport]:
    """Return the dataset with its curves cleaned, and the report."""
    try:
        curves, report = clean_curves(dataset.curves, **suite.cleaning.model_dump())
    except DataError as error:
        raise DataError(f"{dataset.name}: {error}") from error
    kept, days = curves.index, curves.columns
    parts: dict[str, Any] = {
        name: None if part is None else part.loc[kept]
        for name in ("features", "authors", "posted", "labels", "split")
        for part in [getattr(dataset, name)]
    }
    channels = {name: counts.loc[kept, days] for name, counts in dataset.channels.items()}
    return replace(dataset, curves=curves, channels=channels, **parts), report
