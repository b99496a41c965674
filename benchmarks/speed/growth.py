"""How the time of a DTW matrix grows with the number of curves and with their length."""

from arrays import shapes
from timing import measure

from tsshape.metrics import pairwise

SIZES = [(n_curves, 30) for n_curves in (125, 250, 500, 1000, 2000, 4000)] + [
    (200, n_times) for n_times in (16, 32, 64, 128, 256, 512)
]


def rows() -> list[tuple[int, int, float, float]]:
    """Curves, times, wall seconds on one thread and nanoseconds a cell."""
    table = []
    for n_curves, n_times in SIZES:
        X = shapes(n_curves, n_times)
        pairwise(X)
        wall = measure({"tsshape": lambda X=X: pairwise(X)})["tsshape"].wall
        cells = n_curves * (n_curves - 1) // 2 * n_times**2
        table.append((n_curves, n_times, wall, wall / cells * 1e9))
    return table
