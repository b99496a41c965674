"""Real curves written as exports come back as the tables that they came from."""

import numpy as np
import pandas as pd
import pytest

from tsshape.data import ImportOptions, import_posts

STEPS = {"youku30": "24h", "youtube15": "24h", "news144": "20min"}
SOME = 200


def _real(folder, name, n_posts):
    """The curves of some posts and when they went up, which news144 does not say."""
    curves = pd.read_parquet(folder / name / "curves.parquet").set_index("id").astype("Int64")
    curves = curves.set_axis(range(1, curves.shape[1] + 1), axis=1)[:: 1 if n_posts is None else len(curves) // n_posts]
    features = folder / name / "features.parquet"
    known = pd.read_parquet(features).set_index("id").loc[curves.index]
    invented = pd.Series(pd.Timestamp("2016-02-01") + pd.to_timedelta(np.arange(len(curves)) * 7, "min"), curves.index)
    return curves, pd.to_datetime(known["posted"]) if "posted" in known else invented


def _write_long(path, curves, posted, step):
    """A row for each count: id, posted, time and views."""
    samples = curves.rename_axis(columns="step").stack().dropna().rename("views").reset_index()  # noqa: PD013 - in rows
    start = pd.Series(posted[samples["id"]].to_numpy())
    times = (start + samples["step"] * pd.Timedelta(step)).dt.strftime("%Y-%m-%dT%H:%M:%S")
    table = samples.assign(posted=start.dt.strftime("%Y-%m-%dT%H:%M:%S"), time=times)
    table[["id", "posted", "time", "views"]].to_csv(path, index=False)


def _write_sheet(path, curves, posted, step):  # noqa: ARG001 - numbered steps need no step
    """A row a post, with what came in each step; the first count holds what came before it, too."""
    known = curves.ffill(axis=1).fillna(0)
    came = known.diff(axis=1).fillna(known).where(curves.notna())
    table = came.rename(columns="step{:03d}".format)
    table.insert(0, "posted", posted.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    table.to_csv(path, sep=";")


@pytest.mark.parametrize(
    "form",
    [(_write_long, {}), (_write_sheet, {"counts": "per-step"})],
    ids=["long", "a sheet of each step"],
)
@pytest.mark.parametrize("n_posts", [SOME, pytest.param(None, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", STEPS)
def test_real_curves_come_back_from_an_export(real_data, tmp_path, name, n_posts, form):
    write, options = form
    curves, posted = _real(real_data, name, n_posts)
    path = tmp_path / f"{name}.csv"
    write(path, curves, posted, STEPS[name])
    imported = import_posts(path, ImportOptions(step=STEPS[name], **options))
    n_counts = curves.notna().sum(axis=1)
    # A cumulative count alone, after the first step, says nothing about the way there.
    alone = (n_counts == 1) & curves[1].isna() & (not options)
    with_a_life = curves[(n_counts > 0) & ~alone]
    assert imported.dataset.curves.index.tolist() == with_a_life.index.tolist()
    assert imported.totals.index.tolist() == curves.index[alone].tolist()
    expected, found = with_a_life.to_numpy(float, na_value=np.nan), imported.dataset.curves.to_numpy()
    known = ~np.isnan(expected)
    np.testing.assert_array_equal(found[known], expected[known])
    over = np.logical_or.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    assert np.isnan(found[~over]).all()
    # Steps before the first count are missing in a long gap; in a short one they lie below the count.
    first = np.take_along_axis(expected, known.argmax(axis=1)[:, np.newaxis], axis=1)
    before = over & ~known
    assert (np.isnan(found) | (found <= first))[before].all()
    if name != "news144":
        assert not before.any()
    assert imported.dataset.posted.tolist() == posted[with_a_life.index].tolist()
