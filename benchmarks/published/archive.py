"""Errors of 1-NN as the archive prints them: Euclidean, full DTW, and DTW with the learned window."""

from collections.abc import Iterator
from typing import Any

from neighbours import error
from report import Figure, count, table
from sets import UcrSet, read


def section(published: dict[str, Any]) -> Iterator[str]:
    """Yield the section's lines."""
    yield "## Errors of the nearest neighbour: UCR archive"
    yield ""
    found = {name: _figures(read(name).normalized(), row) for name, row in published["sets"].items()}
    yield f"Source: {published['source']}."
    yield "Each curve is z-normalised, as the archive did for these errors; in the files, only PigCVP is not yet."
    yield ""
    yield "| | equal |"
    yield "|---|---|"
    for column, title in enumerate(("Euclidean", "full DTW", "DTW with the learned window")):
        yield f"| {title} | {count([figures[column] for figures in found.values()])} |"
    yield ""
    for column, title in enumerate(("Euclidean", "full DTW")):
        yield from _table(title, {name: figures[column] for name, figures in found.items()})
    windows = {f"{name} | {published['sets'][name]['window']}": figures[2] for name, figures in found.items()}
    yield "Window in percent of the length, from the same source:"
    yield ""
    yield from _table("DTW with the learned window", windows, "set | window")


def _table(title: str, figures: dict[str, Figure], first: str = "set") -> Iterator[str]:
    """Yield one table."""
    rows = [(name, *each.cells()) for name, each in figures.items()]
    yield from table((first, f"{title}: published", "ours", ""), rows)
    yield ""


def _figures(data: UcrSet, row: dict[str, Any]) -> tuple[Figure, Figure, Figure]:
    """Return the figures under the three distances."""
    print(data.name, "archive", flush=True)
    return (
        Figure(row["euclidean"], error(data, "euclidean")),
        Figure(row["dtw"], error(data, "dtw")),
        Figure(row["windowed"], error(data, "dtw", window=row["window"] / 100)),
    )
