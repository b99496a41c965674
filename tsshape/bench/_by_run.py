"""Tables that show how runs differ: the spread of coverage, and the runs of a rolling split."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from tsshape.bench._cell import Record
from tsshape.bench._intervals import MIN_SPLITS
from tsshape.bench._records import is_failed

_LEVELS = ("50%", "80%", "90%")


def coverage_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return how often intervals cover, on average and in the worst runs, of each variant with runs enough.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.

    Returns
    -------
    DataFrame
        Index (`variant`, `days seen`: 0 at upload), of the variants with at least 5 runs; columns: the coverage on the
        days that are forecast, averaged over the runs, of intervals of 50, 80 and 90 %; the `least` and `greatest`
        coverage of a run for 90 %; and of intervals for 90 % of the last day, the median over the posts, averaged over
        the runs, of `ratio` (upper end / lower end, with 1 added to each) and of `width` (at upload, in the unit of the
        counts).

    Examples
    --------
    >>> upload = {"90%": {"coverage": 0.9, "width": 120.0, "log_width": 1.0}}
    >>> runs = [{"variant": "a", "intervals": upload} for _ in range(4)]
    >>> lower = {"90%": {"coverage": 0.8, "width": 120.0, "log_width": 1.0}}
    >>> table = coverage_table([*runs, {"variant": "a", "intervals": lower}])
    >>> table.loc[("a", 0), ["coverage_90%", "least", "greatest", "ratio"]].round(2).tolist()
    [0.88, 0.8, 0.9, 2.72]
    """
    rows = [row for record in records if not is_failed(record) for row in _coverages(record)]
    if not rows:
        return pd.DataFrame()
    keys = ["variant", "days seen"]
    names = [f"coverage_{level}" for level in _LEVELS]
    table = pd.DataFrame(rows).reindex(columns=[*keys, *names, "log_width", "width"])
    # Without intervals for 90 % there are no widths, which are None then.
    groups = table.astype({"log_width": float, "width": float}).groupby(keys, sort=False)
    found = groups[names].mean()
    found["least"], found["greatest"] = groups["coverage_90%"].min(), groups["coverage_90%"].max()
    found["ratio"], found["width"] = np.exp(groups["log_width"].mean()), groups["width"].mean()
    found = found[groups.size() >= MIN_SPLITS]
    return found if len(found) else pd.DataFrame()


def rolling_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return the errors of each run of a rolling split, with what there was to learn from.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.

    Returns
    -------
    DataFrame
        Index (`variant`, `run`); columns: `n_train`, the number of posts that were learned from; `n_unfinished`, how
        many of them were still running; `steps_seen`, for how long the split's unfinished posts had been seen (median);
        `trmse` and `med` on the posts of the next days. Empty for other splits, and without baselines that have no
        errors at upload.

    Examples
    --------
    >>> known = {"n_train": 90, "n_unfinished": 40, "steps_seen": 3.0}
    >>> rolling_table([{"variant": "a", "run": 0, **known, "trmse": 4.0, "med": 3.0}]).loc[("a", 0), "n_unfinished"]
    np.int64(40)
    """
    rows = [record for record in records if not is_failed(record) and {"n_unfinished", "trmse"} <= {*record}]
    if not rows:
        return pd.DataFrame()
    columns = ["n_train", "n_unfinished", "steps_seen", "trmse", "med"]
    table = pd.DataFrame(rows).reindex(columns=["variant", "run", *columns]).astype({"steps_seen": float})
    order = {name: place for place, name in enumerate(dict.fromkeys(table["variant"]))}
    return table.sort_values("variant", key=lambda names: names.map(order), kind="stable").set_index(["variant", "run"])


def _coverages(record: Record) -> Iterator[Record]:
    """Yield the coverages of a record at upload and after each cutoff, and the widths for 90 %."""
    intervals = record.get("intervals") or {}
    if not intervals:
        return
    widest = intervals.get("90%", {})
    at_upload = {f"coverage_{level}": values["coverage"] for level, values in intervals.items()}
    widths = {"log_width": widest.get("log_width"), "width": widest.get("width")}
    yield {"variant": record["variant"], "days seen": 0, **at_upload, **widths}
    for cutoff, values in (record.get("in_flight") or {}).items():
        log_width = values.get("log_width_90%")
        yield {"variant": record["variant"], "days seen": int(cutoff), **values, "log_width": log_width}
