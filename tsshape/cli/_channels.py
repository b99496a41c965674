"""Several counts of posts, such as views and likes, that `tsshape cluster` takes together."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tsshape._errors import DataError, quote
from tsshape.cli._options import user_errors
from tsshape.cli._posts import WARNED_SHARE, Cleaning, Shapes, read_classes, warn_of_decreases
from tsshape.cli._printable import printable
from tsshape.cli._say import warn

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from tsshape._typing import FloatArray, Floats
    from tsshape.data import CleaningReport
    from tsshape.metrics import Metric

# The channel that the curves of a dataset are.
VIEWS = "views"


class Channels(NamedTuple):
    """The weights of channels by name, and the shapes of posts, (n_posts, n_channels, n_times), without weights."""

    weights: dict[str, float]
    shapes: "FloatArray"

    @property
    def weighted(self) -> "FloatArray":
        """Return the shapes times the weights; of a single channel in two dimensions, which any method takes."""
        weighted: FloatArray = self.shapes * self._column
        return weighted if len(self.weights) > 1 else weighted[:, 0]

    def unweighted(self, centers: "Floats") -> "FloatArray":
        """Return centres of weighted shapes as shares, (n_clusters, n_channels, n_times)."""
        shares: FloatArray = centers.reshape(len(centers), len(self.weights), -1) / self._column
        return shares

    @property
    def _column(self) -> "FloatArray":
        """Return the weights, (n_channels, 1)."""
        import numpy as np

        return np.array([*self.weights.values()])[:, None]


class CleanChannel(NamedTuple):
    """A channel after cleaning, and the report of it."""

    curves: "pd.DataFrame"
    report: "CleaningReport"


def parse_channels(text: str | None) -> dict[str, float] | None:
    """Return the weights of channels by name, 1 where none is given; None if no channel is named."""
    if text is None:
        return None
    weights: dict[str, float] = {}
    for each in text.split(","):
        name, equals, weight = (part.strip() for part in each.partition("="))
        if not name:
            raise DataError(f"--channels takes names, such as views,likes=0.5; got {quote(text)}")
        if name in weights:
            raise DataError(f"--channels names {quote(name)} twice")
        weights[name] = _parse_weight(weight, name) if equals else 1.0
    return weights


def spell_channels(weights: dict[str, float]) -> str:
    """Return channels with their weights, but for those of 1."""
    return ", ".join(name if weight == 1 else f"{name}={weight:g}" for name, weight in weights.items())


def check_takes_channels(estimator: Any, method: str, metric: "Metric", weights: dict[str, float] | None) -> None:
    """Refuse several channels where the method or the metric takes one."""
    from sklearn.utils import get_tags

    if weights is None or len(weights) == 1:
        return
    one = f"takes curves of one channel, not of {len(weights)}: name one"
    if not get_tags(estimator).input_tags.three_d_array:
        raise DataError(f"--channels: the method {method!r} {one}, or take another method, such as kmedoids")
    if not metric.multichannel:
        raise DataError(f"--channels: the metric {metric.name!r} {one}, or take another metric, such as dtw")


def read_channel_shapes(path: Path, id_column: str | None, cleaning: Cleaning, weights: dict[str, float]) -> Shapes:
    """Read and clean channels of a dataset folder; return the shapes of the posts that have one in each channel."""
    import numpy as np

    from tsshape.curves import split_scale_shape

    cleaned, n_posts = _read_clean(path, id_column, cleaning, weights)
    n_days = min(each.curves.shape[1] for each in cleaned.values())
    first, *others = (each.curves.iloc[:, :n_days] for each in cleaned.values())
    ids = first.index[np.logical_and.reduce([first.index.isin(other.index) for other in (first, *others)])]
    counts = np.stack([table.loc[ids].to_numpy() for table in (first, *others)], axis=1)
    flat = counts.max(axis=2, initial=0.0) == 0
    alive = ~flat.any(axis=1)
    loss = _say_loss(cleaned, flat, n_posts, n_days)
    if not alive.any():
        raise DataError(f"{path}: no post has a shape in each channel: {loss}")
    n_times = max(each.report.n_times_in for each in cleaned.values())
    lost = {"posts": 1 - alive.sum() / n_posts, "days": 1 - n_days / n_times}
    what = max(lost, key=lost.__getitem__)
    if lost[what] > WARNED_SHARE:
        remedy = "; see --incomplete" if what == "days" or len(ids) < n_posts else ""
        warn(f"{path}: {loss}: {lost[what]:.0%} of the {what} are lost{remedy}")
    shapes = split_scale_shape(counts[alive])[1]
    table = first.loc[ids[alive]]
    table[:] = shapes[:, 0]
    return Shapes(
        first.loc[ids],
        table,
        read_classes(path, id_column, table.index),
        [f"{name}: {line}" for name, each in cleaned.items() for line in str(each.report).splitlines()] + [loss],
        "\n".join(f"{printable(name)}: {each.report.summary}" for name, each in cleaned.items()),
        path,
        channels=Channels(weights, shapes),
    )


def _parse_weight(text: str, name: str) -> float:
    """Return the weight of a channel."""
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        raise DataError(f"--channels: the weight of {quote(name)} must be finite and more than 0; got {quote(text)}")
    return weight


def _read_clean(
    path: Path, id_column: str | None, cleaning: Cleaning, weights: dict[str, float]
) -> tuple[dict[str, CleanChannel], int]:
    """Read and clean channels by name; return them and the number of posts before."""
    from tsshape.data import clean_curves, find_channels, find_table, read_channel, read_curves

    if not path.is_dir():
        raise DataError(f"--channels is for a dataset folder that has channels; {path} is no folder")
    source = find_table(path, "curves")
    files = {VIEWS: source, **find_channels(path)}
    unknown = [name for name in weights if name not in files]
    if unknown:
        raise DataError(f"--channels: {path} has no channel {quote(unknown[0])}; it has {', '.join(files)}")
    views = read_curves(source, id_column=id_column)
    cleaned = {}
    for name in weights:
        file = files[name]
        table = views if name == VIEWS else read_channel(file, views, source=source, id_column=id_column)
        with user_errors(f"{file}: "):
            cleaned[name] = CleanChannel(*clean_curves(table, **cleaning._asdict()))
        warn_of_decreases(cleaned[name].report, str(file))
    return cleaned, len(views)


def _say_loss(cleaned: dict[str, CleanChannel], flat: "np.ndarray[Any, Any]", n_posts: int, n_days: int) -> str:
    """Say how many posts are left out, and why, in which channels; `flat` is (n_posts, n_channels)."""
    reasons = []
    n_dropped, n_zero = n_posts - len(flat), int(flat.any(axis=1).sum())
    if n_dropped:
        where = {name: each.report.n_dropped for name, each in cleaned.items()}
        reasons.append(f"{n_dropped:,} that end early in a channel ({_list(where)})")
    if n_zero:
        where = dict(zip(cleaned, flat.sum(axis=0).tolist(), strict=True))
        reasons.append(f"{n_zero:,} that are 0 throughout in one ({_list(where)})")
    said = f"none of {n_posts:,} posts is left out"
    if reasons:
        said = f"{n_dropped + n_zero:,} of {n_posts:,} posts are left out: {', '.join(reasons)}"
    if any(each.report.n_times_in > n_days for each in cleaned.values()):
        said += f"; all channels are cut to the {n_days} days that each post has in each of them"
    return said


def _list(numbers: dict[str, int]) -> str:
    """Return the names that have a number other than 0, with it."""
    return ", ".join(f"{name} {number:,}" for name, number in numbers.items() if number)
