"""Progress on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from tsshape.cli._printable import printable


class Show(Protocol):
    """Shows how much is done, under another name if one is given; with 0 the bar begins again."""

    def __call__(self, done: int, total: int, *, name: str = ...) -> None: ...


@contextmanager
def progress(name: str, unit: str) -> Iterator[Show]:
    """Show a progress bar on standard error from the first update on, so that an earlier error stands alone.

    Yields a function `show(done, total)`, which counts in the unit.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(f"{unit}, elapsed"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    task = bar.add_task(printable(name), total=None)

    def show(done: int, total: int, *, name: str = name) -> None:
        bar.start()
        if not done:
            bar.reset(task, total=total, description=printable(name))
        bar.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()


@contextmanager
def working(on: str) -> Iterator[None]:
    """Show a spinner and the elapsed time, for work without a known end; on a terminal only."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        bar.add_task(printable(on), total=None)
        yield
