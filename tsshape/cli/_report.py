"""`tsshape report`."""

from pathlib import Path
from typing import Annotated

import typer

from tsshape.cli._options import check_out_file
from tsshape.cli._say import say


def report(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of `tsshape predict`, `cluster`, `select-k` and `bench`, in any mix.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="The HTML file.")],
) -> None:
    """Write what folders hold as one HTML file that needs no network: what matters, each post, tables and charts."""
    from tsshape.report import write_report

    write_report(folders, check_out_file(out))
    say(f"written: {out}")
