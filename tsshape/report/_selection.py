"""What a selection of the number of clusters contributes to a report."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tsshape.cluster import criterion_columns, selection_columns
from tsshape.report._charts import criterion_chart
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
    tsshape: str = ""


def selection_part(folder: Path) -> Part:
    """Return the contribution of a folder that `tsshape select-k` has written."""
    summary = read_json(folder / SUMMARY_FILE, Summary)
    table = read_numbers(folder / SELECTION_FILE, "n_clusters")
    numbers = table.index.tolist()
    pictures = [
        (name, criterion_chart(f"{name} by number of clusters", numbers, table[name].tolist(), summary.votes.get(name)))
        for name in criterion_columns(table)
    ]
    params = [f"{name} {value}" for name, value in summary.metric_params.items()]
    return Part(
        "selection",
        f"How many kinds of life: {numbers[0]} to {numbers[-1]} tried",
        open_selection(numbers, summary.recommended),
        [
            ("shapes", f"{summary.n_shapes:,}"),
            ("cleaning", "; ".join(summary.cleaning)),
            ("metric", ", ".join([summary.metric, *params])),
            ("seed", str(summary.seed)),
        ],
        conclude_selection(table, summary.recommended, summary.reason),
        {
            "table": as_table(table, selection_columns(table), caption="Means over the seeds"),
            "pictures": pictures,
            "votes": summary.votes,
        },
        f"tsshape {summary.tsshape}" if summary.tsshape else "",
    )
