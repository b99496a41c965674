"""The two-stage paper's table on the division that it published, by the baselines of the suite `twostage`."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from report import Figure, table

from tsshape.bench import Suite, load_suite
from tsshape.data import clean_curves, load_dataset
from tsshape.scores import mean_relative_squared_error

DATASET = "youku_twostage"
DIGITS = 7


def section() -> Iterator[str]:
    """Yield the section's lines; only where TSSHAPE_DATA has the dataset."""
    yield "## Views on day 30 from those on day 7: the two-stage paper"
    yield ""
    folder = Path(os.environ.get("TSSHAPE_DATA", "")) / DATASET
    if not os.environ.get("TSSHAPE_DATA") or not folder.is_dir():
        yield f"Left out: the environment variable TSSHAPE_DATA names no folder that has `{DATASET}`."
        yield ""
        return
    suite = load_suite("twostage")
    sources = dict.fromkeys(each.source for each in suite.published)
    yield f"Source: {', '.join(sources)}. Figures and methods are those of the suite `twostage`; the score is MRSE."
    yield f"`tsshape bench twostage --data {DATASET}` measures this library's own forecasts beside them."
    yield ""
    yield from table(("method", "published", "ours", ""), [*_rows(suite, folder)])
    yield ""


def _rows(suite: Suite, folder: Path) -> Iterator[tuple[str, ...]]:
    """Yield a row for each baseline that knows the counts alone and takes seconds, and for what is quoted only."""
    dataset = load_dataset(folder)
    cleaned, _ = clean_curves(dataset.curves, **suite.cleaning.model_dump())
    is_test = (dataset.split.loc[cleaned.index] == "test").to_numpy()
    counts = cleaned.to_numpy(np.float64)
    published = {each.name: each for each in suite.published if each.n_test == is_test.sum()}
    days = min({each.days for each in suite.published})
    for baseline in suite.baselines:
        if baseline.kind == "lightgbm":
            continue
        print(baseline.name, flush=True)
        model = baseline.build(suite.seed).fit(counts[~is_test, :days], counts[~is_test, days:])
        forecast = model.predict(counts[is_test, :days])
        ours = mean_relative_squared_error(counts[is_test, -1], forecast[:, -1])
        figure = published.pop(baseline.name, None)
        if figure is None:
            yield baseline.name, "", f"{ours:.{DIGITS}f}", ""
        else:
            yield baseline.name, *Figure(figure.mrse, ours, DIGITS).cells()
    for each in published.values():
        remark = "quoted; an oracle, told something of the answer" if each.oracle else "quoted"
        yield each.name, f"{each.mrse:.{DIGITS}f}", "", remark
