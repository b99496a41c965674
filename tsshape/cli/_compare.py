"""`tsshape compare`."""

from pathlib import Path
from typing import Annotated

import typer

from tsshape.cli._say import say


def compare(
    run_folders: Annotated[list[Path], typer.Argument(help="Run folders of `tsshape bench`, on the same splits.")],
    baseline: Annotated[str | None, typer.Option(help="The variant to compare with; by default the first.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare variants with a baseline on the same splits, with bootstrap intervals from 5 splits on."""
    from tsshape.bench import COLUMNS, MIN_SPLITS
    from tsshape.bench import compare as compare_runs
    from tsshape.cli._tables import print_table

    table = compare_runs(run_folders, baseline=baseline)
    if as_json:
        say(table.reset_index().to_json(orient="records", indent=2, force_ascii=False))
        return
    title = f"Difference from {baseline or 'the first variant'}, paired by split, with bootstrap intervals"
    print_table(table, COLUMNS["differences"], title=title)
    most = int(table["runs"].max())
    if most < MIN_SPLITS:
        count = "1 split is" if most == 1 else f"{most} splits are"
        say(f"{count} too few for an interval of the difference: it takes {MIN_SPLITS} or more")
