"""Figures that others published for the same posts and division, beside those measured here."""

from collections.abc import Sequence

import pandas as pd

from tsshape.bench._cell import Record
from tsshape.bench._components import Published
from tsshape.bench._records import is_failed


def published_table(records: Sequence[Record], published: Sequence[Published]) -> pd.DataFrame:
    """Return the MRSE of each variant in flight beside published ones of the same posts and division.

    Parameters
    ----------
    records : sequence of dict
        Records as `run` returns them.
    published : sequence of Published
        Those of the suite.

    Returns
    -------
    DataFrame
        Index (`days seen`, `variant`); columns: `mrse`, averaged over the runs, NaN for a method that is quoted only,
        and its standard deviation over them, `mrse_sd`; `published`, NaN where nothing was; `source`, where that
        stands, and whether the method is an oracle. Empty if nothing was published of a test part of as many posts.

    Examples
    --------
    >>> from tsshape.bench import load_suite
    >>> record = {"variant": "ML", "n_test": 100_354, "in_flight": {"7": {"mrse": 0.04613}}}
    >>> published_table([record], load_suite("twostage").published).loc[(7, "ML"), ["mrse", "published"]].tolist()
    [0.04613, 0.0461299]
    """
    sizes = {record.get("n_test") for record in records}
    same = [each for each in published if {each.n_test} == sizes]
    if not same:
        return pd.DataFrame()
    rows = [
        {"days seen": int(days), "variant": record["variant"], "mrse": scores["mrse"]}
        for record in records
        if not is_failed(record)
        for days, scores in (record.get("in_flight") or {}).items()
        if "mrse" in scores
    ]
    keys = ["days seen", "variant"]
    groups = pd.DataFrame(rows, columns=[*keys, "mrse"]).astype({"mrse": float}).groupby(keys, sort=False)["mrse"]
    measured = pd.DataFrame({"mrse": groups.mean(), "mrse_sd": groups.std()})
    quoted = pd.DataFrame(
        [
            {
                "days seen": each.days,
                "variant": each.name,
                "published": each.mrse,
                "source": each.source + (" (an oracle)" if each.oracle else ""),
            }
            for each in same
        ]
    ).set_index(keys)
    # Quoted methods stand after the measured ones of the same number of days.
    index = pd.MultiIndex.from_tuples(dict.fromkeys([*measured.index, *quoted.index]), names=keys)
    table = measured.reindex(index).join(quoted.reindex(index))
    return table.sort_index(level="days seen", sort_remaining=False, kind="stable")
