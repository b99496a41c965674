"""What is forecast of posts, as a person reads it: the posts that matter most, and the totals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from tsshape._columns import Column, format_percent, format_whole

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

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


class Totals(NamedTuple):
    """Sums over all posts; the views so far are None where no post has any observed days."""

    posts: int
    finished: int
    forecast: float
    views_so_far: float | None
    above: dict[str, float]

    @classmethod
    def of(cls, summary: "pd.DataFrame", n_days: int) -> "Totals":
        """Return the sums over a summary."""
        known = summary["views_so_far"].notna().any()
        return cls(
            posts=len(summary),
            finished=int((summary["days_observed"] >= n_days).sum()),
            forecast=float(summary["forecast"].sum()),
            views_so_far=float(summary["views_so_far"].sum()) if known else None,
            above={name: float(summary[name].sum()) for name in summary if name.startswith("above_")},
        )

    @classmethod
    def add(cls, parts: "Sequence[Totals]") -> "Totals":
        """Return the sums over several parts, of which there is at least one, in their order."""
        known = [each.views_so_far for each in parts if each.views_so_far is not None]
        return cls(
            posts=sum(each.posts for each in parts),
            finished=sum(each.finished for each in parts),
            forecast=sum(each.forecast for each in parts),
            views_so_far=sum(known) if known else None,
            above={name: sum(each.above[name] for each in parts) for name in parts[0].above},
        )

    def spell(self, loss: str) -> str:
        """Return one line about all posts."""
        posts = f"{self.posts:,} posts" + (f", {self.finished:,} of them finished" if self.finished else "")
        parts = [f"{format_whole(self.forecast)} views in the end"]
        if self.views_so_far is not None:
            parts.insert(0, f"{format_whole(self.views_so_far)} views so far")
        if loss != "mean":
            parts[-1] += f" (a sum of {loss} forecasts; those of fit --loss mean add up)"
        parts += [f"{total:,.1f} posts expected above {_count_of(name):,.6g}" for name, total in self.above.items()]
        return f"{posts}: {', '.join(parts)}"


def measure_coverage(n_posts: int, n_covered: int) -> Measured | None:
    """Return how often intervals at upload held the last counts of unfinished posts; None where there are too few.

    The model may have been fitted on some of them, which it cannot know; the share is then higher than for new posts.
    """
    return Measured(n_posts, n_covered / n_posts) if n_posts >= MIN_MEASURED else None


def spell_measured(measured: Measured, coverage: float) -> str:
    """Return the line about a measured coverage."""
    share, nominal = format_percent(measured.coverage, 0), spell_coverage(coverage)
    return (
        f"check       {share} of {measured.posts:,} unfinished posts are in their {nominal} interval of upload; "
        "fewer of new posts may be, if the model was fitted on these"
    )


def say_written(out: "Path") -> None:
    """Print where forecasts were written: a file, or a folder and what is in it."""
    from tsshape.cli._say import say

    names = sorted(each.name for each in out.iterdir()) if out.is_dir() else []
    say(f"written     {out}{': ' if names else ''}{', '.join(names)}")


def title_of_posts(n_shown: int, n_open: int, sort: Sort) -> str:
    """Return the title above the posts that come first."""
    what = {"final": "final count", "growth": "views still to come", "above": "probability of passing"}[sort]
    return f"{n_shown} of {n_open:,} unfinished posts, by {what}"


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
