"""What is forecast of posts, as a person reads it: the posts that matter most, and the totals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from tsshape._columns import Column, format_percent, format_whole

if TYPE_CHECKING:
    import pandas as pd

    from tsshape._typing import BoolArray
    from tsshape.cli._known import Given

Sort = Literal["final", "growth", "above"]
# Titles are cut to so many characters.
_TITLE_WIDTH = 32
# Fewer posts than these say little about a coverage.
MIN_MEASURED = 20


class Measured(NamedTuple):
    """Of some unfinished posts, the share whose last count is in the interval that was forecast for it at upload."""

    posts: int
    coverage: float


def sort_posts(summary: "pd.DataFrame", n_days: int, sort: Sort) -> "pd.DataFrame":
    """Return the summary in the order in which it is read, finished posts last: no answer about them is open."""
    keys = {
        "final": summary["forecast"],
        "growth": summary["forecast"] - summary["views_so_far"].fillna(0.0),
        "above": next((summary[name] for name in summary if name.startswith("above_")), summary["forecast"]),
    }
    order = summary.assign(_open=summary["days_observed"] < n_days, _key=keys[sort], _forecast=summary["forecast"])
    ids = order.sort_values(["_open", "_key", "_forecast"], ascending=False, kind="stable").index
    return summary.loc[ids]


def round_summary(summary: "pd.DataFrame") -> "pd.DataFrame":
    """Return the summary with counts rounded to whole ones, and probabilities to three digits."""
    import numpy as np

    rounded = summary.copy()
    for name in ("views_so_far", "forecast", "lower", "upper"):
        if name in rounded:
            values = rounded[name].round()
            # Beyond these a float has no whole number of its own.
            rounded[name] = values.astype("Int64") if (values.abs().fillna(0) < 2.0**53).all() else values
    above = [name for name in rounded if name.startswith("above_")]
    rounded[above] = np.round(rounded[above].to_numpy(np.float64), 3)
    return rounded


def titles_of(given: "Given") -> "pd.Series | None":
    """Return the titles of the posts, where a column of text is called so."""
    from pandas.api.types import is_string_dtype

    features = given.known.features
    for name in features:
        if str(name).casefold() == "title" and is_string_dtype(features[name].dtype):
            return features[name]
    return None


def shorten(title: Any) -> str:
    """Return a title as it fits into a table, on one line."""
    words = " ".join(str(title).split())
    return words if len(words) <= _TITLE_WIDTH else f"{words[: _TITLE_WIDTH - 1]}…"


def spell_interval(lower: float, upper: float) -> str:
    """Return the ends of an interval of counts."""
    return f"{format_whole(lower)} to {format_whole(upper)}"


def spell_coverage(coverage: float) -> str:
    """Return a coverage in percent, with as many digits as it has."""
    return f"{100 * coverage:g} %"


def print_summary(summary: "pd.DataFrame", titles: "pd.Series | None", *, coverage: float | None, title: str) -> None:
    """Print some rows of a summary."""
    from tsshape.cli._tables import print_table

    shown = summary.copy()
    if titles is not None:
        shown["title"] = titles.reindex(shown.index).map(shorten, na_action="ignore")
    shown["days_observed"] = shown["days_observed"].where(shown["days_observed"] > 0)
    if coverage is not None and "lower" in shown:
        shown["interval"] = [spell_interval(*ends) for ends in zip(shown["lower"], shown["upper"], strict=True)]
    if "life" in shown:
        shown["life"] = shown["life"] + " (" + shown["cluster"].astype("str") + ")"
    above = [name for name in shown if name.startswith("above_")]
    columns = [
        Column("id", "post"),
        Column("title", "title"),
        Column("days_observed", "days seen", "{:.0f}".format),
        Column("views_so_far", "views so far", format_whole),
        Column("forecast", "forecast", format_whole),
        Column("interval", f"{spell_coverage(coverage or 0)} interval"),
        Column("life", "kind of life"),
        *(Column(name, f"P(> {_count_of(name):,.6g})", spell_probability) for name in above),
    ]
    # Text stands on the left, as the levels of the index do.
    texts = [name for name in ("title", "life") if name in shown]
    print_table(shown.rename_axis("id").set_index(texts, append=True), columns, title=title)


def spell_probability(probability: float) -> str:
    """Return a probability in whole percent, which is as finely as it is known; 0 and 100 only where it is that."""
    if 0 < probability < 0.01:  # noqa: PLR2004
        return "< 1 %"
    if 0.99 < probability < 1:  # noqa: PLR2004
        return "> 99 %"
    return format_percent(probability, 0)


def totals(summary: "pd.DataFrame", n_days: int, loss: str) -> str:
    """Return one line about all posts."""
    finished = int((summary["days_observed"] >= n_days).sum())
    posts = f"{len(summary):,} posts" + (f", {finished:,} of them finished" if finished else "")
    parts = [f"{format_whole(summary['forecast'].sum())} views in the end"]
    if summary["views_so_far"].notna().any():
        parts.insert(0, f"{format_whole(summary['views_so_far'].sum())} views so far")
    if loss != "mean":
        parts[-1] += f" (a sum of {loss} forecasts; those of fit --loss mean add up)"
    parts += [
        f"{summary[name].sum():,.1f} posts expected above {_count_of(name):,.6g}"
        for name in summary
        if name.startswith("above_")
    ]
    return f"{posts}: {', '.join(parts)}"


def measure_coverage(covered: "Sequence[BoolArray]") -> Measured | None:
    """Return how often intervals at upload held the last counts of unfinished posts; None where there are too few.

    The model may have been fitted on some of them, which it cannot know; the share is then higher than for new posts.
    """
    n_posts = sum(map(len, covered))
    return Measured(n_posts, float(sum(map(sum, covered)) / n_posts)) if n_posts >= MIN_MEASURED else None


def as_records(summary: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the rows as JSON values."""
    import json

    rows: list[dict[str, Any]] = json.loads(summary.reset_index().to_json(orient="records"))
    return rows


def _count_of(name: str) -> float:
    """Return the count of a column of probabilities."""
    return float(name.removeprefix("above_"))


def check_sort(sort: Sort, above: Sequence[float]) -> None:
    """Refuse an order by a probability that is not asked for."""
    from tsshape._errors import DataError

    if sort == "above" and not above:
        raise DataError("--sort above needs --above N, the count whose probability is sorted by")
