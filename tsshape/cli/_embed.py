"""`tsshape embed`."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from tsshape._choices import Pixels, Unreadable
from tsshape._errors import DataError
from tsshape.cli import _options as options
from tsshape.cli._progress import progress
from tsshape.cli._say import say, say_json

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = {".jpg", ".jpeg", ".jfif", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".avif"}
# Control characters, and bytes of a name that are not UTF-8.
_INVALID_ID = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def embed(
    images_folder: Annotated[
        Path, typer.Argument(help="Pictures named after the ids of their posts, in any subfolders.")
    ],
    *,
    model: Annotated[Path, typer.Option(help="A CNN as an ONNX file.")],
    out: Annotated[Path, typer.Option(help="The features, .parquet or .csv; an old file is replaced.")],
    layer: Annotated[
        list[str] | None, typer.Option(help="A layer's name; may be repeated. By default the last two before softmax.")
    ] = None,
    preprocessing: Annotated[
        Pixels, typer.Option(help="The preprocessing that the network was trained with.")
    ] = "imagenet",
    features: Annotated[
        Path | None, typer.Option(help="A table to which the features of the pictures are joined by id.")
    ] = None,
    unreadable: Annotated[Unreadable, typer.Option(help="What becomes of pictures that cannot be read.")] = "refuse",
    cache: Annotated[Path | None, typer.Option(help="A folder that keeps activations for later runs.")] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Number of pictures in memory at a time.")] = 32,
    jobs: options.Jobs = None,
    id_column: options.IdColumn = None,
    spreadsheet_safe: options.SpreadsheetSafe = False,
    as_json: options.AsJson = False,
) -> None:
    """Turn pictures into features of posts: activations of a network's layers.

    With --features every post of that table is kept, with missing values if it has no picture; otherwise every picture
    is a post.
    """
    from tsshape._extras import require
    from tsshape.data import find_table, read_posts, write_table
    from tsshape.features import ImageEmbedder

    if out.suffix not in {".csv", ".parquet"}:
        raise DataError(f"{out}: features are written as .parquet or .csv")
    target = options.check_out_file(out)
    found = find_pictures(images_folder)
    known = None if features is None else read_posts(find_table(features, "features"), id_column=id_column).to_frame()
    wanted = _of_posts(found.pictures, known, folder=images_folder, table=features)
    try:
        # Its own log about a malformed network repeats what the error says.
        require("onnxruntime", extra="images").set_default_logger_severity(4)
        with progress(f"embed {images_folder.name}", "pictures") as show:
            embedder = ImageEmbedder(
                model,
                layers=layer or None,
                preprocessing=preprocessing,
                batch_size=batch_size,
                unreadable=unreadable,
                cache=cache,
                n_jobs=jobs or -1,
                on_batch=show,
            ).fit()
            _check_names(known, embedder.get_feature_names_out(), features)
            visual = embedder.transform(wanted)
    except (ImportError, ValueError) as error:
        raise DataError(str(error)) from error
    joined = visual if known is None else known.join(visual)
    write_table(joined.rename_axis("id"), target, spreadsheet_safe=spreadsheet_safe)
    summary = {
        "pictures": len(visual),
        "layers": embedder.layers_,
        "unreadable": visual.index[visual.isna().all(axis=1)].tolist(),
        "posts_without_picture": 0 if known is None else len(known.index.difference(visual.index)),
        "pictures_without_post": len(found.pictures) - len(visual),
        "other_files": len(found.other_files),
        "written": str(out),
    }
    if as_json:
        say_json(summary)
    else:
        _print(summary, found)


class Found(NamedTuple):
    """The pictures of a folder, a Series of paths by id, and its other files."""

    pictures: "pd.Series"
    other_files: list[Path]


def find_pictures(folder: Path) -> Found:
    """Find the pictures in a folder and its subfolders, by the stems of their names; each stem must be unique."""
    import pandas as pd

    if not folder.is_dir():
        raise DataError(f"{folder}: there is no such folder")
    pictures: dict[str, Path] = {}
    other_files = []
    for path in _files_below(folder):
        if path.suffix.lower() not in ENDINGS or path.name.startswith("."):
            other_files.append(path)
            continue
        if path.stem in pictures:
            raise DataError(f"{pictures[path.stem]} and {path} would have the same id {path.stem!r}")
        if not path.stem.strip() or _INVALID_ID.search(path.stem):
            raise DataError(f"{path}: a picture's name is its post's id, and must be text without control characters")
        pictures[path.stem] = path
    if not pictures:
        raise DataError(f"{folder} holds no picture: no file that ends in {', '.join(sorted(ENDINGS))}")
    return Found(pd.Series(pictures, dtype=object).rename_axis("id"), other_files)


def _files_below(folder: Path) -> list[Path]:
    """Return all files in the folder and its subfolders, in the order of their paths."""

    def refuse(error: OSError) -> None:
        raise DataError(f"{error.filename} cannot be read: {error.strerror}") from error

    return sorted(Path(root, name) for root, _, names in os.walk(folder, onerror=refuse) for name in names)


def _of_posts(pictures: "pd.Series", known: "pd.DataFrame | None", *, folder: Path, table: Path | None) -> "pd.Series":
    """Return the pictures of the posts in a table, in its order; without a table, all pictures."""
    if known is None:
        return pictures
    wanted = pictures.reindex(known.index.intersection(pictures.index, sort=False))
    if wanted.empty:
        raise DataError(f"no picture in {folder} is named after an id of {table}, such as {known.index[0]!r}")
    return wanted


def _check_names(known: "pd.DataFrame | None", names: Iterable[str], table: Path | None) -> None:
    """Refuse a table with a column named like a feature of the pictures, before any picture is read."""
    twice = [name for name in names if known is not None and name in known.columns]
    if twice:
        raise DataError(f"{table} has a column {twice[0]!r} already, and {len(twice) - 1} more of the pictures' names")


def _print(summary: dict[str, Any], found: Found) -> None:
    """Print what was read, what was left out, and where the features are."""
    layers = ", ".join(f"{size:,} of {name}" for name, size in summary["layers"].items())
    say(f"pictures    {summary['pictures']:,}, activations: {layers}")
    if summary["unreadable"]:
        say(f"unreadable  {len(summary['unreadable']):,} pictures, whose features are missing")
    if summary["posts_without_picture"]:
        say(f"missing     {summary['posts_without_picture']:,} posts without a picture")
    if summary["pictures_without_post"]:
        say(f"left out    {summary['pictures_without_post']:,} pictures without a post")
    if found.other_files:
        say(f"left out    {len(found.other_files):,} files without a picture's ending, such as {found.other_files[0]}")
    say(f"written     {summary['written']}")
