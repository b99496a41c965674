"""The page of a benchmark's run folder."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from tsshape._columns import Column, format_count, format_percent
from tsshape._errors import DataError
from tsshape.bench import COLUMNS, budget_table, compare, in_flight_table, interval_table, read_run, score_table
from tsshape.bench._components import TRIVIAL
from tsshape.bench._illustration import Illustration
from tsshape.bench._records import Record, is_failed
from tsshape.bench._suite import Suite
from tsshape.paper import REPORTED, REPORTED_COLUMNS, SOURCE
from tsshape.report._charts import calibration_chart
from tsshape.report._conclude import conclude_benchmark
from tsshape.report._lives import Life, lives
from tsshape.report._page import Page, Table, as_table

_KNOWN = {"nothing": "nothing", "scale": "the scale", "prototype": "the prototype", "shape": "the shape"}
# Of tRMSE on the same splits, beside the scores.
_DIFFERENCE = (
    Column("difference", "tRMSE less the baseline's", "{:+,.1f}".format),
    Column("interval", "95 % interval"),
)
_SPLITS = {"random": "by chance", "author": "no author on both sides", "time": "trained on earlier posts than tested"}


class Bar(NamedTuple):
    """The error of a variant, divided: in percent of the largest error, and in words."""

    variant: str
    shape_part: float
    scale_part: float
    nothing: str
    known: dict[str, str]


class Drawn(NamedTuple):
    """A variant whose prototypes and posts are shown."""

    variant: str
    lives: list[Life]
    illustration: Illustration


def bench_page(folder: Path) -> Page:
    """The page of a run folder."""
    suite, environment, records = read_run(folder)
    finished = [record for record in records if not is_failed(record)]
    scores = score_table(finished)
    if not len(scores):
        raise DataError(f"{folder} has no finished cell to report")
    budget, intervals = budget_table(finished), interval_table(finished)
    differences = compare([folder], baseline=_baseline(scores)).xs("trmse", level="score")
    failed = [record for record in records if is_failed(record)]
    return Page(
        "bench.html.jinja",
        f"{suite.name} on {environment['data'] or 'posts'}",
        _facts(suite, environment, len(finished), len(failed)),
        conclude_benchmark(scores, differences, budget, intervals),
        {
            "scores": _scores(scores, differences),
            "bars": _bars(budget),
            "known": _KNOWN,
            "drawn": _drawn(finished, scores),
            "in_flight": _in_flight(in_flight_table(finished)),
            "intervals": _intervals(intervals),
            "calibration": _calibration(intervals),
            "failed": failed,
            "reported": _reported(),
            "source": SOURCE,
        },
    )


def _baseline(scores: pd.DataFrame) -> str:
    """The variant that the others are compared with: the trivial one, or where it failed the first."""
    return TRIVIAL.name if TRIVIAL.name in scores.index else str(scores.index[0])


def _facts(suite: Suite, environment: Record, n_finished: int, n_failed: int) -> list[tuple[str, str]]:
    """What was run on what."""
    versions = ", ".join(f"{name} {version}" for name, version in environment["versions"].items())
    machine = [f"Python {environment['python']}", environment["platform"], f"{environment['cores']} cores"]
    failed = f", {n_failed} failed" if n_failed else ""
    size = f"{environment['n_posts']:,} posts, {environment['n_times']} days, {environment['n_features']} features"
    return [
        ("suite", suite.name),
        ("data", f"{environment['data']}: {size}"),
        ("cleaning", "; ".join(environment["cleaning"])),
        ("split", f"{_SPLITS[suite.split]}, {suite.test_size:.0%} of the posts to test on, seed {suite.seed}"),
        ("cells", f"{n_finished} finished{failed}"),
        ("versions", versions),
        ("machine", ", ".join(machine)),
    ]


def _scores(scores: pd.DataFrame, differences: pd.DataFrame) -> Table:
    """The scores of the variants, each beside its difference from the baseline on the same splits."""
    table = scores.join(differences[["difference", "lower", "upper"]])
    baseline = _baseline(scores)
    table["interval"] = [
        f"{row['lower']:+,.1f} to {row['upper']:+,.1f}" if np.isfinite(row["lower"]) else None
        for _, row in table.iterrows()
    ]
    columns = (*COLUMNS["scores"], *_DIFFERENCE)
    return as_table(table, columns, caption=f"Means over the splits; the baseline is {baseline}")


def _bars(budget: pd.DataFrame) -> list[Bar]:
    """The error budgets as bars on one scale."""
    longest = float(budget["nothing"].max()) if len(budget) else 1.0
    percent = partial(_percent, longest=max(longest, np.finfo(float).tiny))
    return [
        Bar(
            str(name),
            percent(min(row["scale"], row["nothing"])),
            percent(max(row["nothing"] - row["scale"], 0.0)),
            format_count(row["nothing"]),
            {what: format_count(row[known]) for known, what in _KNOWN.items() if known != "nothing"},
        )
        for name, row in budget.iterrows()
    ]


def _percent(error: float, longest: float) -> float:
    """The length of a part of a bar."""
    return round(100 * error / longest, 2)


def _drawn(records: Sequence[Record], scores: pd.DataFrame) -> list[Drawn]:
    """The variants that can be drawn, the best first."""
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


def _in_flight(table: pd.DataFrame) -> Table | None:
    """What forecasts from first days on are worth."""
    if table.empty:
        return None
    caption = "Errors on the days that are forecast, beside those of the last count times the mean growth"
    return as_table(table, COLUMNS["in_flight"], caption=caption)


def _intervals(table: pd.DataFrame) -> Table | None:
    """What intervals cover, overall and by quarter of forecast scale."""
    if table.empty:
        return None
    caption = "Share of the posts' days covered, overall and by quarter of forecast scale, the smallest first"
    return as_table(table, COLUMNS["intervals"], caption=caption)


def _calibration(table: pd.DataFrame) -> list[tuple[str, Markup]]:
    """For each variant with intervals, what they cover against what they say."""
    if table.empty:
        return []
    found = []
    for variant, rows in table["coverage"].groupby(level="variant", sort=False):
        points = {
            f"{nominal} intervals cover {format_percent(coverage)}": (float(nominal.rstrip("%")) / 100, float(coverage))
            for (_, nominal), coverage in rows.items()
        }
        found.append((str(variant), calibration_chart(f"{variant}: {'; '.join(points)}", points)))
    return found


def _reported() -> Table:
    """What the paper reports."""
    frame = pd.DataFrame(REPORTED).set_index("what").astype(float)
    return as_table(frame, REPORTED_COLUMNS, caption="Reported elsewhere, on other data; not measured here")
