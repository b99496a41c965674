"""A Dask scheduler for a verb: `--scheduler`, its dashboard, and progress by its tasks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from tsshape._errors import DataError
from tsshape.cli._printable import printable
from tsshape.cli._progress import progress

Scheduler = Annotated[
    str | None,
    typer.Option(
        help="Compute on Dask: 'local' starts a worker process for each of --jobs, an address such as "
        "tcp://10.0.0.1:8786 names a cluster. Posts may then be a folder of Parquet parts."
    ),
]
BlockRows = Annotated[
    int | None,
    typer.Option(min=1, help="With --scheduler: most rows that a worker takes at once; by default by its memory."),
]


@contextmanager
def on_scheduler(address: str, n_workers: int | None = None) -> Iterator[Any]:
    """Give a client of the scheduler, and print the address of its dashboard."""
    from tsshape._extras import require

    try:
        require("distributed", extra="dask")
    except ImportError as error:
        raise DataError(f"--scheduler: {error}") from error
    from tsshape.adapters.dask import open_scheduler

    def show_dashboard(link: str) -> None:
        typer.echo(printable(f"dashboard: {link}"), err=True)

    with open_scheduler(address, n_workers=n_workers, on_dashboard=show_dashboard) as client:
        yield client


@contextmanager
def task_progress(name: str, unit: str = "blocks") -> Iterator[None]:
    """Show the tasks of each computation on a client, such as a pass over the data, as a bar that begins again."""
    from tsshape.adapters.dask import watch_tasks

    n_passes = 0
    with progress(name, unit) as show:

        def show_pass(done: int, total: int) -> None:
            nonlocal n_passes
            n_passes += not done
            show(done, total, name=name if n_passes == 1 else f"{name}, pass {n_passes}")

        with watch_tasks(show_pass):
            yield


def check_no_block_rows(block_rows: int | None) -> None:
    """Refuse a size of blocks where there are none."""
    if block_rows is not None:
        raise DataError("--block-rows is for --scheduler, which computes in blocks")
