"""An invented panel of posts, and exports of it in the forms that people have."""

import io

import numpy as np
import pandas as pd

from tsshape import read_export

N_POSTS, N_DAYS = 12, 14
IDS = pd.Index([f"{number:03d}" for number in range(7, 7 + N_POSTS)], name="id", dtype="str")


def _panel():
    """Cumulative whole counts that rise every day, by fewer and fewer."""
    rng = np.random.default_rng(15)
    fading = np.exp(-np.arange(N_DAYS) / rng.uniform(2, 9, (N_POSTS, 1)))
    per_day = rng.poisson(rng.uniform(200, 9_000, (N_POSTS, 1)) * fading) + 1
    return pd.DataFrame(per_day.cumsum(axis=1), IDS, range(1, N_DAYS + 1))


PANEL = _panel()
POSTED = pd.Series(pd.Timestamp("2024-02-20") + pd.to_timedelta(np.arange(N_POSTS) * 5 % 9, "D"), IDS)


def wide(counts=PANEL, name="day{:02d}", **columns):
    """A row a post: id, further columns, then a column for each day."""
    days = counts.rename(columns=name.format if isinstance(name, str) else name)
    return pd.concat([pd.DataFrame(columns, counts.index), days], axis=1).reset_index()


def dated(counts=PANEL, posted=POSTED, spell="%Y-%m-%d"):
    """A row a post: id, posted, then a column for each calendar day on which some post has a count."""
    rows = {
        id_: {posted[id_] + pd.Timedelta(days=day): count for day, count in counts.loc[id_].dropna().items()}
        for id_ in counts.index
    }
    days = sorted({day for row in rows.values() for day in row})
    table = pd.DataFrame(
        [[rows[id_].get(day) for day in days] for id_ in counts.index],
        counts.index,
        [day.strftime(spell) for day in days],
        dtype="Int64",
    )
    table.insert(0, "posted", posted.dt.strftime(spell))
    return table.rename_axis("id").reset_index()


def long(counts=PANEL, posted=POSTED, spell="%Y-%m-%dT%H:%M:%S", **columns):
    """A row a sample: id, posted, time and views, with further columns made from the frame."""
    samples = counts.rename_axis(columns="day").stack().rename("views").reset_index()  # noqa: PD013 - in rows
    start = pd.Series(posted[samples["id"]].to_numpy())
    table = pd.DataFrame(
        {
            "id": samples["id"],
            "posted": start,
            "time": start + pd.to_timedelta(samples["day"], "D"),
            "views": samples["views"],
        }
    )
    table = table.assign(**columns)
    return table.assign(**{name: table[name].map(lambda at: _spell(at, spell)) for name in ("posted", "time")})


def _spell(at, spell):
    """A time as text, or as what a function makes of it."""
    return at.strftime(spell) if isinstance(spell, str) else spell(at)


def text(table, separator=","):
    """A table as delimited text."""
    file = io.StringIO()
    table.to_csv(file, sep=separator, index=False, lineterminator="\n")
    return file.getvalue()


def per_day(counts=PANEL):
    """What came on each day."""
    return counts.diff(axis=1).fillna(counts).astype("Int64")


def young(counts=PANEL):
    """Counts of which post k lacks the last k % 5 days."""
    ages = counts.shape[1] - np.arange(len(counts)) % 5
    return counts.where(np.arange(1, counts.shape[1] + 1) <= ages[:, np.newaxis]).astype("Int64")


def assert_read(path, expected=PANEL, **options):
    """The export has these curves to the last count and no others; the dataset and the report."""
    dataset, report = read_export(path, **options)
    pd.testing.assert_frame_equal(
        dataset.curves.rename_axis(None), expected.astype("float64").rename_axis(None), check_column_type=False
    )
    return dataset, report
