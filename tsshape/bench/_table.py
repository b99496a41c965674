"""Tables made of records: one row per variant, averaged over the runs."""

from collections.abc import Sequence

import pandas as pd

from tsshape.bench._cell import Record
from tsshape.bench._records import is_failed

# What is shown of forecasts after some observed days; `coverage_table` has the rest.
IN_FLIGHT = ("trmse", "med", "mrse", "coverage_80%", "coverage_90%")
MEANS = ("n_clusters", "accuracy", "majority_share", "balanced_accuracy", "rho", "trmse", "med")


def score_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return the scores of each variant.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them; failed cells are left out, and so are baselines that have none at upload.

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
    finished = [record for record in records if not is_failed(record) and "trmse" in record]
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
        `med` on the later days, `mrse`, the mean relative squared error of the last count, with its standard deviation
        over the runs, `mrse_sd`, and the coverage of intervals for 80 and 90 % on the later days.

    Examples
    --------
    >>> scores = {"1": {"trmse": 4.0, "med": 3.0, "mrse": 0.1}}
    >>> in_flight_table([{"variant": "a", "in_flight": scores}]).loc[("a", 1), "trmse"]
    np.float64(4.0)
    """
    rows = [
        {"variant": record["variant"], "days seen": int(cutoff), **{name: values.get(name) for name in IN_FLIGHT}}
        for record in records
        for cutoff, values in record.get("in_flight", {}).items()
    ]
    if not rows:
        return pd.DataFrame()
    groups = pd.DataFrame(rows).astype(dict.fromkeys(IN_FLIGHT, float)).groupby(["variant", "days seen"], sort=False)
    means: pd.DataFrame = groups.mean()
    means.insert(3, "mrse_sd", groups["mrse"].std())
    return means


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


def calibration_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return how well the probabilities of passing a count are calibrated, of each variant that forecasts some.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.

    Returns
    -------
    DataFrame
        Index (`variant`, `above`: the count, `days seen`, `tenth` of forecast probability, such as "10-20 %");
        columns: `posts`, the number of test posts of all runs; `forecast`, their mean probability; `share` of them that
        passed the count; `gap`, share minus forecast, and `error`, the standard error of the share if the forecast is
        right, in points.

    Examples
    --------
    >>> tenth = {"above": 1000.0, "days": 3, "tenth": 2, "posts": 40, "forecast": 0.15, "share": 0.2}
    >>> calibration_table([{"variant": "a", "probability": [tenth]}]).loc[("a", 1000, 3, "10-20 %"), "gap"].round(3)
    np.float64(5.0)
    """
    rows = [{"variant": record["variant"], **tenth} for record in records for tenth in record.get("probability") or ()]
    if not rows:
        return pd.DataFrame()
    table = pd.DataFrame(rows).rename(columns={"days": "days seen"})
    for column in ("forecast", "share"):
        table[column] *= table["posts"]
    keys = ["variant", "above", "days seen", "tenth"]
    sums = table.groupby(keys)[["posts", "forecast", "share"]].sum()
    # The variants stay in the order of the records.
    sums = sums.loc[[*dict.fromkeys(table["variant"])]].reset_index()
    forecast, share = sums["forecast"] / sums["posts"], sums["share"] / sums["posts"]
    return sums.assign(
        tenth=[f"{10 * tenth - 10}-{10 * tenth} %" for tenth in sums["tenth"]],
        forecast=forecast,
        share=share,
        gap=100 * (share - forecast),
        error=100 * (forecast * (1 - forecast) / sums["posts"]) ** 0.5,
    ).set_index(keys)


def top_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return how many of the greatest posts are found by ranking, of each variant that forecasts probabilities.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.

    Returns
    -------
    DataFrame
        Index (`variant`, `days seen`); columns, averaged over the runs: of the 5 % of posts that are ranked highest by
        `forecast`, the share that are among the 5 % with the highest final counts; and the same by `last_count`, NaN
        at upload.

    Examples
    --------
    >>> top = {"0": {"forecast": 0.6}, "3": {"forecast": 0.9, "last_count": 0.8}}
    >>> top_table([{"variant": "a", "top": top}]).loc[("a", 3), "last_count"]
    np.float64(0.8)
    """
    rows = [
        {"variant": record["variant"], "days seen": int(days), "last_count": None, **shares}
        for record in records
        for days, shares in (record.get("top") or {}).items()
    ]
    table: pd.DataFrame = _means(rows, ["variant", "days seen"])
    return table.astype(float)[["forecast", "last_count"]] if rows else table


def alert_table(records: Sequence[Record]) -> pd.DataFrame:
    """Return whether posts that run outside their interval end outside it, of each variant that watches.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.

    Returns
    -------
    DataFrame
        Index (`variant`, `days seen`); columns, over the posts of all runs: `flagged`, the share of posts outside the
        interval forecast for that day at upload; `ended`, the share that end outside that of the last day;
        `precision`, the share of the flagged that end outside on the same side, and `recall`, the share of those that
        end outside that are flagged; the same for as many posts flagged by their last count alone,
        `precision_by_count` and `recall_by_count`.

    Examples
    --------
    >>> alerts = {"3": {"ended": 20, "flagged": 10, "right": 8, "right_by_count": 2}}
    >>> alert_table([{"variant": "a", "n_test": 100, "watch": alerts}]).loc[("a", 3), ["precision", "recall"]].tolist()
    [0.8, 0.4]
    """
    rows = [
        {"variant": record["variant"], "days seen": int(days), "posts": record["n_test"], **numbers}
        for record in records
        for days, numbers in (record.get("watch") or {}).items()
    ]
    if not rows:
        return pd.DataFrame()
    sums = pd.DataFrame(rows).groupby(["variant", "days seen"], sort=False).sum().astype(float)
    shares = {"flagged": ("flagged", "posts"), "ended": ("ended", "posts")}
    for name, right in (("", "right"), ("_by_count", "right_by_count")):
        shares |= {f"precision{name}": (right, "flagged"), f"recall{name}": (right, "ended")}
    return pd.DataFrame(
        {name: sums[part] / sums[whole].where(sums[whole] > 0) for name, (part, whole) in shares.items()}
    )


def _means(rows: list[Record], keys: list[str]) -> pd.DataFrame:
    """Return means over the runs; an empty table if there are no rows."""
    return pd.DataFrame(rows).groupby(keys, sort=False).mean() if rows else pd.DataFrame()
