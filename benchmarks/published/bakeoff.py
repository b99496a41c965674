"""Accuracies of 1-NN in the bake-off's result file, which comes with tslearn."""

import csv
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from neighbours import error, tune
from report import Figure, count, table
from sets import FILES, UcrSet, inside, read

# The grids of Lines and Bagnall (2015), 100 values each.
MSM_GRID = np.concatenate([np.linspace(*ends, 25) for ends in ((0.01, 0.1), (0.136, 1), (1.36, 10), (13.6, 100))])
WDTW_GRID = np.arange(100) / 100


def section(published: dict[str, Any]) -> Iterator[str]:
    """Yield the section's lines."""
    yield "## Accuracies of the nearest neighbour: the bake-off"
    yield ""
    accuracies = _read()
    yield f"Source: {published['source']}."
    yield "g of WDTW and c of MSM are chosen on the training part, of 100 values each, by leave-one-out error. Where"
    yield "several values do equally well, the first is taken here."
    yield ""
    found = {
        name: [compute(read(name), accuracies[name][column]) for column, compute in COLUMNS.items()]
        for name in FILES
        if name in accuracies
    }
    yield "| | equal |"
    yield "|---|---|"
    for place, column in enumerate(COLUMNS):
        yield f"| {column} | {count([figures[place] for figures in found.values()])} |"
    yield ""
    for place, column in enumerate(COLUMNS):
        rows = [(name, *figures[place].cells()) for name, figures in found.items()]
        yield from table(("set", f"{column}: published", "ours", ""), rows)
        yield ""


def _read() -> dict[str, dict[str, float]]:
    """Return the published accuracies by set and column; the columns' names have no `_1NN` here."""
    with (inside("tslearn") / ".cached_datasets/singleTrainTest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    names = [name.removesuffix("_1NN") for name in rows[0][1:]]
    return {row[0]: {name: float(cell) for name, cell in zip(names, row[1:], strict=True) if cell} for row in rows[1:]}


def _plain(metric: str) -> Callable[[UcrSet, float], Figure]:
    """Return a function that computes an accuracy under a distance without parameters."""
    return lambda data, published: Figure(published, 1 - error(data, metric))


def _tuned(metric: str, name: str, grid: np.ndarray) -> Callable[[UcrSet, float], Figure]:
    """Return a function that computes an accuracy under a distance whose parameter is chosen on the training part."""

    def compute(data: UcrSet, published: float) -> Figure:
        print(data.name, metric, flush=True)
        values = tune(data, metric, name, grid)
        figures = (Figure(published, 1 - error(data, metric, **{name: value})) for value in values)
        found = next(figures)
        if found.equal:
            return found
        why = f"{name} = {values[0]:g}, the first of {len(values)} values that do equally well on the training part"
        for value, figure in zip(values[1:], figures, strict=True):
            if figure.equal:
                return found._replace(why=f"{why}; equal with {name} = {value:g}")
        return found._replace(why=why)

    return compute


COLUMNS: dict[str, Callable[[UcrSet, float], Figure]] = {
    "Euclidean": _plain("euclidean"),
    "DTW_R1": _plain("dtw"),
    "DDTW_R1": _plain("ddtw"),
    "WDTW": _tuned("wdtw", "g", WDTW_GRID),
    "MSM": _tuned("msm", "c", MSM_GRID),
}
