"""Paired differences between variants, over the splits that they share."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tsshape._errors import DataError
from tsshape.bench._compare_columns import SCORES
from tsshape.bench._intervals import bootstrap_interval, corrected_t_interval
from tsshape.bench._records import Run, is_failed, read_run

# Splits that draw their test posts anew, so that any two have posts in common.
OVERLAPPING = frozenset({"random", "author"})
# Scores that only some suites have.
_OPTIONAL = frozenset({"mrse"})


def compare(runs: Sequence[str | Path], *, baseline: str | None = None, coverage: float = 0.95) -> pd.DataFrame:
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

    Returns
    -------
    DataFrame
        Index (`variant`, `score`), scores `trmse`, `med`, `rho`, and `mrse` where it was measured; columns `runs`
        (number of splits on which both have the score), the means `baseline` and `variant_mean`, their `difference`
        (variant minus baseline), the ends `lower`, `upper` of its interval over the splits and the `p_value` of a
        difference of 0. With fewer than 5 splits there is no interval: NaN.

    Raises
    ------
    DataError
        If a folder is not a run folder, the folders differ in data or protocol, or there is no such baseline.

    Notes
    -----
    Splits `random` and `author` draw from the same posts again and again, and overlap. Their interval is that of the
    corrected resampled t test (Nadeau & Bengio 2003, Machine Learning 52, 239-281), which allows for it: the standard
    error is that of independent splits times sqrt(1 + J n₂ / n₁), with J splits of n₁ training and n₂ test posts.
    Any other runs have the percentile interval of `scipy.stats.bootstrap`, from 10,000 resamples of the runs with a
    fixed seed, and no p-value. If their test posts are the same, it says how much the fits differ, not the posts.

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
    table = pd.concat([_scores(folder, run, prefix=len(folders) > 1) for folder, run in found.items()])
    scores = [score for score in SCORES if score not in _OPTIONAL or table[score].notna().any()]
    test_share = _test_share(found[folders[0]])
    names = list(dict.fromkeys(table["variant"]))
    baseline = names[0] if baseline is None else baseline
    if baseline not in names:
        raise DataError(f"there is no variant {baseline!r} to compare with; there are {', '.join(map(repr, names))}")
    rows = {}
    for score in scores:
        wide = table.pivot_table(index="run", columns="variant", values=score, aggfunc="first", dropna=False)
        for name in names:
            if name != baseline:
                rows[name, score] = _paired(wide[baseline], wide[name], test_share, coverage)
    result = pd.DataFrame.from_dict(rows, orient="index").sort_index(level=0, sort_remaining=False)
    result.index = pd.MultiIndex.from_tuples(result.index, names=["variant", "score"])
    return result.reindex([(name, score) for name in names if name != baseline for score in scores])


def _scores(folder: Path, run: Run, *, prefix: bool) -> pd.DataFrame:
    """Return the scores of the finished cells of a folder."""
    finished = [record for record in run.records if not is_failed(record)]
    table = pd.DataFrame(finished).reindex(columns=["variant", "run", *SCORES])
    if table.empty:
        raise DataError(f"{folder} has no finished cell")
    if prefix:
        table["variant"] = f"{folder.name}: " + table["variant"]
    return table.astype(dict.fromkeys(SCORES, float))


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


def _paired(baseline: pd.Series, variant: pd.Series, test_share: float | None, coverage: float) -> dict[str, float]:
    """Return one row of the comparison."""
    both = baseline.notna() & variant.notna()
    differences = (variant - baseline)[both].to_numpy()
    if test_share is None:
        interval = bootstrap_interval(differences, coverage)
    else:
        interval = corrected_t_interval(differences, test_share, coverage)
    return {
        "runs": int(both.sum()),
        "baseline": float(baseline[both].mean()),
        "variant_mean": float(variant[both].mean()),
        "difference": float(np.mean(differences)) if len(differences) else np.nan,
        **interval._asdict(),
    }
