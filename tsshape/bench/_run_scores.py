"""The scores of a run folder by variant and run, at upload or after some days, and those of resampled posts."""

from pathlib import Path

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape.bench._cell import Record
from tsshape.bench._compare_columns import SCORES
from tsshape.bench._intervals import resample_posts
from tsshape.bench._post_errors import KEPT, read_errors
from tsshape.bench._records import Run, is_failed

# As in `tsshape.scores.trimmed_rmse`.
_TRIM = 0.25


def run_scores(folder: Path, run: Run, days: int) -> pd.DataFrame:
    """Return the scores of the finished cells of a folder that have some.

    Returns
    -------
    DataFrame
        Columns `variant`, `run`, `folder`, `record`, the record itself, and those of `SCORES`.

    Raises
    ------
    DataError
        If no cell has finished, or none has scores after so many days.
    """
    finished = [record for record in run.records if not is_failed(record)]
    if not finished:
        raise DataError(f"{folder} has no finished cell")
    found = [(record, _scores_of(record, days)) for record in finished]
    rows = [
        {"variant": record["variant"], "run": record["run"], "folder": str(folder), "record": record, **scores}
        for record, scores in found
        if any(scores.get(name) is not None for name in SCORES)
    ]
    if not rows:
        measured = sorted({int(day) for record in finished for day in record.get("in_flight") or {}})
        others = f"after {', '.join(map(str, measured))} days" if measured else "at upload alone"
        raise DataError(f"{folder} has no scores {spell_days(days)}; it has some {others}")
    table = pd.DataFrame(rows).reindex(columns=["variant", "run", "folder", "record", *SCORES])
    return table.astype(dict.fromkeys(SCORES, float))


def spell_days(days: int) -> str:
    """Return when a forecast is made, in words."""
    return f"after {days} observed day{'s' * (days > 1)}" if days else "at upload"


def resampled_scores(cells: pd.DataFrame, score: str, days: int) -> dict[tuple[str, int], FloatArray]:
    """Return a score on each resample of the test posts, by variant and run; without cells that kept no errors.

    `cells` are rows of `run_scores`, all of one division.
    """
    if score not in KEPT:
        return {}
    kept: dict[tuple[str, int], FloatArray] = {}
    for cell in cells.itertuples():
        errors = read_errors(Path(cell.folder), cell.record, score, days)
        if errors is not None:
            kept[str(cell.variant), int(cell.run)] = errors
    if not kept:
        return {}
    n_posts = {len(errors) for errors in kept.values()}
    if len(n_posts) > 1:
        raise DataError(f"runs of one division have {' and '.join(map(str, sorted(n_posts)))} test posts")
    n = n_posts.pop()
    cut = {"trmse": int(_TRIM * n), "med": (n - 1) // 2, "mrse": 0}[score]
    return dict(zip(kept, resample_posts(np.column_stack([*kept.values()]), cut).T, strict=True))


def _scores_of(record: Record, days: int) -> Record:
    """Return the scores of a record at upload or after some days, empty where it has none."""
    found: Record = (record.get("in_flight") or {}).get(str(days), {}) if days else record
    return {name: found.get(name) for name in SCORES}
