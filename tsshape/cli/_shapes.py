"""From a file of curves to the shapes that a verb clusters."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tsshape._choices import Decreasing, Incomplete, Missing
from tsshape._errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from tsshape.data import CleaningReport


class Shapes(NamedTuple):
    """Curves of a file after cleaning, and the shapes of those that have one."""

    curves: "pd.DataFrame"
    shapes: "pd.DataFrame"
    report: "CleaningReport"


def read_shapes(
    path: Path, id_column: str | None, *, missing: Missing, decreasing: Decreasing, incomplete: Incomplete
) -> Shapes:
    """Read, clean and split; a curve that is 0 throughout has no shape, and stays among the curves only."""
    from tsshape.curves import split_scale_shape
    from tsshape.data import clean_curves, read_curves

    curves, report = clean_curves(
        read_curves(path, id_column=id_column),
        missing=missing,
        decreasing=decreasing,
        incomplete=incomplete,
    )
    alive = curves[curves.max(axis=1) > 0]
    if alive.empty:
        raise DataError(f"{path}: no curve rises above 0: there is no shape to cluster")
    return Shapes(curves, split_scale_shape(alive)[1], report)
