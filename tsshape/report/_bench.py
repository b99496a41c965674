"""What a run of the benchmark contributes to a report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from tsshape._columns import Column, format_count, format_percent
from tsshape._errors import DataError
from tsshape.bench import (
    COLUMNS,
    TRIVIAL,
    Illustration,
    Suite,
    budget_table,
    class_table,
    compare,
    coverage_table,
    in_flight_table,
    interval_table,
    is_failed,
    published_table,
    read_run,
    rolling_table,
    score_table,
)
from tsshape.paper import REPORTED_COLUMNS, SOURCE, reported_table
from tsshape.report._charts import calibration_chart
from tsshape.report._conclude import conclude_benchmark, rank_methods
from tsshape.report._lives import Life, lives
from tsshape.report._opening import open_benchmark, spell_effect, trust
from tsshape.report._page import Part, Table, as_table

_KNOWN = {"nothing": "nothing", "scale": "the scale", "prototype": "the prototype", "shape": "the shape"}
# Columns beside the scores: the difference of tRMSE on the same splits.
_DIFFERENCE = (
    Column("difference", "tRMSE less the baseline's", "{:+,.1f}".format),
    Column("interval", "95 % interval"),
)
_CLASSES = "Agreement of the clusters of the training posts with their known classes: means over the splits"
_IN_FLIGHT = "Errors on the days that are forecast, and on the last of them (MRSE): means over the splits"
_PUBLISHED = (
    "Mean relative squared error (MRSE) of the last count, measured here and published for the same posts and division"
)
_COVERAGE = "Share of the posts' days covered: means over the runs, and the least and greatest run"
_ROLLING = "Each run: what was learned from, and the errors on the posts of the next days"
_INTERVALS = "Share of the posts' days covered, overall and by quarter of forecast scale, the smallest first"
_REPORTED = "Reported elsewhere, on other data; not measured here"
_SPLITS = {
    "random": "by chance",
    "author": "no author on both sides",
    "time": "trained on earlier posts than tested",
    "rolling": "trained on what was known on a day, tested on the posts of the next",
    "predefined": "as the data say, the same in each run",
}


class Bar(NamedTuple):
    """The error budget of a variant as a bar: the lengths of its parts in percent of the longest bar, and texts."""

    variant: str
    shape_part: float
    scale_part: float
    nothing: str
    known: dict[str, str]


class Drawn(NamedTuple):
    """A variant with its prototypes and posts."""

    variant: str
    lives: list[Life]
    illustration: Illustration


def bench_part(folder: Path) -> Part:
    """Return the contribution of a run folder."""
    suite, environment, records = read_run(folder)
    finished = [record for record in records if not is_failed(record)]
    scores = score_table(finished)
    if not len(scores):
        raise DataError(f"{folder} has no finished cell to report")
    budget, intervals = budget_table(finished), interval_table(finished)
    differences = compare([folder], baseline=_baseline(scores)).xs("trmse", level="score")
    failed = [record for record in records if is_failed(record)]
    ranked, drawn = rank_methods(scores), _drawn(finished, scores)
    return Part(
        "bench",
        f"Methods compared: {suite.name} on {environment['data'] or 'posts'}",
        open_benchmark(ranked, differences, intervals, _effects(drawn)),
        _facts(suite, environment, len(finished), len(failed)),
        conclude_benchmark(scores, differences, budget, intervals),
        {
            "trust": trust(ranked, intervals),
            "scores": _scores(scores, differences),
            "bars": _bars(budget),
            "classes": as_table(class_table(finished), COLUMNS["classes"], caption=_CLASSES),
            "known": _KNOWN,
            "spell_effect": spell_effect,
            "drawn": drawn,
            "best": ranked.index[0] if len(ranked) else None,
            "in_flight": as_table(in_flight_table(finished), COLUMNS["in_flight"], caption=_IN_FLIGHT),
            "published": as_table(published_table(finished, suite.published), COLUMNS["published"], caption=_PUBLISHED),
            "intervals": as_table(_spaced(intervals), COLUMNS["intervals"], caption=_INTERVALS),
            "coverage": as_table(coverage_table(finished), COLUMNS["coverage"], caption=_COVERAGE),
            "rolling": as_table(rolling_table(finished), COLUMNS["rolling"], caption=_ROLLING),
            "calibration": _calibration(intervals),
            "failed": failed,
            "reported": as_table(reported_table(suite.name), REPORTED_COLUMNS, caption=_REPORTED),
            "source": SOURCE,
        },
        _versions(environment),
    )


def _baseline(scores: pd.DataFrame) -> str:
    """Return the baseline of the comparison: the trivial variant, or the first one if that failed."""
    return TRIVIAL.name if TRIVIAL.name in scores.index else str(scores.index[0])


def _facts(suite: Suite, environment: dict[str, Any], n_finished: int, n_failed: int) -> list[tuple[str, str]]:
    """Return the settings and the data of a run."""
    machine = [f"Python {environment['python']}", environment["platform"], f"{environment['cores']} cores"]
    failed = f", {n_failed} failed" if n_failed else ""
    tested = "" if suite.split == "predefined" else f", {format_percent(suite.test_size, 0)} of the posts to test on"
    size = f"{environment['n_posts']:,} posts, {environment['n_times']} days, {environment['n_features']} features"
    return [
        ("suite", suite.name),
        ("data", f"{environment['data']}: {size}"),
        ("cleaning", "; ".join(environment["cleaning"])),
        ("split", f"{_SPLITS[suite.split]}{tested}, seed {suite.seed}"),
        ("cells", f"{n_finished} finished{failed}"),
        *([("plug-ins", ", ".join(environment["plugins"]))] if environment["plugins"] else []),
        ("machine", ", ".join(machine)),
    ]


def _versions(environment: dict[str, Any]) -> str:
    """Return the software that a run was computed with."""
    return ", ".join(f"{name} {version}" for name, version in environment["versions"].items())


def _effects(drawn: Sequence[Drawn]) -> dict[str, float]:
    """Return the mean absolute effects of features on the logarithm of the views, in the best variant that has some."""
    features = next((each.illustration.features for each in drawn if each.illustration.features), [])
    return {feature.feature: feature.scale for feature in features}


def _scores(scores: pd.DataFrame, differences: pd.DataFrame) -> Table:
    """Return the scores of the variants with their differences from the baseline on the same splits."""
    table = scores.join(differences[["difference", "lower", "upper"]])
    baseline = _baseline(scores)
    table["interval"] = [
        f"{row['lower']:+,.1f} to {row['upper']:+,.1f}" if np.isfinite(row["lower"]) else None
        for _, row in table.iterrows()
    ]
    columns = (*COLUMNS["scores"], *_DIFFERENCE)
    return as_table(table, columns, caption=f"Means over the splits; the baseline is {baseline}")


def _bars(budget: pd.DataFrame) -> list[Bar]:
    """Return the error budgets as bars on one scale."""
    longest = (float(budget["nothing"].max()) if len(budget) else 0.0) or 1.0
    return [
        Bar(
            str(name),
            round(100 * (min(row["scale"], row["nothing"]) / longest), 2),
            round(100 * (max(row["nothing"] - row["scale"], 0.0) / longest), 2),
            format_count(row["nothing"]),
            {what: format_count(row[known]) for known, what in _KNOWN.items() if known != "nothing"},
        )
        for name, row in budget.iterrows()
    ]


def _drawn(records: Sequence[dict[str, Any]], scores: pd.DataFrame) -> list[Drawn]:
    """Return the variants that have an illustration, the best first."""
    found = [
        (record["variant"], Illustration.model_validate(record["illustration"]))
        for record in records
        if record.get("illustration") is not None and record["variant"] != TRIVIAL.name
    ]
    found.sort(key=lambda item: scores.loc[item[0], "trmse"])
    return [
        Drawn(variant, lives(np.asarray(each.prototypes), each.sizes), each)
        for variant, each in found
        if each.prototypes
    ]


def _spaced(intervals: pd.DataFrame) -> pd.DataFrame:
    """Return the table of intervals with their nominal coverages written as all percentages are."""
    return intervals.rename(index=_space, level="nominal") if len(intervals) else intervals


def _space(level: str) -> str:
    """Return a percentage with a space before its sign."""
    return level.replace("%", " %")


def _calibration(table: pd.DataFrame) -> list[tuple[str, Markup]]:
    """Return a chart of coverage against nominal coverage for each variant with intervals."""
    if table.empty:
        return []
    found = []
    for variant, rows in table["coverage"].groupby(level="variant", sort=False):
        points = {
            f"{_space(level)} intervals cover {format_percent(share)}": (float(level.rstrip("%")) / 100, float(share))
            for (_, level), share in rows.items()
        }
        found.append((str(variant), calibration_chart(f"{variant}: {'; '.join(points)}", points)))
    return found
