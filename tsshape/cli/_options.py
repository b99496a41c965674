"""Options that several verbs have, and the checks of their values."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tsshape._choices import Decreasing, IncompleteRemoved, Missing
from tsshape._errors import DataError
from tsshape._files import check_writable, find_target, is_empty_folder

if TYPE_CHECKING:
    from tsshape.metrics import Metric

# One number of prototypes for `cluster` and `fit`: that of the forecaster.
DEFAULT_K = 20

CurvesPath = Annotated[Path, typer.Argument(help="A dataset folder, or a table of curves, CSV or Parquet.")]
ShapesPath = Annotated[
    Path,
    typer.Argument(
        help="A dataset folder, a table of curves (CSV, Parquet), or series with known classes: a .ts file, or the UCR "
        "archive's .tsv. With --scheduler, a folder of Parquet parts of curves."
    ),
]
ZNormalize = Annotated[
    bool,
    typer.Option("--z-normalize", help="Series of a .ts or .tsv file get mean 0 and standard deviation 1 first."),
]
FeaturesPath = Annotated[Path, typer.Argument(help="A dataset folder, or a table of features, CSV or Parquet.")]
ModelFile = Annotated[Path, typer.Argument(help="A model that `tsshape fit` wrote.")]
IdColumn = Annotated[str | None, typer.Option(help="The column with the ids.")]
OutFolder = Annotated[Path, typer.Option(help="A new folder for the results.")]
MetricName = Annotated[str, typer.Option(help="A name that `tsshape metrics` lists.")]
MetricParams = Annotated[
    list[str] | None, typer.Option("--param", help="A parameter of the metric, such as window=3; may be repeated.")
]
Plugin = Annotated[
    list[Path] | None,
    typer.Option(help="A Python file that registers metrics or clusterers; it is run. May be repeated."),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Threads; by default one a core.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all that is drawn at random.")]
SpreadsheetSafe = Annotated[
    bool,
    typer.Option(
        "--spreadsheet-safe", help="Put ' before ids in CSV files that a spreadsheet would take for formulas."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MissingCells = Annotated[Missing, typer.Option("--missing", help="What becomes of missing cells.")]
Decreases = Annotated[Decreasing, typer.Option("--decreasing", help="What becomes of counts below the day before.")]
IncompleteCurves = Annotated[
    IncompleteRemoved,
    typer.Option(
        "--incomplete", help="What becomes of curves that end early; truncate cuts all to the days that each has."
    ),
]
AllowMissing = Annotated[
    bool,
    typer.Option("--allow-missing", help="Take columns that the model knows and the table lacks as missing values."),
]


@contextmanager
def user_errors(prefix: str = "") -> Iterator[None]:
    """Turn what the library refuses into a `DataError`: its cause is an option or a file of the user's."""
    try:
        yield
    except ValueError as error:
        raise DataError(f"{prefix}{error}") from error


def load_plugins(paths: Sequence[Path] | None) -> None:
    """Run plug-in files, so that what they register can be named."""
    from tsshape.metrics import load_plugin

    for path in paths or ():
        load_plugin(path)


def choose_metric(
    name: str, param: Sequence[str] | None, plugins: Sequence[Path] | None
) -> "tuple[Metric, dict[str, Any]]":
    """Return the metric and its explicit parameters; DataError if either is unknown or out of range."""
    from tsshape.metrics import get_metric

    load_plugins(plugins)
    params = dict(_parameter(each) for each in param or ())
    with user_errors():
        metric = get_metric(name)
        metric.bind(params)
    return metric, params


def check_new_folder(folder: Path) -> None:
    """Refuse a folder that is not empty or cannot be written, before any work is done."""
    if folder.is_dir() and not is_empty_folder(folder):
        raise DataError(f"{folder} is not an empty folder: choose another, or remove it first")
    check_folder(folder)


def check_folder(folder: Path) -> None:
    """Refuse what is no folder or cannot be written, before any work is done."""
    if os.path.lexists(folder) and not folder.is_dir():
        raise DataError(f"{folder} is not a folder: choose another, or remove it first")
    check_writable(folder)


def check_out_file(path: Path) -> Path:
    """Return the file to write, which may be where a link leads; refuse what cannot be written, before any work."""
    target = find_target(path)
    if _is_printed_to(path):
        raise DataError(f"{path} is where this program prints: name another file")
    for folder in (path.parent, target.parent):
        if not folder.is_dir():
            raise DataError(f"{folder} is not a folder" if folder.exists() else f"{folder}: there is no such folder")
    check_writable(target)
    return target


def _is_printed_to(path: Path) -> bool:
    """Return whether a file is the output of this program, as `/dev/stdout` may be."""
    for number in (1, 2):
        with suppress(OSError):
            if os.path.samestat(os.fstat(number), path.stat()):
                return True
    return False


def check_figure(path: Path) -> Path:
    """Return the file to write a figure to; refuse what cannot be written, before any work."""
    if path.suffix not in {".png", ".svg", ".pdf"}:
        raise DataError(f"{path}: figures are written as .png, .svg or .pdf")
    return check_out_file(path)


def _parameter(text: str) -> tuple[str, Any]:
    """Parse `name=value`, where the value may be a number, true, false or none."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise DataError(f"--param takes name=value, such as window=3; got {text!r}")
    words = {"true": True, "false": False, "none": None}
    if value.lower() in words:
        return name, words[value.lower()]
    for number in (int, float):
        try:
            return name, number(value)
        except ValueError:
            continue
    return name, value
