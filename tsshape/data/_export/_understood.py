"""The report of an import, from what each of its steps has found."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tsshape._typing import FloatArray
from tsshape.data._dataset import EngagementDataset
from tsshape.data._export._attributes import Attributes
from tsshape.data._export._clean import Cleaned
from tsshape.data._export._columns import Columns
from tsshape.data._export._grid import gaps_within
from tsshape.data._export._lives import Lives
from tsshape.data._export._numbers import NumberStyle
from tsshape.data._export._report import ImportReport, spell_step
from tsshape.data._export._sources import RawTable
from tsshape.data._export._timing import Timing


class Understood(NamedTuple):
    """What the steps of an import have found."""

    tables: list[RawTable]
    columns: Columns
    found: Attributes
    timing: Timing
    cleaned: Cleaned
    lives: Lives


def report_import(understood: Understood, dataset: EngagementDataset) -> ImportReport:
    """Return the report of an import."""
    columns, lives, cleaned = understood.columns, understood.lives, understood.cleaned
    plan, options = columns.plan, columns.options
    curves = lives.curves.to_numpy()
    days = plan.days
    return ImportReport(
        sources=tuple(str(table.path) for table in understood.tables),
        format=understood.tables[0].format,
        layout=plan.layout,
        n_rows=sum(len(table.cells) for table in understood.tables),
        roles=plan.roles.named(),
        days="" if days is None else f"{days.columns[0]} to {days.columns[-1]}",
        features=tuple(dataset.features.columns),
        channels=tuple(dataset.channels),
        left_out=understood.found.left_out,
        counts=cleaned.counts,
        n_times=curves.shape[1],
        step=spell_step(columns.step),
        times=_spell_times(understood),
        numbers=_spell_numbers(columns.numbers),
        n_posts=len(curves),
        samples=_quantiles(lives.n_samples),
        ages=_quantiles(lives.ages),
        as_of=None if cleaned.as_of is None else str(pd.Timestamp(cleaned.as_of)),
        missing_steps=gaps_within(curves),
        wide_gaps=lives.grid.wide_gaps,
        max_gap=options.max_gap,
        duplicates=cleaned.duplicates,
        before_upload=cleaned.before_upload,
        after_export=cleaned.after_export,
        decreases=cleaned.decreases,
        posts_with_decreases=cleaned.posts_with_decreases,
        early=lives.grid.early,
        n_totals=len(lives.totals),
        n_without_count=lives.without_count,
        n_older=lives.older,
        n_ignored=len(options.ignore_post),
        remarks=tuple(_remarks(understood)),
        options=_repeat(understood, curves.shape[1]),
        mean_shape=tuple(_mean_shape(curves)),
    )


def _remarks(understood: Understood) -> list[str]:
    """Return what a reader should look at."""
    cleaned, lives = understood.cleaned, understood.lives
    remarks = [note for table in understood.tables for note in table.notes] + understood.found.remarks
    views = cleaned.samples.views
    fractional = views[~np.isnan(views)] % 1 != 0
    if fractional.any():
        remarks.append(f"{fractional.sum():,} of {len(fractional):,} counts are no whole numbers")
    if cleaned.decreases:
        remarks.append(
            f"{cleaned.decreases:,} counts of {cleaned.posts_with_decreases:,} posts fall below the one before,"
            " and are kept"
        )
    if cleaned.from_zero:
        how = (
            "a date stands for the end of its day" if understood.timing.time is not None else "days are counted from 0"
        )
        remarks.append(f"posts have views on the day they went up: {how}, which is day 1")
    if lives.older:
        remarks.append(
            f"{lives.older:,} posts went up before the first date, so that their first views are not there; they are"
            " left out"
        )
    if lives.grid.early:
        remarks.append(
            f"the last count of {lives.grid.early:,} posts is early by at most 2 % of a step, and taken as whole"
        )
    if understood.columns.numbers.suffixes:
        remarks.append("numbers with a suffix are rounded, and so are the curves")
    return remarks


def _repeat(understood: Understood, n_times: int) -> dict[str, Any]:
    """Return the options that repeat the import exactly, whatever a later version would decide by itself."""
    columns, plan = understood.columns, understood.columns.plan
    numbers, day_first = columns.numbers, columns.times.dates.day_first
    made_up = {"id"} if plan.layout in {"transposed", "ucr"} or understood.tables[0].format == ".ts" else set()
    roles = {role: name for role, name in plan.roles.named().items() if role != "split" and role not in made_up}
    if plan.layout == "ucr":
        roles.pop("label", None)
    decided: dict[str, Any] = {
        "layout": plan.layout,
        **roles,
        "counts": understood.cleaned.counts,
        "step": f"{columns.step / pd.Timedelta('1min'):g}min",
        "steps": n_times,
        "max_gap": columns.options.max_gap,
    }
    if day_first is not None:
        decided["day_first" if day_first else "month_first"] = True
    if numbers.thousands in {".", ","}:
        decided |= {"decimal": numbers.decimal, "thousands": numbers.thousands}
    return decided | columns.options.explicit()


def _spell_times(understood: Understood) -> str:
    """Return how times are written and in which zone they are."""
    zone = understood.columns.options.timezone or "UTC"
    return understood.timing.spelling if understood.timing.time is None else f"{understood.timing.spelling}, {zone}"


def _spell_numbers(numbers: NumberStyle) -> str:
    """Return how numbers are written."""
    words = ["1,5" if numbers.decimal == "," else "1.5"]
    if numbers.thousands in {".", ","}:
        words.append(f"1{numbers.thousands}000")
    elif numbers.thousands:
        words.append("1 000")
    return " and ".join(words) + (", suffixes" if numbers.suffixes else "")


def _quantiles(numbers: Any) -> tuple[float, float, float]:
    """Return least, median and most."""
    return float(np.min(numbers)), float(np.median(numbers)), float(np.max(numbers))


def _mean_shape(curves: FloatArray) -> list[float]:
    """Return the mean of curve / maximum over the complete curves above 0; empty if there are none."""
    complete = curves[~np.isnan(curves).any(axis=1) & (curves[:, -1] > 0)]
    if not len(complete):
        return []
    shapes = complete / complete.max(axis=1, keepdims=True)
    return [float(share) for share in shapes.mean(axis=0)]
