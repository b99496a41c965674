"""`tsshape simulate`."""

from pathlib import Path
from typing import Annotated

import typer

from tsshape.cli._options import check_folder
from tsshape.cli._say import say


def simulate(
    out_folder: Annotated[Path, typer.Argument(help="The folder to write to; it is made if it does not exist.")],
    n: Annotated[int, typer.Option("--n", min=1, help="Number of posts.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same posts.")] = 0,
) -> None:
    """Write simulated posts: the four SPID tables, and the dataset made of them."""
    from tsshape.data import check_savable, load_spid, simulate_spid_tables, write_spid_tables

    check_folder(out_folder)
    check_savable(out_folder)
    write_spid_tables(simulate_spid_tables(n, random_state=seed), out_folder)
    load_spid(out_folder).save(out_folder)
    say(f"{n} simulated posts in {out_folder}: curves.parquet, features.parquet and the four SPID tables")
