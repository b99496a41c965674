"""The plain Python twin of the kernels: the same recurrences, one cell at a time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tsshape._kernels._generate import arguments
from tsshape._kernels._multichannel import find_recurrence
from tsshape._kernels._recurrences import ELASTIC
from tsshape._typing import FloatArray


def twin(name: str, x: Sequence[float], y: Sequence[float], params: tuple[float, ...]) -> float:
    """The elastic distance of two curves, evaluated by Python from the recurrence's own functions."""
    recurrence = ELASTIC[name]
    shorter, longer = sorted((len(x), len(y)))
    cells = twin_cells(name, x, y, params)
    value = float(cells[-1, -1])
    known = dict(zip(recurrence.params, params, strict=True)) | {
        "value": value, "shorter": shorter, "longer": longer, "unscale": 1.0,
    }  # fmt: skip
    return value if recurrence.final is None else float(_call(recurrence.final, known))


def twin_cells(name: str, x: Sequence[float], y: Sequence[float], params: tuple[float, ...]) -> FloatArray:
    """All cells, shape (T + 1, U + 1), the border's before them."""
    recurrence, _ = find_recurrence(name, 1, is_diagonal=params[-1] == 0)
    known: dict[str, Any] = dict(zip(recurrence.params, params, strict=True))
    if recurrence.per_curve is not None:
        curves = (("x", x), ("y", y))
        known |= {f"{of}_own": recurrence.per_curve(np.array([c])[:, :, None], *params[:-1])[0] for of, c in curves}
    known |= {key: _call(function, known) for key, function in recurrence.per_pair.items()}
    n_rows, n_columns, window = len(x), len(y), params[-1]
    weights = None
    if recurrence.by_lag is not None:
        lags = np.arange(max(n_rows, n_columns), dtype=np.float64)
        weights = recurrence.by_lag(lags, max(n_rows, n_columns), *params[:-1])
    cells = np.full((n_rows + 1, n_columns + 1), recurrence.outside)
    border = recurrence.border
    cells[0, 1:] = np.cumsum([_call(border, known | {"x": b}) for b in y]) if callable(border) else border
    cells[1:, 0] = np.cumsum([_call(border, known | {"x": a}) for a in x]) if callable(border) else border
    cells[0, 0] = 0
    for i in range(n_rows):
        for j in range(n_columns):
            if abs(i - j) > window:
                continue
            here = known | {
                "x": x[i], "x_previous": x[i - 1] if i else 0.0, "y": y[j], "y_previous": y[j - 1] if j else 0.0,
                "above": cells[i, j + 1], "left": cells[i + 1, j], "diagonal": cells[i, j],
                "weight": None if weights is None else weights[abs(i - j)],
            }  # fmt: skip
            here |= {key: _call(function, here) for key, function in recurrence.per_row.items()}
            here |= {key: _call(function, here) for key, function in recurrence.per_column.items()}
            cells[i + 1, j + 1] = _call(recurrence.cell, here)
    return cells


def _call(function: Callable[..., Any], known: Mapping[str, Any]) -> Any:
    """The function of what it asks for."""
    return function(*(known[name] for name in arguments(function)))
