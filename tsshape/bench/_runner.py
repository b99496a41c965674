"""Running a suite: all cells that are not yet in the run folder, in one process or several."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from pathlib import Path
from queue import Empty
from typing import Any

from threadpoolctl import threadpool_limits

from tsshape.bench import _records
from tsshape.bench._components import Direct, Variant
from tsshape.bench._in_flight import Figures
from tsshape.bench._measure import measure
from tsshape.bench._splits import Split, splits
from tsshape.bench._suite import Suite, load_suite
from tsshape.data import EngagementDataset, clean_curves, simulate_spid

# One split and the variants that are still to be measured on it.
Task = tuple[Split, tuple[Variant | Direct, ...]]


def run(
    suite: Suite | str | Path,
    dataset: EngagementDataset | None,
    out: str | Path,
    *,
    n_jobs: int = 1,
    resume: bool = False,
    on_cell: Callable[[int, int], object] = lambda _done, _total: None,
) -> list[_records.Record]:
    """Measure every variant of a suite on every split, beside the trivial forecast and the direct LightGBM.

    Parameters
    ----------
    suite : Suite, str or Path
        As `load_suite` takes it.
    dataset : EngagementDataset or None
        The posts; None for the simulated ones of the suite.
    out : path
        The run folder: `suite.toml`, `environment.json` and `records.jsonl`, which gains a line for each finished
        cell. It must be empty, or not exist, unless `resume` is set.
    n_jobs : int, default=1
        Processes, among which the splits are divided. The figures are the same for any number. A script that asks for
        more than one must do so under `if __name__ == "__main__":`, as each process begins by importing it.
    resume : bool, default=False
        Go on with a run that was stopped: cells that it finished are kept as they are.
    on_cell : callable, optional
        Called with the number of finished cells and of all cells, at the start and after each cell.

    Returns
    -------
    list of dict
        One record a cell, ordered by run and variant.

    Raises
    ------
    DataError
        If the data cannot be used, the folder is not empty, or the suite, the data or the code have changed since
        the run began.

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
    if dataset is None:
        dataset = simulate_spid(suite.simulation.n_posts, random_state=suite.simulation.seed)
    dataset, report = _clean(suite, dataset)
    divisions = list(splits(suite, dataset))
    environment = _records.describe_environment(dataset, report)
    if resume and out.exists():
        finished = _records.resume(out, suite, environment)
    else:
        _records.start(out, suite, environment)
        finished = []
    records = {record["key"]: record for record in finished}
    keys = {
        (split.run, variant.name): _records.cell_key(suite, environment, variant, split.run)
        for split in divisions
        for variant in suite.all_variants
    }
    tasks = [
        (split, tuple(variant for variant in suite.all_variants if keys[split.run, variant.name] not in records))
        for split in divisions
    ]
    on_cell(len(records), len(keys))
    for figures in _execute(dataset, [task for task in tasks if task[1]], n_jobs):
        record = {"key": keys[figures["run"], figures["variant"]], **figures}
        _records.append(out, record)
        records[record["key"]] = record
        on_cell(len(records), len(keys))
    return [records[key] for key in keys.values()]


def _clean(suite: Suite, dataset: EngagementDataset) -> tuple[EngagementDataset, Any]:
    """The dataset with its curves cleaned, and the report."""
    curves, report = clean_curves(dataset.curves, **suite.cleaning.model_dump())
    kept = curves.index
    return EngagementDataset(
        curves,
        dataset.features.loc[kept],
        None if dataset.authors is None else dataset.authors.loc[kept],
        None if dataset.posted is None else dataset.posted.loc[kept],
        dataset.name,
    ), report


def _execute(dataset: EngagementDataset, tasks: Sequence[Task], n_jobs: int) -> Iterator[Figures]:
    """The figures of all cells as they are finished, in whichever order."""
    if min(n_jobs, len(tasks)) <= 1:
        for split, variants in tasks:
            yield from measure(dataset, split, variants)
        return
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    with ProcessPoolExecutor(n_jobs, context, _begin_worker, (dataset, results)) as pool:
        futures = [pool.submit(_measure_in_worker, task) for task in tasks]
        try:
            for _ in range(sum(len(variants) for _, variants in tasks)):
                yield _next_result(results, futures)
        finally:
            pool.shutdown(cancel_futures=True)


def _next_result(results: Any, futures: Sequence[Future[None]]) -> Figures:
    """The next finished cell; raises what a worker raised."""
    while True:
        try:
            figures: Figures = results.get(timeout=0.2)
        except Empty:
            for future in futures:
                if future.done():
                    future.result()
        else:
            return figures


# What a worker process keeps between its tasks.
_worker: dict[str, Any] = {}


def _begin_worker(dataset: EngagementDataset, results: Any) -> None:
    """Prepare a worker process: its data, one thread for each library, and an end when its parent ends."""
    _worker.update(dataset=dataset, results=results, limits=threadpool_limits(1))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the parent process is gone, however it went: nobody would read the results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _measure_in_worker(task: Task) -> None:
    """Measure one split and send the figures of each cell as it is finished."""
    for figures in measure(_worker["dataset"], *task):
        _worker["results"].put(figures)
