"""`tsshape compare`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tsshape._errors import DataError, list_names
from tsshape.cli import _options as options
from tsshape.cli import _table_form as table_form
from tsshape.cli._say import MOST_NAMES, say, say_json

if TYPE_CHECKING:
    from tsshape.bench import DatasetComparison

Score = Literal["trmse", "med", "mrse", "rho"]


def compare(
    run_folders: Annotated[
        list[Path], typer.Argument(help="Run folders of `tsshape bench`, on the same splits or each on other data.")
    ],
    *,
    baseline: Annotated[
        str | None, typer.Option(help="On the same splits: the variant to compare with; by default the first.")
    ] = None,
    score: Annotated[Score | None, typer.Option(help="Over data sets: the score that ranks; by default trmse.")] = None,
    days: Annotated[
        int, typer.Option(min=0, help="Compare forecasts made after so many observed days; 0 is at upload.")
    ] = 0,
    figure: Annotated[
        Path | None, typer.Option(help="Over data sets: a file for a critical-difference picture, .png, .svg or .pdf.")
    ] = None,
    latex: table_form.Latex = False,
    csv: table_form.Csv = False,
    as_json: table_form.Json = False,
) -> None:
    """Compare variants with a baseline on the same splits, or rank them over the data sets of several run folders.

    On the same splits there are intervals from 5 splits on, or by post if the test posts are the same in each run; over
    data sets, mean ranks and a test of each pair.
    """
    from tsshape.bench import have_same_data

    form = table_form.choose_form(latex=latex, csv=csv, as_json=as_json)
    if have_same_data(run_folders):
        if score is not None or figure is not None:
            raise DataError("--score and --figure take run folders of different data; all of these have the same")
        _on_splits(run_folders, baseline, days, form)
    else:
        if baseline is not None:
            raise DataError("--baseline takes run folders of the same data; over data sets all pairs are compared")
        _over_datasets(run_folders, score or "trmse", days, figure, form)


def _on_splits(run_folders: list[Path], baseline: str | None, days: int, form: table_form.Form) -> None:
    """Print the differences from a baseline."""
    from tsshape.bench import COLUMNS, MIN_SPLITS, SCORES, UNITS
    from tsshape.bench import compare as compare_runs
    from tsshape.cli._tables import Titled, print_tables, rows_of

    table = compare_runs(run_folders, baseline=baseline, days=days)
    if form == "json":
        scores = table.index.get_level_values("score")
        table = table.assign(label=scores.map(SCORES), unit=[UNITS.get(score, "") for score in scores])
        say_json(rows_of(table))
        return
    title = f"Difference from {baseline or 'the first variant'}{_when(days)}, with 95 % intervals"
    # Without scores that the baseline does not have.
    print_tables({"differences": Titled(title, table[table["runs"] > 0], COLUMNS["differences"])}, form)
    most = int(table["runs"].max())
    if form == "text" and most < MIN_SPLITS and table["method"].isna().all():
        count = "1 split is" if most == 1 else f"{most} splits are"
        say(f"{count} too few for an interval of the difference: it takes {MIN_SPLITS} or more")


def _over_datasets(
    run_folders: list[Path], score: Score, days: int, figure: Path | None, form: table_form.Form
) -> None:
    """Print mean ranks and the tests of pairs, and draw them."""
    from tsshape.bench import COLUMNS, SCORES, compare_datasets
    from tsshape.cli._tables import Titled, print_tables

    target = None if figure is None else options.check_figure(figure)
    found = compare_datasets(run_folders, score=score, days=days)
    over = f"{SCORES[score]}{_when(days)} over {len(run_folders)} data sets"
    if target is not None:
        _draw(found, target, f"Mean ranks of {over}; bars join variants that do not differ significantly")
    title = f"Pairs by {over}: Wilcoxon's signed-rank test, corrected by Holm's method, level 0.05"
    tables = {
        "ranks": Titled(f"Mean ranks of {over}, 1 is the best", found.ranks, COLUMNS["ranks"]),
        "pairs": Titled(title, found.pairs, COLUMNS["pairs"]),
    }
    rest = {"groups": found.groups, "friedman_p": _number(found.friedman_p), "left_out": found.left_out}
    print_tables(tables, form, {"score": score, "days": days, **rest})
    if form == "text":
        _say_rest(found)


def _when(days: int) -> str:
    """Return when the forecasts are made, if it is not at upload."""
    return f" after {days} day{'s' * (days > 1)}" if days else ""


def _say_rest(found: "DatasetComparison") -> None:
    """Print the test of all variants together, and what was left out."""
    if _number(found.friedman_p) is not None:
        say(f"Friedman's test that all are equally good: p = {found.friedman_p:.3g}")
    if found.left_out:
        say(f"left out, since not all folders have them: {list_names(found.left_out, MOST_NAMES)}")


def _draw(found: "DatasetComparison", figure: Path, title: str) -> None:
    """Write the picture."""
    from tsshape._files import atomic_path
    from tsshape.plots import draw_ranks

    with atomic_path(figure) as temporary:
        draw_ranks(found.ranks["mean_rank"], found.groups, title=title).savefig(temporary)


def _number(value: float) -> float | None:
    """Return a number as JSON has it, which has no NaN."""
    return value if value == value else None  # noqa: PLR0124
