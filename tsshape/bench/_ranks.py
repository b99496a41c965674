"""Variants compared over several data sets: mean ranks, and tests of each pair."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import friedmanchisquare, wilcoxon

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape._validation import check_choice
from tsshape.bench._compare_columns import SCORES
from tsshape.bench._records import Run, read_run
from tsshape.bench._run_scores import run_scores, spell_days

# Of these scores the greatest is the best.
GREATER_IS_BETTER = frozenset({"rho"})
# The test of Friedman is of three variants or more.
_FEWEST_FOR_FRIEDMAN = 3


class DatasetComparison(NamedTuple):
    """Variants compared over data sets.

    Attributes
    ----------
    ranks : DataFrame
        Index `variant`, the best first; columns `mean_rank` (1 is the best; variants that tie share the mean of their
        ranks), `best` (number of data sets on which it is the best, or one of those that tie) and `datasets`.
    pairs : DataFrame
        Index (`variant`, `other`), the one of the lower mean rank first; columns `wins`, `ties`, `losses` (numbers of
        data sets), `p_value` of Wilcoxon's signed-rank test, `p_holm`, corrected for the number of pairs, and
        `different`, whether that is below `alpha`.
    groups : list of list of str
        The largest sets of variants, neighbours in the order of mean ranks, of which no pair differs: the bars of a
        critical-difference picture.
    friedman_p : float
        p-value of Friedman's test that all variants are equally good; NaN for two variants.
    left_out : list of str
        Variants that were not measured on all data sets.

    Examples
    --------
    >>> ranks = pd.DataFrame({"mean_rank": [1.2, 1.8]}, index=pd.Index(["ours", "trivial"], name="variant"))
    >>> DatasetComparison(ranks, pd.DataFrame(), [["ours", "trivial"]], float("nan"), []).ranks.index[0]
    'ours'
    """

    ranks: pd.DataFrame
    pairs: pd.DataFrame
    groups: list[list[str]]
    friedman_p: float
    left_out: list[str]


def compare_datasets(
    runs: Sequence[str | Path], *, score: str = "trmse", alpha: float = 0.05, days: int = 0
) -> DatasetComparison:
    """Compare variants over several data sets by mean ranks, and each pair by Wilcoxon's test with Holm's correction.

    Parameters
    ----------
    runs : sequence of path
        Run folders of the same variants, each on other data.
    score : {"trmse", "med", "mrse", "rho"}
        The score that ranks, the mean over the splits of a folder; `mrse` takes `days`.
    alpha : float, default=0.05
        Level of significance, between 0 and 1.
    days : int, default=0
        After how many observed days the forecasts are made that are compared; 0 is at upload.

    Returns
    -------
    DatasetComparison

    Raises
    ------
    DataError
        If two folders have the same data, or there are fewer than two variants that all folders have with that score.

    Notes
    -----
    As in Demšar (2006, Journal of Machine Learning Research 7, 1-30), differences of 0 count half for either side. The
    tests compare all pairs with each other, as Benavoli et al. (2016, JMLR 17, 1-10) advise, since a test by mean ranks
    would make the answer about a pair depend on the other variants. Few data sets give no small p-values: with five,
    the least is 0.0625.

    Examples
    --------
    >>> import tempfile, tsshape
    >>> from tsshape.bench import Suite, run
    >>> suite = Suite(name="baselines", variants=(), n_runs=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for seed in (0, 1):
    ...         posts = tsshape.simulate_spid(60, n_times=5, random_state=seed)
    ...         _ = run(suite, posts, f"{folder}/{seed}")
    ...     found = compare_datasets([f"{folder}/0", f"{folder}/1"])
    >>> float(found.ranks["mean_rank"].sum()), len(found.pairs)
    (3.0, 1)
    """
    check_choice("score", score, SCORES)
    found = {Path(folder): read_run(folder) for folder in runs}
    _check_distinct(found)
    table = pd.DataFrame({str(folder): _means(folder, run, score, days) for folder, run in found.items()})
    complete = table.dropna()
    if len(complete) < 2:  # noqa: PLR2004
        raise DataError(
            f"there are fewer than two variants with the score {score!r} {spell_days(days)} in all of "
            f"{', '.join(table.columns)}: run the same suite on each data set"
        )
    losses = complete if score not in GREATER_IS_BETTER else -complete
    left_out = [str(name) for name in table.index.difference(complete.index, sort=False)]
    return rank_variants(losses, alpha, left_out)


def have_same_data(runs: Sequence[str | Path]) -> bool:
    """Return whether all run folders are of the same data."""
    return len({read_run(folder).environment["data_fingerprint"] for folder in runs}) == 1


def rank_variants(losses: pd.DataFrame, alpha: float, left_out: list[str]) -> DatasetComparison:
    """Compare variants by losses of shape (n_variants, n_datasets), of which the least is the best."""
    rank_of = losses.rank(axis=0)
    ranks = pd.DataFrame(
        {
            "mean_rank": rank_of.mean(axis=1),
            "best": (losses == losses.min(axis=0)).sum(axis=1),
            "datasets": losses.shape[1],
        }
    )
    ranks = ranks.sort_values("mean_rank", kind="stable").rename_axis("variant")
    names = [str(name) for name in ranks.index]
    pairs = pd.DataFrame.from_dict(
        {(a, b): _compare_pair(losses.loc[a].to_numpy(), losses.loc[b].to_numpy()) for a, b in combinations(names, 2)},
        orient="index",
    )
    pairs.index = pd.MultiIndex.from_tuples(pairs.index, names=["variant", "other"])
    pairs["p_holm"] = adjust_by_holm(pairs["p_value"].to_numpy())
    pairs["different"] = pairs["p_holm"] < alpha
    enough = len(names) >= _FEWEST_FOR_FRIEDMAN and bool((losses.min() < losses.max()).any())
    friedman_p = float(friedmanchisquare(*losses.to_numpy()).pvalue) if enough else np.nan
    return DatasetComparison(ranks, pairs, _groups(names, pairs["different"]), friedman_p, left_out)


def adjust_by_holm(p_values: FloatArray) -> FloatArray:
    """Return p-values corrected for their number by Holm's (1979) step-down method."""
    order = np.argsort(p_values, kind="stable")
    steps = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps * p_values[order]), 1.0)
    return adjusted


def _compare_pair(first: FloatArray, second: FloatArray) -> dict[str, float]:
    """Return one row of the pairs."""
    difference = second - first
    return {
        "wins": int((difference > 0).sum()),
        "ties": int((difference == 0).sum()),
        "losses": int((difference < 0).sum()),
        "p_value": float(wilcoxon(difference, zero_method="zsplit").pvalue) if difference.any() else 1.0,
    }


def _groups(names: Sequence[str], different: pd.Series) -> list[list[str]]:
    """Return the largest runs of neighbours, two or more, of which no pair differs."""
    found: list[list[str]] = []
    last = 0
    for start in range(len(names)):
        stop = start + 1
        while stop < len(names) and not any(different[name, names[stop]] for name in names[start:stop]):
            stop += 1
        if stop - start > 1 and stop > last:
            found.append(list(names[start:stop]))
            last = stop
    return found


def _means(folder: Path, run: Run, score: str, days: int) -> pd.Series:
    """Return the mean of the score of each variant over the splits of a folder."""
    return run_scores(folder, run, days).groupby("variant", sort=False)[score].mean()


def _check_distinct(runs: dict[Path, Run]) -> None:
    """Refuse one folder only, and two folders of the same data, which would count twice."""
    if len(runs) < 2:  # noqa: PLR2004
        raise DataError("a comparison over data sets takes the run folders of two or more")
    seen: dict[str, Path] = {}
    for folder, run in runs.items():
        other = seen.setdefault(run.environment["data_fingerprint"], folder)
        if other != folder:
            raise DataError(f"{folder} and {other} have the same data: name one run folder for each data set")
