"""The last day on which curves have a value, and the days that all of them have."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray, IntArray
from tsshape._validation import check_curves, format_label


class LeastDays(NamedTuple):
    """The last day that every curve has reached; and the first curve without any value, and how many there are."""

    n_times: int
    first_empty: str | None
    n_empty: int

    @classmethod
    def of_parts(cls, parts: Iterable["LeastDays"]) -> "LeastDays":
        """Return the days of a table from those of its parts, in their order."""
        days, empty, n_empty = zip(*parts, strict=True)
        return cls(min(days), next((id_ for id_ in empty if id_ is not None), None), sum(n_empty))

    def check(self) -> int:
        """Return the days; DataError if there is none."""
        if self.first_empty is not None:
            raise DataError(
                f"curve {self.first_empty} has no value at all ({self.n_empty} such curves): no day would be left; "
                'use incomplete="drop"'
            )
        return self.n_times


def least_days(curves: pd.DataFrame) -> LeastDays:
    """Return how many days every curve has."""
    reached = last_days(check_curves(curves, missing=True))
    empty = curves.index[reached == 0]
    return LeastDays(int(reached.min()), format_label(empty[0]) if len(empty) else None, len(empty))


def last_days(values: FloatArray) -> IntArray:
    """Return the last day of each curve that has a value, 0 if none has."""
    days: IntArray = np.where(np.isnan(values), 0, np.arange(1, values.shape[1] + 1)).max(axis=1)
    return days
