"""Records as tables: one row a variant, averaged over the runs."""

from collections.abc import Sequence

import pandas as pd

from tsshape.bench._records import Record

MEANS = ("n_clusters", "accuracy", "majority_share", "balanced_accuracy", "rho", "trmse", "med")


def score_table(records: Sequence[Record]) -> pd.DataFrame:
    """The scores of each variant.

    Parameters
    ----------
    records : sequence of dict
        As `run` returns them.

    Returns
    -------
    DataFrame
        Index `variant` in the order of the records; columns `runs`; the means over the runs of `n_clusters`,
        `accuracy`, `majority_share` (the accuracy of always naming the largest training cluster),
        `balanced_accuracy` (mean recall of the clusters), `rho` (Spearman's, true against forecast scale), `trmse`
        and `med` (in the unit of the counts), NaN where a variant has no such figure; and `trmse_sd`, the standard
        deviation of `trmse` over the runs.

    Examples
    --------
    >>> record = {"variant": "trivial", "run": 0, "rho": None, "trmse": 3.0, "med": 2.0}
    >>> score_table([record, record | {"run": 1, "trmse": 5.0}])["trmse"].to_dict()
    {'trivial': 4.0}
    """
    table = pd.DataFrame(list(records))
    columns = table.reindex(columns=list(MEANS)).astype(float)
    groups = columns.groupby(table["variant"], sort=False)
    means: pd.DataFrame = groups.mean()
    means.insert(0, "runs", groups.size())
    means["trmse_sd"] = groups["trmse"].std()
    return means


def budget_table(records: Sequence[Record]) -> pd.DataFrame:
    """The error budget of each variant that has one.

    Parameters
    ----------
    records : sequence of dict
        As `run` returns them.

    Returns
    -------
    DataFrame
        Index `variant`; columns what was known: `nothing`, `scale`, `prototype`, `shape`; values the mean over the
        runs of tRMSE, in the unit of the counts.

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
