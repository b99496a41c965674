"""Draw the picture of the README: `python docs/draw_overview.py` writes overview.png beside this file."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

import tsshape
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster

# Okabe and Ito's colours, which colour-blind readers can distinguish.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
N_TRAINING, N_SEEN = 1800, 3


def draw_overview() -> Figure:
    """Draw curves, the prototypes of their shapes, and a forecast that continues from the observed days."""
    posts = tsshape.simulate_spid(2000, random_state=0)
    figure = Figure(figsize=(12, 3.6), layout="constrained", dpi=110)
    curves, prototypes, forecast = figure.subplots(1, 3)
    _draw_curves(posts, curves)
    _draw_prototypes(posts, prototypes)
    _draw_forecast(posts, forecast)
    for ax in (curves, prototypes, forecast):
        ax.title.set_size("medium")
        ax.set_xlabel("days since upload")
        ax.spines[["top", "right"]].set_visible(False)
    return figure


def _draw_curves(posts: tsshape.EngagementDataset, ax: Axes) -> None:
    """Draw some curves on a logarithmic axis."""
    some = posts.curves[posts.curves.min(axis=1) >= 1][:80]
    ax.plot(some.columns, some.T, color="0.6", linewidth=0.7)
    ax.set_yscale("log")
    ax.set(title="Views: many small posts, a few great ones", ylabel="views so far")


def _draw_prototypes(posts: tsshape.EngagementDataset, ax: Axes) -> None:
    """Draw the prototypes under dynamic time warping."""
    shapes = tsshape.split_scale_shape(posts.curves[posts.curves.max(axis=1) > 0])[1]
    clusterer = ShapeKMeans(len(COLOURS), metric="dtw", metric_params={"window": 3}, random_state=0).fit(shapes)
    for colour, prototype in zip(COLOURS, clusterer.prototypes_, strict=True):
        ax.plot(shapes.columns, prototype, color=colour, linewidth=2.2)
    ax.set(title="Shapes: the prototypes of five clusters", ylabel="share of the final views")


def _draw_forecast(posts: tsshape.EngagementDataset, ax: Axes) -> None:
    """Draw the true curve of a test post, and its forecast and interval once some days are observed."""
    train, test = slice(N_TRAINING), slice(N_TRAINING, None)
    forecaster = ScaleShapeForecaster(random_state=0)
    forecaster.fit(posts.features[train], posts.curves[train], authors=posts.authors[train])
    features, authors, truth = posts.features[test], posts.authors[test], posts.curves[test]
    known = {"observed": truth.loc[:, :N_SEEN], "authors": authors}
    pred = forecaster.predict(features, **known)
    lower, upper = forecaster.predict_interval(features, coverage=0.8, **known)
    scale = truth.max(axis=1)
    post = (scale - scale.quantile(0.6)).abs().idxmin()
    days = truth.columns
    ax.fill_between(days, lower.loc[post], upper.loc[post], color="#A9D6F2", label="80 % interval")
    ax.plot(days, pred.loc[post], color=COLOURS[0], linewidth=2.2, label="forecast")
    ax.plot(days, truth.loc[post], color="black", linestyle="--", linewidth=1, label="true views")
    ax.plot(days[:N_SEEN], truth.loc[post].iloc[:N_SEEN], "o", color="black", label="observed")
    ax.set(title="A forecast: scale times shape, updated daily", ylabel="views so far")
    ax.legend(loc="upper left", fontsize=8)


if __name__ == "__main__":
    draw_overview().savefig(Path(__file__).with_name("overview.png"), pil_kwargs={"optimize": True})
