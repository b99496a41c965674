"""`tsshape fetch`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsshape.cli import _options as options
from tsshape.cli._say import say, say_json, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from tsshape.data import FetchReport

_MEGABYTE = 10**6


def fetch(
    name: Annotated[str | None, typer.Argument(help="What to fetch; without it, all there is is listed.")] = None,
    *,
    out: Annotated[
        Path | None, typer.Option(help="A new folder for the posts; by default one of that name, here.")
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="URL|FOLDER",
            help="Files in the same layout that lie elsewhere; by default the public repository.",
        ),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Download public data, check them, and write the folder of posts that all other verbs take."""
    if name is None:
        _list(as_json=as_json)
        return
    from tsshape.cli._progress import progress
    from tsshape.data import fetch_posts

    folder = Path(name) if out is None else out
    if out is not None:
        options.check_new_folder(out)
    with progress(f"fetch {name}", "MB") as show:
        report = fetch_posts(name, folder, from_, on_read=_in_megabytes(show))
    for remark in report.remarks:
        warn(remark)
    if as_json:
        say_json(report.to_dict())
    else:
        _print(report, folder)


def _list(*, as_json: bool) -> None:
    """Print the public sets."""
    from tsshape.data import PUBLIC_SETS

    sizes = {each.name: [file.n_bytes for file in each.published()] for each in PUBLIC_SETS.values()}
    if as_json:
        rows = [
            {
                "name": each.name,
                "what": each.what,
                "n_posts": each.n_posts,
                "n_times": each.n_times,
                "n_files": len(sizes[each.name]),
                "bytes": sum(sizes[each.name]),
            }
            for each in PUBLIC_SETS.values()
        ]
        say_json(rows)
        return
    for each in PUBLIC_SETS.values():
        size = f"{len(sizes[each.name])} files, {sum(sizes[each.name]) / _MEGABYTE:.0f} MB"
        say(f"{each.name:<15} {each.n_posts:>7,} posts x {each.n_times} days  {size:>16}  {each.what}")
    say("tsshape fetch NAME downloads one and writes it to the folder NAME; --out FOLDER writes it elsewhere")


def _in_megabytes(show: "Callable[[int, int], None]") -> "Callable[[int, int], None]":
    """Return a function that shows bytes as megabytes."""
    return lambda done, total: show(done // _MEGABYTE, total // _MEGABYTE)


def _print(report: "FetchReport", folder: Path) -> None:
    """Print what was fetched, its licence and citation, and what was written."""
    n_bytes = sum(file["bytes"] for file in report.files)
    n_published = sum(file["published"] for file in report.files)
    say(f"posts     {report.n_posts:,} x {report.n_times} days, first seen on {', '.join(report.days)}")
    say(f"files     {len(report.files)} ({n_bytes:,} bytes) from {report.source}")
    say(f"content   {n_published} of {len(report.files)} files are those of commit {report.commit}")
    say(f"licence   {report.licence}")
    say(f"citation  {report.citation}")
    say(f"written   {folder}: {', '.join(sorted(path.name for path in folder.iterdir() if path.is_file()))}")
