"""`tsshape explain`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsshape._errors import DataError
from tsshape.cli import _options as options
from tsshape.cli import _table_form as table_form
from tsshape.cli._progress import working
from tsshape.cli._say import say, say_json

if TYPE_CHECKING:
    from tsshape._typing import BoolArray

# Means over this many posts take half a minute; over all posts of a large table they would take many.
MOST_POSTS = 2_000


def explain(
    model: options.ModelFile,
    features: options.FeaturesPath,
    *,
    post: Annotated[str | None, typer.Option(help="Explain the forecast of one post, by its id.")] = None,
    figure: Annotated[Path | None, typer.Option(help="A file for the figure, .png, .svg or .pdf.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Largest number of features.")] = 15,
    allow_missing: options.AllowMissing = False,
    plugin: options.Plugin = None,
    id_column: options.IdColumn = None,
    latex: table_form.Latex = False,
    csv: table_form.Csv = False,
    as_json: table_form.JsonRows = False,
) -> None:
    """Show which features drive the forecasts of the given posts, or of one post."""
    from tsshape._files import atomic_path
    from tsshape.bundle import load
    from tsshape.cli._known import read_known
    from tsshape.cli._posts import name_of
    from tsshape.cli._tables import Titled, print_tables, rows_of
    from tsshape.forecast import EXPLANATION_COLUMNS, ScaleShapeForecaster
    from tsshape.plots import draw_explanation

    form = table_form.choose_form(latex=latex, csv=csv, as_json=as_json)
    target = None if figure is None else options.check_figure(figure)
    options.load_plugins(plugin)
    forecaster = load(model, kind=ScaleShapeForecaster)
    known = read_known(features, id_column, forecaster, allow_missing=allow_missing)
    if post is not None:
        if post not in known.features.index:
            raise DataError(f"{known.path} has no post {post!r}")
        asked = known.features.index == post
    else:
        asked = _spread(len(known.features))
    authors = None if known.authors is None else known.authors[asked]
    with options.user_errors(f"{known.path}: "), working(f"explain {asked.sum():,} posts"):
        explanation = forecaster.explain(known.features[asked], authors=authors)
    if post is None:
        over = f"{asked.sum():,} of {len(asked):,}" if asked.sum() < len(asked) else f"{len(asked):,}"
        table, title = explanation.table, f"{name_of(features)}: mean contributions over {over} posts"
    else:
        table, title = explanation.of_post(post), f"{name_of(features)}: contributions for the post {post}"
    table = table.head(top)
    if target is not None:
        with atomic_path(target) as temporary:
            draw_explanation(table[["scale", "shape"]], title=title).savefig(temporary)
    if form == "json":
        say_json(rows_of(table))
        return
    if form == "text":
        for line in known.notes:
            say(line)
    print_tables({"explanation": Titled(title, table, EXPLANATION_COLUMNS)}, form)


def _spread(n_posts: int) -> "BoolArray":
    """Return which posts to explain: all, or `MOST_POSTS` evenly spaced ones."""
    import numpy as np

    asked = np.zeros(n_posts, dtype=np.bool_)
    asked[np.linspace(0, n_posts - 1, min(n_posts, MOST_POSTS)).astype(np.int64)] = True
    return asked
