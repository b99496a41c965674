"""`tsshape rank`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tsshape._errors import DataError
from tsshape.cli._say import say


def rank(
    dataset_folder: Annotated[Path, typer.Argument(help="A folder with curves.* and features.*, or the SPID tables.")],
    target: Annotated[
        Literal["scale", "log-scale"],
        typer.Option(help="What the features are to predict; log-scale gives the few great posts less weight in PPS."),
    ] = "scale",
    both_directions: Annotated[bool, typer.Option(help="Also how well the target predicts each feature.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Rank features by Spearman's correlation and by their Predictive Power Score."""
    import numpy as np

    from tsshape.cli._tables import print_table
    from tsshape.data import load_dataset
    from tsshape.features import RANKING_COLUMNS, rank_features

    dataset = load_dataset(dataset_folder)
    if not len(dataset.features.columns):
        raise DataError(f"{dataset_folder} has no features to rank: it has no table features.*, or one of ids alone")
    scale = dataset.curves.max(axis=1).dropna()
    values = np.log1p(scale) if target == "log-scale" else scale
    ranking = rank_features(dataset.features.loc[values.index], values, both_directions=both_directions)
    if as_json:
        say(ranking.rename_axis("feature").reset_index().to_json(orient="records", indent=2, force_ascii=False))
        return
    print_table(ranking.rename_axis("feature"), RANKING_COLUMNS, title=f"{dataset.name}: what predicts the {target}")
