"""What a selection of the number of clusters contributes to a report."""

from pathlib import Path
from typing import Literal

import pandas as pd
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from tsshape.cluster import SelectionSample, class_columns_of, criterion_columns, selection_columns
from tsshape.report._charts import criterion_chart
from tsshape.report._classes import KnownClasses
from tsshape.report._conclude import conclude_selection
from tsshape.report._opening import open_selection
from tsshape.report._page import Part, as_table
from tsshape.report._reading import SUMMARY_FILE, read_json, read_numbers

SELECTION_FILE = "selection.csv"


class Summary(BaseModel):
    """The summary that `tsshape select-k` writes."""

    model_config = ConfigDict(extra="ignore")

    metric: str
    metric_params: dict[str, bool | int | float | str | None]
    seed: int
    n_shapes: int
    cleaning: list[str]
    votes: dict[str, int | None]
    recommended: int | None
    reason: str
    classes: KnownClasses | None = None
    sample: SelectionSample | None = None
    clustered: Literal["shapes", "series"] = "shapes"
    tsshape: str = ""


def selection_part(folder: Path) -> Part:
    """Return the contribution of a folder that `tsshape select-k` has written."""
    summary = read_json(folder / SUMMARY_FILE, Summary)
    table = read_numbers(folder / SELECTION_FILE, "n_clusters")
    numbers, columns = table.index.tolist(), selection_columns(table)
    pictures = [_picture(table[name], name, summary.votes.get(name)) for name in criterion_columns(table)]
    of_classes = [
        _picture(table[column.name], column.label) for column in columns if column.name in class_columns_of(table)
    ]
    of_posts = summary.clustered == "shapes"
    params = [f"{name} {value}" for name, value in summary.metric_params.items()]
    return Part(
        "selection",
        f"How many {'kinds of life' if of_posts else 'clusters'}: {numbers[0]} to {numbers[-1]} tried",
        open_selection(numbers, summary.recommended, of_posts=of_posts),
        [
            ("shapes", f"{summary.n_shapes:,}" if of_posts else ""),
            ("cleaning" if of_posts else "series", "; ".join(summary.cleaning)),
            ("metric", ", ".join([summary.metric, *params])),
            ("seed", str(summary.seed)),
            ("sample", summary.sample.words if summary.sample else ""),
            ("classes", summary.classes.words if summary.classes else ""),
        ],
        conclude_selection(table, summary.recommended, summary.reason),
        {
            "table": as_table(table, columns, caption="Means over the seeds"),
            "pictures": pictures,
            "of_classes": of_classes,
            "votes": summary.votes,
        },
        f"tsshape {summary.tsshape}" if summary.tsshape else "",
    )


def _picture(values: pd.Series, label: str, vote: int | None = None) -> tuple[str, Markup]:
    """Return a name, and a chart of the values over the number of clusters."""
    return label, criterion_chart(f"{label} by number of clusters", values.index.tolist(), values.tolist(), vote)
