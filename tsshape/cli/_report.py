"""`tsshape report`."""

from pathlib import Path
from typing import Annotated

import typer

from tsshape.cli._options import check_out_file
from tsshape.cli._say import say


def report(
    run_folder: Annotated[Path, typer.Argument(help="A folder of `tsshape bench`, `cluster` or `select-k`.")],
    *,
    out: Annotated[Path, typer.Option(help="The HTML file.")],
) -> None:
    """Write the tables, charts and conclusions of a folder as one HTML file that needs no network."""
    from tsshape.report import write_report

    check_out_file(out)
    write_report(run_folder, out)
    say(f"written: {out}")
