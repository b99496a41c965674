"""What a forecast of posts contributes to a report."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from tsshape._columns import format_percent, format_whole
from tsshape._typing import IntArray
from tsshape.cluster import describe_members
from tsshape.report._forecast import Forecast, read_forecast
from tsshape.report._lives import Life, lives
from tsshape.report._pack import as_json, drawn_days, pack_counts
from tsshape.report._page import Part, count_of, join, quoted, spell_level

N_WATCHED = 5
# Of more posts, those with the highest forecasts are listed: a page of 400 bytes a post stays below 10 MB.
MOST_LISTED = 20_000
# Longer titles are cut, with an ellipsis; so are they as examples.
_TITLE, _NAME = 100, 45


class Watched(NamedTuple):
    """One of the posts with the highest forecasts: its name, and its forecast in words."""

    id: str
    title: str
    words: str


def forecast_part(folder: Path) -> Part:
    """Return the contribution of a folder that `tsshape predict --out FOLDER` has written."""
    forecast = read_forecast(folder)
    settings, found = forecast.settings, _lives(forecast)
    n_posts = len(forecast.summary)
    order = np.argsort(-forecast.summary["forecast"].to_numpy(), kind="stable")[:MOST_LISTED]
    shown = "" if len(order) == n_posts else f"the {len(order):,} posts with the highest forecasts, of {n_posts:,}"
    return Part(
        "forecast",
        f"{count_of(n_posts, 'post')}: what to expect",
        opening(forecast, found),
        [
            ("model", settings.model),
            ("data", settings.data),
            ("posts", f"{n_posts:,}, forecast for {len(forecast.days)} days"),
            ("intervals", f"{spell_level(settings.coverage)} of the posts" if settings.coverage else "none"),
            ("listed", shown),
        ],
        [],
        {
            "forecast": forecast,
            "lives": found,
            "watched": _watched(forecast, found, order),
            "names": {id_: _short(title, _NAME) for id_, title in forecast.posts["title"].items() if title},
            "shown": shown,
            "data": _data(forecast, found, order),
        },
        f"tsshape {settings.tsshape}",
    )


def opening(forecast: Forecast, found: list[Life]) -> list[str]:
    """Say how many posts there are, how many views to expect, and which kind of life is the commonest."""
    summary = forecast.summary
    days = summary["days_observed"]
    finished, new = (days == len(forecast.days)).sum(), (days == 0).sum()
    seen = days[(days > 0) & (days < len(forecast.days))]
    ages = "" if seen.empty or seen.min() == seen.max() else f"{seen.min():g} to "
    states = [
        f"{finished:,} finished" if finished else "",
        f"{len(seen):,} seen for {ages}{count_of(int(seen.max()), 'day')}" if len(seen) else "",
        f"{new:,} without a view yet" if new and new < len(summary) else "",
    ]
    known = join([state for state in states if state])
    posts = f"{count_of(len(summary), 'post')}, forecast up to day {forecast.days[-1]:g}{': ' if known else ''}{known}"
    middle, high = summary["forecast"].quantile([0.5, 0.9])
    sentences = [
        f"{posts}.",
        f"Half of them are forecast to end above {format_whole(middle)} views, one in ten above {format_whole(high)}.",
    ]
    sentences += [
        f"About {format_whole(summary[name].sum())} of them should pass {format_whole(count)} views."
        for name, count in forecast.above.items()
    ]
    if found:
        common = max(found, key=lambda life: life.size)
        share = format_percent(common.share, 0)
        sentences.append(f"The commonest kind of life, {quoted(common.name)}, has {share} of the posts: {common.pace}.")
    return sentences


def _watched(forecast: Forecast, found: list[Life], order: IntArray) -> list[Watched]:
    """Return the unfinished posts with the highest forecasts."""
    titles = {life.number: life.title for life in found}
    watched = []
    unfinished = forecast.summary["days_observed"].to_numpy()[order] < len(forecast.days)
    for row in np.flatnonzero(unfinished)[:N_WATCHED]:
        position = order[row]
        post, known = forecast.summary.iloc[position], forecast.posts.iloc[position]
        words = f"{format_whole(post['forecast'])} views by day {forecast.days[-1]:g}"
        if np.isfinite(post.get("lower", np.nan)) and forecast.settings.coverage:
            level = spell_level(forecast.settings.coverage)
            words += f" ({level}: {format_whole(post['lower'])} to {format_whole(post['upper'])})"
        if post["days_observed"]:
            seen = count_of(int(post["days_observed"]), "day")
            words += f"; {format_whole(forecast.last_seen(position))} after {seen}"
        identifier = str(forecast.summary.index[position])
        watched.append(Watched(identifier, _short(known["title"]), f"{words}; {titles[int(post['cluster'])]}"))
    return watched


def _data(forecast: Forecast, found: list[Life], order: IntArray) -> Markup:
    """Return the listed posts with their fans, for the script."""
    places = drawn_days(len(forecast.days))
    bands = [forecast.fan[f"{end}_{level}"] for level in forecast.levels for end in ("lower", "upper")]
    stacked = np.concatenate([each[order][:, places] for each in (forecast.curves, *bands)], axis=1)
    most, packed = pack_counts(stacked)
    rank = {life.number: position for position, life in enumerate(found)}
    summary = forecast.summary.iloc[order]
    known = forecast.posts.iloc[order]
    seen = summary["days_observed"].to_numpy() > 0
    so_far = np.array([forecast.last_seen(position) for position in order])
    columns: list[list[Any]] = [
        [str(identifier) for identifier in summary.index],
        [_short(title) for title in known["title"]],
        known["author"].tolist(),
        known["posted"].tolist(),
        _whole(summary["days_observed"]),
        _whole(pd.Series(np.where(seen, so_far, np.nan))),
        _whole(summary["forecast"]),
        *(_whole(summary.get(end, pd.Series(np.nan, summary.index))) for end in ("lower", "upper")),
        [rank[int(number)] for number in summary["cluster"]],
        summary[[*forecast.above]].round(3).to_numpy().tolist(),
        [int(each) for each in most],
        packed,
    ]
    return as_json(
        {
            "days": [float(day) for day in forecast.days[places]],
            "levels": forecast.levels,
            "coverage": forecast.settings.coverage,
            "lives": [life.title for life in found],
            "above": [*forecast.above.values()],
            "posts": [list(post) for post in zip(*columns, strict=True)],
        }
    )


def _whole(counts: pd.Series) -> list[int | None]:
    """Return counts as whole numbers, None where there is none."""
    return [None if np.isnan(count) else round(count) for count in counts]


def _short(title: str, most: int = _TITLE) -> str:
    """Return a title, cut if it is long."""
    return title if len(title) <= most else f"{title[: most - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def _lives(forecast: Forecast) -> list[Life]:
    """Return the kinds of life of the forecast posts, with the bands of their forecast shapes and examples."""
    labels = forecast.summary["cluster"].to_numpy().astype(np.int64)
    height = forecast.curves.max(axis=1)
    shaped = height > 0
    shapes = forecast.curves[shaped] / height[shaped, None]
    members = describe_members(shapes, labels[shaped], forecast.prototypes)
    ids = forecast.summary.index[shaped]
    sizes = np.bincount(labels, minlength=len(forecast.prototypes)).tolist()
    found = lives(
        forecast.prototypes,
        sizes,
        bands={number: (each.lower.tolist(), each.upper.tolist()) for number, each in enumerate(members)},
        examples={number: [str(ids[row]) for row in each.examples] for number, each in enumerate(members)},
    )
    return [life for life in found if life.size]
