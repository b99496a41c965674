"""Importing the files of an export each by itself, as parts of one dataset."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import FloatArray, IntArray
from tsshape.data._dataset import tables_of
from tsshape.data._export._form import Form
from tsshape.data._export._options import ImportOptions
from tsshape.data._export._read import import_plan, plan_tables, read_file
from tsshape.data._export._report import ImportReport
from tsshape.data._part_ids import HashedPart, write_hashes
from tsshape.data._writing import write_table

# Sums over the files; the rest of a report is that of the first file, or is merged below.
_ADDED = (
    "n_rows", "n_posts", "missing_steps", "wide_gaps", "duplicates", "before_upload", "after_export", "decreases",
    "posts_with_decreases", "early", "n_totals", "n_without_count", "n_older", "n_ignored",
)  # fmt: skip
_MOST_REMARKS = 100

# How often each number occurs.
Spread = dict[float, int]


class ImportedPart(NamedTuple):
    """What is known of a file after its posts have been written.

    Attributes
    ----------
    form : Form
        What other files must have in common with it.
    report : ImportReport
        What was understood.
    samples, ages : dict of float to int
        How often each number of counts and of steps of a post occurs.
    n_complete : int
        Number of complete curves above 0, of which the report has the mean shape.
    ignored : tuple of str
        The posts of `ignore_post` that it has.
    """

    form: Form
    report: ImportReport
    samples: Spread
    ages: Spread
    n_complete: int
    ignored: tuple[str, ...]


def import_part(
    path: Path, options: ImportOptions, stem: str, folder: Path, *, ids: HashedPart, first: Form | None,
    block_rows: int | None,
) -> ImportedPart:  # fmt: skip
    """Import a file as `read_export` does, and write its posts as a part of a dataset.

    Parameters
    ----------
    path : Path
        The file.
    options : ImportOptions
        What the user says; posts of `ignore_post` may be in other files.
    stem : str
        The name of the part in each folder, without its ending.
    folder : Path
        The folder of the dataset, which gets `curves/STEM.parquet` and so on.
    ids : HashedPart
        The files for the ids of all posts of the file, and for their hashes.
    first : Form or None
        The form of the first file, if this is another one.
    block_rows : int or None
        Most posts of a part; if there are more, several are written.

    Raises
    ------
    DataError
        As `read_export`, and if the file was understood otherwise than the first one.
    """
    tables = [read_file(path, options)]
    try:
        plan = plan_tables(tables, options)
    except DataError as error:
        raise DataError(f"{error} (--scheduler imports each file by itself, so all must be of one form)") from error
    known = plan.joined.names(plan.roles.id or "") if options.ignore_post else pd.Series(dtype="str")
    ignored = tuple(id_ for id_ in options.ignore_post if (known == id_).any())
    imported, lives = import_plan(plan, tables, replace(options, ignore_post=ignored))
    written = tables_of(imported.dataset)
    form = Form.of(imported.report, written["features"])
    if first is not None:
        form.check(first)
        written["features"] = written["features"][list(first.kinds)]
    for name, table in written.items():
        _write_blocks(table, _inside(folder, name), stem, block_rows)
    all_ids = imported.dataset.curves.index.append(imported.totals.index).rename("id")
    write_table(pd.DataFrame(index=all_ids), ids.file)
    write_hashes(all_ids, ids.hashes)
    if len(imported.totals):
        write_table(imported.totals, folder / "totals" / f"{stem}.csv")
    curves = imported.dataset.curves.to_numpy()
    n_complete = int((~np.isnan(curves).any(axis=1) & (curves[:, -1] > 0)).sum())
    return ImportedPart(form, imported.report, _spread(lives.n_samples), _spread(lives.ages), n_complete, ignored)


def _inside(folder: Path, name: str) -> Path:
    """Make a folder of tables; not the folder around it, which is gone if the import has failed in the meantime."""
    for part in Path(name).parts:
        folder /= part
        folder.mkdir(exist_ok=True)
    return folder


def _write_blocks(table: pd.DataFrame, folder: Path, stem: str, block_rows: int | None) -> None:
    """Write a table to one file, or to several of at most so many rows."""
    if block_rows is None:
        write_table(table, folder / f"{stem}.parquet")
        return
    for number, start in enumerate(range(0, len(table), block_rows)):
        write_table(table[start : start + block_rows], folder / f"{stem}-{number:04d}.parquet")


def _spread(numbers: FloatArray | IntArray) -> Spread:
    """Return how often each number occurs."""
    values, counts = np.unique(numbers, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def merge_reports(parts: Sequence[ImportedPart], options: ImportOptions) -> ImportReport:
    """Return the report of all files, in their order, from those of each.

    Raises
    ------
    DataError
        If a post of `ignore_post` is in none of the files.
    """
    reports = [part.report for part in parts]
    first = reports[0]
    for id_ in options.ignore_post:
        if not any(id_ in part.ignored for part in parts):
            raise DataError(f"--ignore-post: none of the {len(parts)} files has a post {quote(id_)}")
    n_complete = sum(part.n_complete for part in parts)
    shapes = np.array([part.report.mean_shape for part in parts if part.n_complete])
    weights = np.array([part.n_complete for part in parts if part.n_complete]) / max(1, n_complete)
    explicit = options.explicit()
    return replace(
        first,
        sources=tuple(report.sources[0] for report in reports),
        format=_joined(report.format for report in reports),
        days=_joined(report.days for report in reports),
        left_out={name: reason for report in reversed(reports) for name, reason in report.left_out.items()},
        times=_joined(report.times for report in reports),
        numbers=_joined(report.numbers for report in reports),
        as_of=max((report.as_of for report in reports if report.as_of), default=None),
        samples=_quantiles([part.samples for part in parts]),
        ages=_quantiles([part.ages for part in parts]),
        remarks=tuple(_remarks(reports)),
        options={name: value for name, value in first.options.items() if name != "ignore_post"} | explicit,
        mean_shape=tuple((weights @ shapes).tolist()) if n_complete else (),
        **{name: sum(getattr(report, name) for report in reports) for name in _ADDED},
    )


def _joined(texts: Iterable[str]) -> str:
    """Return texts that differ, one after the other."""
    return "; ".join(dict.fromkeys(texts))


def _remarks(reports: Sequence[ImportReport]) -> list[str]:
    """Return the remarks of all files, the same ones once, with the first file that each is about."""
    about: dict[str, list[str]] = {}
    for report in reports:
        for remark in report.remarks:
            about.setdefault(remark, []).append(report.sources[0])
    remarks = []
    for remark, files in about.items():
        further = f" (likewise in {len(files) - 1:,} further files)" if len(files) > 1 else ""
        remarks.append(f"{'' if remark.startswith(files[0]) else f'{files[0]}: '}{remark}{further}")
    n_left = len(remarks) - _MOST_REMARKS
    return remarks[:_MOST_REMARKS] + ([f"{n_left:,} further remarks are left out"] if n_left > 0 else [])


def _quantiles(spreads: Sequence[Spread]) -> tuple[float, float, float]:
    """Return least, median and most."""
    total: Spread = {}
    for spread in spreads:
        for value, count in spread.items():
            total[value] = total.get(value, 0) + count
    values = np.array(sorted(total), np.float64)
    ends = np.cumsum([total[value] for value in values.tolist()])
    middle = values[np.searchsorted(ends, [(ends[-1] - 1) // 2, ends[-1] // 2], side="right")]
    return float(values[0]), float(middle.mean()), float(values[-1])
