"""`tsshape import`."""

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tsshape._choices import Counts, Layout
from tsshape._errors import DataError, list_names
from tsshape.cli import _options as options
from tsshape.cli._say import say, say_json, sparkline, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tsshape.data import ImportOptions, ImportReport


# Smaller files, in bytes, are read before a progress bar could be seen.
LARGE_FILE = 10**7


def import_(
    source: Annotated[list[Path], typer.Argument(help="Files of one export, such as one for each month.")],
    *,
    out: Annotated[Path | None, typer.Option(help="A new folder for the posts.")] = None,
    layout: Annotated[
        Layout | None,
        typer.Option(
            help="A row a post, a sample or a day; or the UCR archive's form. By default told by the columns."
        ),
    ] = None,
    id_: Annotated[str | None, typer.Option("--id", metavar="COLUMN", help="The column that names the post.")] = None,
    time: Annotated[str | None, typer.Option(metavar="COLUMN", help="When a sample was taken.")] = None,
    value: Annotated[str | None, typer.Option(metavar="COLUMN", help="The count that curves are made of.")] = None,
    posted: Annotated[str | None, typer.Option(metavar="COLUMN", help="When the post went up.")] = None,
    author: Annotated[str | None, typer.Option(metavar="COLUMN", help="Who published the post.")] = None,
    label: Annotated[str | None, typer.Option(metavar="COLUMN", help="A known class of the post.")] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column to leave out; may be repeated.")
    ] = None,
    ignore_post: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A post to leave out, as a row of totals; may be repeated.")
    ] = None,
    counts: Annotated[
        Counts | None, typer.Option(help="Counts of all time until a sample, or since the sample before.")
    ] = None,
    step: Annotated[str | None, typer.Option(help="Time between two days of the curves: 24h, 20min, 7d.")] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Length of the curves; by default that of the oldest.")
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="The decimal mark: a dot or a comma.")] = None,
    thousands: Annotated[str | None, typer.Option(help="The mark between thousands.")] = None,
    suffixes: Annotated[bool, typer.Option("--suffixes", help="Take rounded numbers: 1.2K, 3.4M, 5万.")] = False,
    day_first: Annotated[bool, typer.Option("--day-first", help="03/04/2024 is in April.")] = False,
    month_first: Annotated[bool, typer.Option("--month-first", help="03/04/2024 is in March.")] = False,
    timezone: Annotated[str | None, typer.Option(help="Of times without an offset, such as Europe/Berlin.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of text, such as windows-1252; by default UTF-8.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook.")] = None,
    as_of: Annotated[str | None, typer.Option(help="When the export was made; by default the last sample.")] = None,
    max_gap: Annotated[int, typer.Option(min=1, help="Longer gaps between samples, in steps, stay missing.")] = 3,
    from_first_sample: Annotated[
        bool, typer.Option("--from-first-sample", help="Without a time of posting, the first sample is the first step.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is understood.")] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Import each of many files by itself on Dask, and write a folder of parts: 'local' starts a worker "
            "process for each core, an address such as tcp://10.0.0.1:8786 names a cluster."
        ),
    ] = None,
    block_rows: Annotated[
        int | None,
        typer.Option(min=1, help="With --scheduler: most posts of a part; by default a part has those of a file."),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Read an export as it is, say what was understood, and write the folder of posts that all other verbs take."""
    from tsshape.cli._scheduler import check_no_block_rows
    from tsshape.data import ImportOptions

    if out is None and not dry_run:
        raise DataError("--out names the folder for the posts; --dry-run does without")
    if out is not None:
        options.check_new_folder(out)
    values: dict[str, Any] = {
        "layout": layout, "id": id_, "time": time, "value": value, "posted": posted, "author": author, "label": label,
        "ignore": ignore, "ignore_post": ignore_post, "counts": counts, "step": step, "steps": steps,
        "decimal": decimal, "thousands": thousands, "suffixes": suffixes, "day_first": day_first,
        "month_first": month_first, "timezone": timezone, "encoding": encoding, "sheet": sheet, "as_of": as_of,
        "max_gap": max_gap, "from_first_sample": from_first_sample,
    }  # fmt: skip
    chosen = ImportOptions.of(values)
    if scheduler is None:
        check_no_block_rows(block_rows)
        report = _import_here(source, chosen, None if dry_run else out)
    elif out is None or dry_run:
        raise DataError("--dry-run reads the files here: leave out --scheduler")
    else:
        report = _import_on(scheduler, source, chosen, out, block_rows)
    for remark in report.remarks:
        warn(remark)
    if as_json:
        say_json(report.to_dict())
    else:
        _print(report, None if dry_run else out)


def _import_here(source: list[Path], chosen: "ImportOptions", out: Path | None) -> "ImportReport":
    """Import the files of one export together, and write a folder if there is to be one."""
    from tsshape.cli._progress import progress
    from tsshape.data import import_posts, write_import

    with progress("import", "MB") as show:
        imported = import_posts(source, chosen, on_read=_in_megabytes(show))
    if out is not None:
        write_import(imported, out)
    return imported.report


def _import_on(
    scheduler: str, source: list[Path], chosen: "ImportOptions", out: Path, block_rows: int | None
) -> "ImportReport":
    """Import each file by itself on a scheduler, and write a folder of parts."""
    from tsshape.cli._scheduler import on_scheduler, task_progress

    with on_scheduler(scheduler) as client, task_progress("import", "files"):
        from tsshape.adapters.dask import import_parts

        return import_parts(source, out, chosen, client, block_rows=block_rows)


def _in_megabytes(show: "Callable[[int, int], None]") -> "Callable[[int, int], None]":
    """Return a function that shows the bytes of large files as megabytes."""

    def show_megabytes(done: int, total: int) -> None:
        if total > LARGE_FILE:
            show(done // 10**6, total // 10**6)

    return show_megabytes


def _print(report: "ImportReport", out: Path | None) -> None:
    """Print what was understood, the mean shape, and what was written."""
    for title, text in report.lines().items():
        say(f"{title:<11} {text}")
    if report.mean_shape:
        say(f"mean shape  {sparkline(list(report.mean_shape))}  (complete curves above 0, day 1 to {report.n_times})")
    if out is not None:
        say(f"written     {out}: {', '.join(_files(out))}")


def _files(folder: Path) -> list[str]:
    """Return the files of a folder; parts of one table as the first of them and their number."""
    listed = []
    for _, files in groupby(
        sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: (path.parent, path.name)),
        lambda path: path.parent,
    ):
        names = [path.relative_to(folder).as_posix() for path in files]
        is_parts = Path(names[0]).name.startswith("part-")
        listed += [list_names(names, most=1)] if is_parts else names
    return sorted(listed)
