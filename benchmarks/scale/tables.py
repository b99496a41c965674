"""The page of results."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

Row = dict[str, Any]
LIBRARIES = ("dask", "distributed", "lightgbm", "numba", "numpy", "pandas", "pyarrow")
SPELT = {"euclidean": "euclidean", "dtw": "dtw, window 3"}
# Of the extrapolation.
SIZES, WORKERS = (100_000_000, 1_000_000_000), (16, 128)


def page(rows: list[Row], limit: int | None = None) -> str:
    """Return all results as Markdown; a limit is what no case was larger than."""
    quick = f"A quick run: no case is larger than {limit:,}." if limit else ""
    sections = [_head(), quick, _clusterings(rows), _equalities(rows), _forecasts(rows), _distances(rows)]
    # Small cases are mostly the fixed cost of a call, which does not grow.
    sections += [_kills(rows), "" if limit else _extrapolated(rows)]
    return "\n\n".join(filter(None, sections)) + "\n"


def _head() -> str:
    """Return what was measured where."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    memory = psutil.virtual_memory().total / 2**30
    return f"""# Measured on Dask

Written by `make scale`: each case in a process of its own, kernels compiled before, wall time. Workers are processes of
one thread. Memory is the sum of the greatest resident memory of each process, client and scheduler among them; pages
that processes share count for each of them.

Machine: {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB. Versions: {versions}."""


def _clusterings(rows: list[Row]) -> str:
    """Return the table of k-means."""
    local = {(row["metric"], row["n_jobs"]): row for row in _of(rows, "local")}
    lines = []
    for (metric, n_jobs), row in local.items():
        lines.append(
            f"| {SPELT[metric]} | {row['n']:,} | in memory, {n_jobs} | {row['seconds']:.1f} | {_ns(row):.1f} |  |  | "
            f"{_gb(row['memory'])} |"
        )
    for row in _of(rows, "kmeans"):
        beside = local.get((row["metric"], row["n_workers"]))
        ratio = f"{_ns(row) / _ns(beside):.2f}" if beside else ""
        lines.append(
            f"| {SPELT[row['metric']]} | {row['n']:,} | Dask, {row['n_workers']} | {row['seconds']:.1f} | "
            f"{_ns(row):.1f} | {ratio} | {row['labelled']:.1f} | {_gb(row['memory'])} |"
        )
    if not lines:
        return ""
    head = """## K-means

50 clusters of curves x 30 in single precision, ten passes from the same initial centres. In memory: `ShapeKMeans.fit`
of an array on threads. Dask: `ShapeKMeans.fit` of a `dask.array` on workers with 2 GiB each, which read the parts from
the disk in each pass; writing the labels is one more pass. The ratio is that of the times per curve and pass, beside
the same number of threads in memory.

| metric | curves | threads or workers | seconds | ns per curve and pass | ratio | labels, s | memory, GB |
|---|--:|---|--:|--:|--:|--:|--:|"""
    return "\n".join([head, *lines])


def _equalities(rows: list[Row]) -> str:
    """Return how far both ways agree."""
    lines = [
        f"- {SPELT[row['metric']]}, {row['n']:,} curves: the prototypes of both ways differ by at most "
        f"{row['difference']:.2g}, {row['labels']:,} labels differ."
        for row in _of(rows, "equal")
    ]
    return "\n".join(lines)


def _forecasts(rows: list[Row]) -> str:
    """Return the table of forecasts."""
    local, on_dask = _of(rows, "forecasts-local"), _of(rows, "forecasts")
    lines = [f"| {row['posts']:,} | no scheduler, 2 threads | {_times(row, row['posts'])} |" for row in local]
    lines += [f"| {row['n']:,} | Dask, {_workers(row)} | {_times(row, row['n'])} |" for row in on_dask]
    if not lines:
        return ""
    head = """## Forecasts

`tsshape predict` of simulated posts with intervals, from the start of the command until all is written; workers with
2 GiB each.

| posts | where | seconds | posts a second | memory, GB | written, GB |
|--:|---|--:|--:|--:|--:|"""
    return "\n".join([head, *lines])


def _distances(rows: list[Row]) -> str:
    """Return the table of distances."""
    lines = []
    for row in _of(rows, "pairwise"):
        ns = row["seconds"] / row["n"] ** 2 * 1e9
        sizes = " | ".join(_gb(row[name]) for name in ("one", "memory", "size"))
        lines.append(
            f"| {SPELT[row['metric']]} | {row['n']:,} | {row['seconds']:.1f} | {ns:.1f} | {sizes} | "
            f"{row['form']}, {row['dtype']} | {row['difference']:.2g} |"
        )
    if not lines:
        return ""
    head = """## Distances of all pairs

`pairwise` of curves x 30 in single precision, written in blocks by two workers with 1 GiB each, and the greatest
difference of the last ten rows from those computed in memory.

| metric | curves | seconds | ns per pair | memory of a worker, GB | of all, GB | written, GB | as | difference |
|---|--:|--:|--:|--:|--:|--:|---|--:|"""
    return "\n".join([head, *lines])


def _kills(rows: list[Row]) -> str:
    """Return what the kills printed."""
    return "\n\n".join(f"## Kills\n\n{row['printed']}" for row in _of(rows, "kills"))


def _extrapolated(rows: list[Row]) -> str:
    """Return what larger sizes would take, from the largest that was measured."""
    lines = []
    for metric, spelt in SPELT.items():
        measured = [row for row in _of(rows, "kmeans") if row["metric"] == metric]
        if measured:
            largest = max(measured, key=lambda row: (row["n"], row["n_workers"]))
            name = f"k-means, k = 50, ten passes, {spelt}"
            lines += _larger(name, largest, largest["seconds"] / largest["passes"] * 10)
    of_posts = _of(rows, "forecasts")
    if of_posts:
        largest = max(of_posts, key=lambda row: (row["n"], row["n_workers"]))
        lines += _larger("forecasts with intervals", largest, largest["seconds"])
    if not lines:
        return ""
    workers = " | ".join(f"hours on {workers}" for workers in WORKERS)
    head = f"""## Extrapolated

Not measured: the time of the largest case above, as if time grew with the number of curves or posts, and as if workers
did not wait for each other, the disk or the network. Worker hours = seconds x workers / curves measured x curves
wanted / 3600; hours = worker hours / workers.

| what | curves or posts | worker hours | {workers} |
|---|--:|--:|{"--:|" * len(WORKERS)}"""
    return "\n".join([head, *lines])


def _larger(name: str, measured: Row, seconds: float) -> Iterator[str]:
    """Return the lines of larger sizes."""
    for size in SIZES:
        hours = seconds * measured["n_workers"] / measured["n"] * size / 3600
        yield f"| {name} | {size:,} | {hours:.3g} | " + " | ".join(f"{hours / n:.2g}" for n in WORKERS) + " |"


def _of(rows: list[Row], kind: str) -> list[Row]:
    """Return the rows of a kind, by metric and size."""
    metrics = [*SPELT, None]
    found = [row for row in rows if row["kind"] == kind]
    return sorted(found, key=lambda row: (metrics.index(row.get("metric")), row.get("n", 0)))


def _ns(row: Row) -> float:
    """Return nanoseconds per curve and pass."""
    ns: float = row["seconds"] / row["n"] / row["passes"] * 1e9
    return ns


def _times(row: Row, n_posts: int) -> str:
    """Return seconds, posts a second, memory and size."""
    return f"{row['seconds']:.1f} | {n_posts / row['seconds']:,.0f} | {_gb(row['memory'])} | {_gb(row['size'])}"


def _workers(row: Row) -> str:
    """Return the number of workers in words."""
    return f"{row['n_workers']} worker{'s' if row['n_workers'] > 1 else ''}"


def _gb(size: int) -> str:
    """Return bytes as gigabytes."""
    return f"{size / 1e9:.2f}"


def _processor() -> str:
    """Return the processor's name."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
