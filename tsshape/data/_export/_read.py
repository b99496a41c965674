"""Reading an export: from files to posts on a grid, and a report of what was understood."""

from collections.abc import Callable, Iterable
from os import PathLike as PathLikeType
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from tsshape._errors import DataError, quote
from tsshape._typing import PathLike
from tsshape.data._dataset import EngagementDataset
from tsshape.data._export._attributes import find_attributes
from tsshape.data._export._clean import clean_samples
from tsshape.data._export._columns import read_columns
from tsshape.data._export._joined import Joined
from tsshape.data._export._layout import Plan, plan_export
from tsshape.data._export._lives import Lives, describe_posts, to_dataset, to_lives
from tsshape.data._export._options import ImportOptions
from tsshape.data._export._report import ImportReport
from tsshape.data._export._samples import read_samples
from tsshape.data._export._sources import RawTable, read_source
from tsshape.data._export._understood import Understood, report_import

Progress = Callable[[int, int], None]


class Imported(NamedTuple):
    r"""What `import_posts` returns and `write_import` writes.

    Attributes
    ----------
    dataset : EngagementDataset
        The posts with a curve.
    totals : DataFrame of shape (n_totals, n_columns)
        Posts with one count only: its `step`, its `views` and, where it is known, its `time`; the index holds ids.
    report : ImportReport
        What was understood.

    Examples
    --------
    >>> import tempfile
    >>> from tsshape.data import ImportOptions, import_posts
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "export.csv"
    ...     _ = path.write_text("id,day,views\na,1,3\na,2,5\nb,30,900\n")
    ...     imported = import_posts(path, ImportOptions())
    >>> list(imported.dataset.curves.index), imported.totals.to_dict("index")
    (['a'], {'b': {'step': 30.0, 'views': 900.0}})
    """

    dataset: EngagementDataset
    totals: pd.DataFrame
    report: ImportReport


def read_export(
    source: PathLike | Iterable[PathLike], *, on_read: Progress | None = None, **options: Any
) -> tuple[EngagementDataset, ImportReport]:
    r"""Read an export of counts as people have it, and say what was understood.

    Formats are CSV and other delimited text in any usual encoding, workbooks (`.xlsx`), JSON, JSON lines, Parquet,
    `.ts` and the UCR archive's `.tsv`. Columns are found by their usual names, or named by options. What can be read in
    two ways is refused, and the message names the option that decides.

    Parameters
    ----------
    source : path or list of paths
        The files of one export, such as one for each month. A post may stand in several of them; equal samples are one.
    on_read : callable, optional
        Called now and then with the bytes that have been read and the size of the file.
    **options
        The fields of `tsshape.data.ImportOptions`, such as `counts="per-step"` or `thousands="."`.

    Returns
    -------
    dataset : EngagementDataset
        Cumulative counts on the grid, NaN after the last count of a post and in long gaps; features, authors, times of
        posting, labels, and as channels other counts.
    report : ImportReport
        What was understood, and what was left out and why.

    Raises
    ------
    DataError
        If a file cannot be read, or can be read in two ways, or an option is wrong. The message names the file, the row
        and the column or post, and what to do.

    Examples
    --------
    >>> import tempfile
    >>> from tsshape import read_export
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "export.csv"
    ...     _ = path.write_text("videoId;posted;2024-02-21;2024-02-22\na;2024-02-20;1.204;2.310\nb;2024-02-21;;980\n")
    ...     dataset, report = read_export(path, thousands=".")
    >>> dataset.curves.to_dict("index")
    {'a': {1: 1204.0, 2: 2310.0}, 'b': {1: 980.0, 2: nan}}
    >>> report.layout, report.roles
    ('wide', {'id': 'videoId', 'posted': 'posted'})
    """
    imported = import_posts(source, ImportOptions.of(options), on_read=on_read)
    return imported.dataset, imported.report


def import_posts(
    source: PathLike | Iterable[PathLike], options: ImportOptions, *, on_read: Progress | None = None
) -> Imported:
    r"""Read an export as `read_export` does, and return also the posts with one count only.

    Parameters
    ----------
    source : path or list of paths
        The files of one export.
    options : ImportOptions
        What the user says about it.
    on_read : callable, optional
        Called now and then with the bytes that have been read and the size of the file.

    Returns
    -------
    Imported
        Posts with a curve, posts with one count only, and the report.

    Raises
    ------
    DataError
        As `read_export`.

    Examples
    --------
    >>> import tempfile
    >>> from tsshape.data import ImportOptions, import_posts
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "export.csv"
    ...     _ = path.write_text("id,d1,d2\na,3,2\nb,1,0\n")
    ...     imported = import_posts(path, ImportOptions(counts="per-step"))
    >>> imported.dataset.curves.loc["a"].tolist()
    [3.0, 5.0]
    """
    paths = [Path(source)] if isinstance(source, str | PathLikeType) else [Path(each) for each in source]
    if not paths:
        raise DataError("an import takes at least one file")
    tables = [read_file(path, options, on_read) for path in paths]
    return import_plan(plan_tables(tables, options), tables, options)[0]


def plan_tables(tables: list[RawTable], options: ImportOptions) -> Plan:
    """Return what the columns of tables are."""
    by_line = options.layout == "ucr" or tables[0].format == ".ts"
    joined = _name_first_column(Joined.of(tables)) if options.layout == "ucr" else Joined.of(tables)
    return plan_export(joined, options, numbered_rows=by_line)


def read_file(path: Path, options: ImportOptions, on_read: Progress | None = None) -> RawTable:
    """Return the table of a file."""
    return read_source(
        path,
        encoding=options.encoding,
        sheet=options.sheet,
        has_header=options.layout != "ucr",
        on_read=on_read,
    )


def _name_first_column(joined: Joined) -> Joined:
    """Return a table without a header as one with a class and numbered steps."""
    n_values = len(joined.cells.columns) - 1
    return joined.replace(joined.cells.set_axis(["label", *map(str, range(1, n_values + 1))], axis=1))


def _without_posts(plan: Plan, options: ImportOptions) -> Plan:
    """Return a plan without the posts that are left out; DataError for one that does not exist."""
    if not options.ignore_post:
        return plan
    ids = plan.joined.names(plan.roles.id or "")
    for id_ in options.ignore_post:
        if not (ids == id_).any():
            raise DataError(f"--ignore-post: {plan.joined.source} has no post {quote(id_)}")
    return plan._replace(joined=plan.joined.keep(~ids.isin(options.ignore_post).to_numpy()))


def import_plan(plan: Plan, tables: list[RawTable], options: ImportOptions) -> tuple[Imported, Lives]:
    """Return the posts of a table whose columns are known, and their lives."""
    plan = _without_posts(plan, options)
    if not len(plan.joined.cells):
        raise DataError(f"{plan.joined.source}: no post is left")
    columns = read_columns(plan, options)
    found = find_attributes(columns)
    timing, samples = read_samples(columns, found.channels)
    cleaned = clean_samples(columns, timing, samples)
    lives = to_lives(columns, cleaned)
    name = plan.joined.paths[0].name.partition(".")[0]
    dataset = to_dataset(lives, found.features, describe_posts(columns, timing), name=name)
    understood = Understood(tables, columns, found, timing, cleaned, lives)
    return Imported(dataset, lives.totals, report_import(understood, dataset)), lives
