"""Paired differences between variants, over the splits that they share, or over the posts of one division."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape.bench._compare_columns import SCORES
from tsshape.bench._intervals import Interval, bootstrap_interval, corrected_t_interval, percentile_interval
from tsshape.bench._records import Run, read_run
from tsshape.bench._run_scores import resampled_scores, run_scores, spell_days

# Splits that draw their test posts anew, so that any two have posts in common.
OVERLAPPING = frozenset({"random", "author"})
# The interval of a difference, from the names of baseline and variant, and the differences by run.
MakeInterval: TypeAlias = Callable[[str, str, pd.Series], Interval]


def compare(
    runs: Sequence[str | Path], *, baseline: str | None = None, coverage: float = 0.95, days: int = 0
) -> pd.DataFrame:
    """Compare variants with a baseline on the same splits.

    Parameters
    ----------
    runs : sequence of path
        Run folders, made on the same data with the same protocol.
    baseline : str, optional
        Name of a variant; by default the first one of the first folder. With several folders a variant is called
        `folder: variant`.
    coverage : float, default=0.95
        Nominal coverage of the intervals, between 0 and 1.
    days : int, default=0
        After how many observed days the forecasts are made that are compared; 0 is at upload.

    Returns
    -------
    DataFrame
        Index (`variant`, `score`), scores `trmse`, `med`, `mrse` and `rho` where they were measured; without variants
        that forecast nothing then. Columns `runs` (number of splits, or of seeds on one division, on which both have
        the score), the means `baseline` and `variant_mean`, their `difference` (variant minus baseline), the ends
        `lower`, `upper` of its interval, the `p_value` of a difference of 0, and the `method` of the interval:
        "corrected t", "by split", "by post", or None where there is no interval.

    Raises
    ------
    DataError
        If a folder is not a run folder, the folders differ in data or protocol, there is no such baseline, or nothing
        was measured after so many days.

    Notes
    -----
    Splits `random` and `author` draw from the same posts again and again, and overlap. Their interval is that of the
    corrected resampled t test (Nadeau & Bengio 2003, Machine Learning 52, 239-281), which allows for it: the standard
    error is that of independent splits times sqrt(1 + J n₂ / n₁), with J splits of n₁ training and n₂ test posts.
    The windows of a `rolling` split have the percentile interval of `scipy.stats.bootstrap`, from 10,000 resamples of
    the runs with a fixed seed. Both take 5 splits or more.
    The splits `time` and `predefined` are one division. Seeds are no further experiments, as the test posts are the
    same; so the posts are resampled 1,000 times, the same for both variants, and the scores, averaged over the seeds,
    are computed from the errors that the run folder keeps of each post. It says how much the difference would vary with
    other test posts, the fitted models being as they are. rho, which is no mean over posts, has no such interval, and
    neither have folders without these errors. A bootstrap has no p-value.

    Examples
    --------
    >>> import tempfile, tsshape
    >>> from tsshape.bench import Suite, run
    >>> posts = tsshape.simulate_spid(60, n_times=5, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = run(Suite(name="baselines", variants=(), n_runs=2), posts, folder)
    ...     table = compare([folder])
    >>> table.loc[("direct LightGBM", "trmse"), "runs"]
    np.int64(2)
    """
    folders = [Path(folder) for folder in runs]
    if len({folder.name for folder in folders}) < len(folders):
        raise DataError("two of the run folders have the same name, by which variants are distinguished: rename one")
    found = {folder: read_run(folder) for folder in folders}
    _check_comparable(found)
    table = pd.concat([_scores(folder, run, days, prefix=len(folders) > 1) for folder, run in found.items()])
    scores = [score for score in SCORES if table[score].notna().any()]
    names = list(dict.fromkeys(table["variant"]))
    baseline = names[0] if baseline is None else baseline
    if baseline not in names:
        there_are = f"there are {', '.join(map(repr, names))}"
        raise DataError(f"there is no variant {baseline!r} with scores {spell_days(days)}; {there_are}")
    if len(names) == 1:
        raise DataError(f"only {baseline!r} has scores {spell_days(days)}: there is nothing to compare it with")
    rows = {}
    for score in scores:
        wide = table.pivot_table(index="run", columns="variant", values=score, aggfunc="first", dropna=False)
        interval = _intervals(found[folders[0]], table, score, days, coverage)
        for name in names:
            if name != baseline:
                rows[name, score] = _paired(wide, baseline, name, interval)
    index = [(name, score) for name in names if name != baseline for score in scores]
    return pd.DataFrame(
        [rows[each] for each in index], index=pd.MultiIndex.from_tuples(index, names=["variant", "score"])
    )


def _scores(folder: Path, run: Run, days: int, *, prefix: bool) -> pd.DataFrame:
    """Return the scores of a folder, with variants called by it where there are several."""
    table = run_scores(folder, run, days)
    return table.assign(variant=f"{folder.name}: " + table["variant"]) if prefix else table


def _check_comparable(runs: Mapping[Path, Run]) -> None:
    """Refuse folders whose splits are not the same."""
    protocols = {
        folder: {"data": run.environment["data_fingerprint"], **run.suite.protocol} for folder, run in runs.items()
    }
    first, *others = protocols
    for folder in others:
        differing = [key for key, value in protocols[folder].items() if value != protocols[first].get(key)]
        if differing:
            raise DataError(f"{folder} cannot be compared with {first}: {', '.join(differing)} differ")


def _test_share(run: Run) -> float | None:
    """Return the test posts a training post of splits that overlap, None for other splits."""
    if run.suite.split not in OVERLAPPING:
        return None
    shares = [
        record["n_test"] / record["n_train"] for record in run.records if record.get("n_test") and record.get("n_train")
    ]
    return float(np.mean(shares)) if shares else run.suite.test_size / (1 - run.suite.test_size)


def _intervals(run: Run, cells: pd.DataFrame, score: str, days: int, coverage: float) -> MakeInterval:
    """Return a function that makes the interval of baseline, variant and their differences by run."""
    if run.suite.one_division:
        resampled = resampled_scores(cells, score, days)

        def by_post(baseline: str, variant: str, differences: pd.Series) -> Interval:
            pairs = [((variant, int(each)), (baseline, int(each))) for each in differences.index]
            if not pairs or not all(key in resampled for pair in pairs for key in pair):
                return Interval()
            return percentile_interval(np.mean([resampled[a] - resampled[b] for a, b in pairs], axis=0), coverage)

        return by_post
    test_share = _test_share(run)
    if test_share is None:
        return lambda _baseline, _variant, differences: bootstrap_interval(differences.to_numpy(), coverage)
    return lambda _baseline, _variant, differences: corrected_t_interval(differences.to_numpy(), test_share, coverage)


def _paired(wide: pd.DataFrame, baseline: str, variant: str, interval: MakeInterval) -> dict[str, Any]:
    """Return one row of the comparison."""
    both = wide[[baseline, variant]].dropna()
    differences = both[variant] - both[baseline]
    return {
        "runs": len(both),
        "baseline": float(both[baseline].mean()),
        "variant_mean": float(both[variant].mean()),
        "difference": float(differences.mean()),
        **interval(baseline, variant, differences)._asdict(),
    }
