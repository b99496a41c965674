"""Tables made of records: one row per variant, averaged over the runs."""

from collections.abc import Sequence

import pandas as pd

from tsshape.bench._records import Record, is_failed

MEANS = ("n_clusters", "accuracy", "majority_share", "balanced_accuracy", "rho", "trmse", "med")


def score_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return the scores of each variant.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them; failed cells are left out.

    Returns
    -------
    DataFrame
        Index `variant` in the order of the records; columns `runs`; the means over the runs of `n_clusters`,
        `accuracy`, `majority_share` (the accuracy of always predicting the largest training cluster),
        `balanced_accuracy` (mean recall of the clusters), `rho` (Spearman's, true against forecast scale), `trmse`
        and `med` (in the unit of the counts), NaN where a variant has no such score; and `trmse_sd`, the standard
        deviation of `trmse` over the runs.

    Examples
    --------
    >>> record = {"variant": "trivial", "run": 0, "rho": None, "trmse": 3.0, "med": 2.0}
    >>> score_table([record, record | {"run": 1, "trmse": 5.0}])["trmse"].to_dict()
    {'trivial': 4.0}
    """
    finished = [record for record in records if not is_failed(record)]
    table = pd.DataFrame(finished).reindex(columns=["variant", *MEANS])
    groups = table[[*MEANS]].astype(float).groupby(table["variant"], sort=False)
    means: pd.DataFrame = groups.mean()
    means.insert(0, "runs", groups.size())
    means["trmse_sd"] = groups["trmse"].std()
    return means


def budget_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return the error budget of each variant that has one.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.

    Returns
    -------
    DataFrame
        Index `variant`; columns: tRMSE, in the unit of the counts and averaged over the runs, if `nothing`, the true
        `scale`, the true `prototype` or the true `shape` were known.

    Examples
    --------
    >>> budget_table([{"variant": "a", "budget": {"nothing": 4.0, "scale": 1.0}}]).to_dict("index")
    {'a': {'nothing': 4.0, 'scale': 1.0}}
    """
    with_budget = [record for record in records if "budget" in record]
    table = pd.DataFrame([record["budget"] for record in with_budget])
    variants = pd.Series([record["variant"] for record in with_budget], name="variant", dtype=str)
    means: pd.DataFrame = table.groupby(variants, sort=False).mean()
    return means


def in_flight_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return the scores after some observed days, of each variant that was measured in flight.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.

    Returns
    -------
    DataFrame
        Index (`variant`, `days seen`: the cutoff, in observed days); columns, averaged over the runs: `trmse` and
        `med` on the later days, `naive_trmse` and `naive_med` of the last observed count times the mean growth, and
        the coverage of intervals on the later days.

    Examples
    --------
    >>> scores = {"1": {"trmse": 4.0, "med": 3.0, "naive_trmse": 6.0, "naive_med": 5.0}}
    >>> in_flight_table([{"variant": "a", "in_flight": scores}]).loc[("a", 1), "trmse"]
    np.float64(4.0)
    """
    rows = [
        {"variant": record["variant"], "days seen": int(cutoff), **values}
        for record in records
        for cutoff, values in record.get("in_flight", {}).items()
    ]
    table: pd.DataFrame = _means(rows, ["variant", "days seen"])
    return table


def interval_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return the coverage and width of the intervals at upload, of each variant that has some.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.

    Returns
    -------
    DataFrame
        Index (`variant`, `nominal`); columns, averaged over the runs: `coverage`; that of `quarter 1` (the smallest
        forecast scales) to `quarter 4`; `width` (median over the posts, on the last day, in the unit of the counts).

    Examples
    --------
    >>> cover = {"90%": {"coverage": 0.9, "quarters": [0.91, 0.9, 0.9, 0.89], "width": 120.0}}
    >>> interval_table([{"variant": "a", "intervals": cover}]).loc[("a", "90%"), "quarter 1"]
    np.float64(0.91)
    """
    rows = [
        {
            "variant": record["variant"],
            "nominal": nominal,
            "coverage": values["coverage"],
            **{f"quarter {number}": share for number, share in enumerate(values["quarters"], start=1)},
            "width": values["width"],
        }
        for record in records
        for nominal, values in record.get("intervals", {}).items()
    ]
    table: pd.DataFrame = _means(rows, ["variant", "nominal"])
    return table


def _means(rows: list[Record], keys: list[str]) -> pd.DataFrame:
    """Return means over the runs; an empty table if there are no rows."""
    return pd.DataFrame(rows).groupby(keys, sort=False).mean() if rows else pd.DataFrame()
