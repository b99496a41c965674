"""Paired differences between variants, over the splits that they share."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import bootstrap

from tsshape._errors import DataError
from tsshape._typing import FloatArray
from tsshape.bench._records import Run, is_failed, read_run

SCORES = ("trmse", "med", "rho")
N_RESAMPLES = 10_000
# With fewer splits, resampling them says too little of how much others would differ.
MIN_SPLITS = 5


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
        Nominal coverage of the bootstrap intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        Index (`variant`, `score`), scores `trmse`, `med` and `rho`; columns `runs` (number of splits on which both
        have the score), the means `baseline` and `variant_mean`, their `difference` (variant minus baseline) and the
        ends `lower`, `upper` of its bootstrap interval over the splits. With fewer than 5 splits there is no interval:
        NaN.

    Raises
    ------
    DataError
        If a folder is not a run folder, the folders differ in data or protocol, or there is no such baseline.

    Notes
    -----
    The interval is the percentile interval of `scipy.stats.bootstrap`, from 10,000 resamples of the splits with a
    fixed seed. Random splits of one table overlap, so it says how much the difference varies with the split; it does
    not say what the difference would be on other posts.

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
    names = list(dict.fromkeys(table["variant"]))
    baseline = names[0] if baseline is None else baseline
    if baseline not in names:
        raise DataError(f"there is no variant {baseline!r} to compare with; there are {', '.join(map(repr, names))}")
    rows = {}
    for score in SCORES:
        wide = table.pivot_table(index="run", columns="variant", values=score, aggfunc="first", dropna=False)
        for name in names:
            if name != baseline:
                rows[name, score] = _paired(wide[baseline], wide[name], coverage)
    result = pd.DataFrame.from_dict(rows, orient="index").sort_index(level=0, sort_remaining=False)
    result.index = pd.MultiIndex.from_tuples(result.index, names=["variant", "score"])
    return result.reindex([(name, score) for name in names if name != baseline for score in SCORES])


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


def _paired(baseline: pd.Series, variant: pd.Series, coverage: float) -> dict[str, float]:
    """Return one row of the comparison."""
    both = baseline.notna() & variant.notna()
    differences = (variant - baseline)[both].to_numpy()
    lower, upper = _bootstrap_interval(differences, coverage)
    return {
        "runs": int(both.sum()),
        "baseline": float(baseline[both].mean()),
        "variant_mean": float(variant[both].mean()),
        "difference": float(np.mean(differences)) if len(differences) else np.nan,
        "lower": lower,
        "upper": upper,
    }


def _bootstrap_interval(differences: FloatArray, coverage: float) -> tuple[float, float]:
    """Return the percentile interval of the mean; NaN where there are too few differences."""
    if len(differences) < MIN_SPLITS:
        return np.nan, np.nan
    # Not the corrected interval (BCa): it is undefined where all differences are equal.
    found = bootstrap(
        (differences,),
        np.mean,
        n_resamples=N_RESAMPLES,
        confidence_level=coverage,
        method="percentile",
        random_state=np.random.default_rng(0),
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
