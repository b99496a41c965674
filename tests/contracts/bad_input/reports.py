"""Folders of which no report can be written."""

import json
from io import BytesIO

import pandas as pd
from contracts.bad_input.benchmarks import CELL, FEATURE, POST, folder, lines
from contracts.bad_input.case import bad

REPORT = "report run --out report.html"
SUMMARY = {
    "method": "kmeans",
    "seed": 0,
    "metric": "euclidean",
    "metric_params": {},
    "n_curves": 2,
    "n_zero_curves": 0,
    "n_times": 2,
    "cleaning": [],
    "sizes": [1, 1],
    "inertia": 0.0,
    "silhouette": None,
    "silhouette_metric": "euclidean",
    "silhouette_curves": 2,
    "tsshape": "0.1.0",
}
PROTOTYPES = "cluster,day01,day02\n0,0.5,1\n1,0.1,1\n"
SELECTION = "n_clusters,inertia\n1,5\n2,3\n"
CHOICE = {
    "metric": "dtw",
    "metric_params": {},
    "seed": 0,
    "n_shapes": 9,
    "cleaning": [],
    "votes": {"inertia": None},
    "recommended": None,
    "reason": "no criterion speaks",
}
DRAWN = CELL["illustration"]


def drawn(*words, **changed):
    """A run folder whose one cell has a changed illustration."""
    cell = CELL | {"illustration": DRAWN | changed}
    return folder("records.jsonl, line 1", "illustration", *words, command=REPORT, records=lines(cell))


def clustering(*words, prototypes=PROTOTYPES, **changed):
    """A clustering's folder, changed."""
    return bad({"run/summary.json": json.dumps(SUMMARY | changed), "run/prototypes.csv": prototypes}, REPORT, *words)


def selection(*words, table=SELECTION, **changed):
    """A selection's folder, changed."""
    return bad({"run/summary.json": json.dumps(CHOICE | changed), "run/selection.csv": table}, REPORT, *words)


def parquet(**columns):
    """The bytes of a table."""
    buffer = BytesIO()
    pd.DataFrame(columns).to_parquet(buffer, index=False)
    return buffer.getvalue()


ABOUT = {"tsshape": "0.2.0", "model": "posts.model", "data": "new", "coverage": 0.9}
SUMMARIES = "id,days_observed,views_so_far,forecast,lower,upper,cluster,life\na,0,,5,1,9,0,steady\n"
LIVES = "cluster,name,day01,day02\n0,steady,0.5,1\n"
DAYS = {"id": ["a", "a"], "day": [1, 2]}
CURVE = parquet(**DAYS, forecast=[1.0, 5.0])


def forecast(*words, summary=SUMMARIES, lives=LIVES, curve=CURVE, others=(), **changed):
    """A forecast's folder, changed."""
    good = {"summary.csv": summary, "lives.csv": lives, "forecast.parquet": curve, **dict(others)}
    files = {f"run/{name}": content for name, content in good.items() if content is not None}
    return bad({"run/forecast.json": json.dumps(ABOUT | changed), **files}, REPORT, *words)


def above(probability):
    """A summary with a probability."""
    return "".join(
        f"{line},{cell}\n" for line, cell in zip(SUMMARIES.splitlines(), ["above_9", probability], strict=True)
    )


BAD_FORECAST_FOLDERS = {
    "a forecast of which nothing is said": forecast("forecast.json", "model", model=None),
    "a coverage above all": forecast("forecast.json", "coverage", coverage=1.5),
    "a forecast without a summary": forecast("summary.csv", "no such file", summary=None),
    "a forecast without days": forecast("forecast.parquet", "no such file", curve=None),
    "a forecast without kinds of life": forecast("lives.csv", "no such file", lives=None),
    "a summary without forecasts": forecast("summary.csv", "'days_observed'", summary="id,cluster\na,0\n"),
    "a summary of words": forecast("line 2 (id 'a')", "'forecast'", summary=SUMMARIES.replace("5", "many")),
    "a post that is forecast twice": forecast("the same id", summary=SUMMARIES + SUMMARIES.splitlines()[1] + "\n"),
    "a post that has no days": forecast("post 'b' 0", summary=SUMMARIES + "b,0,,5,1,9,0,steady\n"),
    "a post seen for more days than there are": forecast("'a'", "more days", summary=SUMMARIES.replace("a,0", "a,9")),
    "a post of no cluster": forecast("'a'", "cluster 3", "lives.csv", summary=SUMMARIES.replace("9,0", "9,3")),
    "a probability above no count": forecast(
        "'above_x'",
        summary="".join(
            f"{line},{cell}\n" for line, cell in zip(SUMMARIES.splitlines(), ["above_x", "0.5"], strict=True)
        ),
    ),
    "a probability that is missing": forecast("line 2 (id 'a')", "'above_9'", "from 0 to 1", summary=above("nan")),
    "a probability of 200 percent": forecast("line 2 (id 'a')", "'above_9'", "from 0 to 1", summary=above("2")),
    "a probability that is a word": forecast("line 2 (id 'a')", "'above_9'", summary=above("likely")),
    "a coverage that is no number": forecast("forecast.json", "coverage", coverage=float("nan")),
    "a coverage that is a list": forecast("forecast.json", "coverage", coverage=[0.9]),
    "a coverage measured on no posts": forecast("forecast.json", "measured_posts", measured_posts=0),
    "a coverage measured on half a post": forecast("forecast.json", "measured_posts", measured_posts=0.5),
    "a measured coverage below 0": forecast("forecast.json", "measured_coverage", measured_coverage=-1e300),
    "a model that is a number": forecast("forecast.json", "model", model=7),
    "a forecast of which too much is said": bad({"run/forecast.json": "[" * 100_000}, REPORT, "forecast.json", "JSON"),
    "a summary without posts": forecast("summary.csv", summary=SUMMARIES.splitlines()[0] + "\n"),
    "a summary with an empty id": forecast("summary.csv, line 2", "id", summary=SUMMARIES.replace("\na", "\n")),
    "a cluster that is a word": forecast("line 2 (id 'a')", "'cluster'", summary=SUMMARIES.replace("9,0", "9,x")),
    "a cluster of a huge number": forecast("'a'", "lives.csv", summary=SUMMARIES.replace("9,0", "9,1e300")),
    "an infinite forecast in a summary": forecast("'forecast'", summary=SUMMARIES.replace(",5,", ",inf,")),
    "a forecast that is missing": forecast("'forecast'", curve=parquet(**DAYS, forecast=[None, 5.0])),
    "a forecast that is infinite": forecast("'forecast'", curve=parquet(**DAYS, forecast=[float("inf"), 5.0])),
    "a forecast that is text": forecast("'forecast'", curve=parquet(**DAYS, forecast=["many", "5"])),
    "a forecast that is a list": forecast("'forecast'", curve=parquet(**DAYS, forecast=[[1.0], [5.0]])),
    "a day of a forecast twice": forecast(
        "'a'", "each day once", curve=parquet(id=["a", "a"], day=[1, 1], forecast=[1.0, 5.0])
    ),
    "a day that is a time": forecast(
        "'day'", curve=parquet(id=["a"], day=pd.to_datetime(["2024-01-01"]), forecast=[1.0])
    ),
    "a forecast without a column of days": forecast("'day'", curve=parquet(id=["a"], forecast=[1.0])),
    "a forecast that is no Parquet": forecast("forecast.parquet", curve=b"PAR1" + b"\0" * 50 + b"PAR1"),
    "a prototype beyond all shapes": forecast("lives.csv", "1e+06", lives=LIVES.replace("0.5", "1e308")),
    "a prototype with a missing day": forecast("lives.csv", "missing day", lives=LIVES.replace("0.5", "")),
    "posts that are known twice": forecast(
        "posts.parquet", "'a'", others={"posts.parquet": parquet(id=["a", "a"], title=["x", "y"])}
    ),
    "observed days that are words": forecast(
        "observed.parquet", "'views'", others={"observed.parquet": parquet(id=["a"], day=[1], views=["many"])}
    ),
    "a fan of other days": forecast(
        *("fan.parquet", "other days"),
        others={"fan.parquet": parquet(id=["a", "a"], day=[1, 3], lower_80=[1.0, 2.0], upper_80=[1.0, 2.0])},
    ),
    "days of a stranger": forecast("id 'z'", "summary", curve=parquet(id=["z"], day=[1], forecast=[1.0])),
    "a negative forecast": forecast("'forecast'", "from 0 on", curve=parquet(**DAYS, forecast=[-1.0, 5.0])),
    "prototypes of another length": forecast("lives.csv", "1 days", lives="cluster,name,day01\n0,steady,1\n"),
    "kinds of life that are not numbered": forecast("lives.csv", "from 0 on", lives=LIVES.replace("\n0", "\n7")),
    "a fan of one end": forecast("'lower_80'", others={"fan.parquet": parquet(**DAYS, lower_80=[1.0, 2.0])}),
    "observed days that are not forecast": forecast(
        "observed.parquet", "day 3", others={"observed.parquet": parquet(id=["a"], day=[3], views=[1.0])}
    ),
}
BAD_REPORTS = {
    **BAD_FORECAST_FOLDERS,
    "a folder given twice": bad({"run/summary.json": "{}"}, "report run ./run --out report.html", "run", "twice"),
    "one of two folders of something else": bad(
        {"run/forecast.json": "{}", "notes/x": ""}, "report run notes --out report.html", "notes", "not a folder of"
    ),
    "a band of one end": bad(
        {
            "run/summary.json": json.dumps(SUMMARY),
            "run/prototypes.csv": PROTOTYPES,
            "run/bands.csv": "cluster,day,lower\n0,1,1\n0,2,1\n1,1,1\n1,2,1\n",
        },
        REPORT,
        *("bands.csv", "'upper'"),
    ),
    "no folder to report": bad({}, REPORT, "run", "not a folder of"),
    "a folder of something else": bad({"run/notes.txt": "x"}, REPORT, "run", "not a folder of"),
    "a report of a file": bad({"run": "x"}, REPORT, "run", "not a folder of"),
    "a run without a cell to report": folder("run", "no finished cell", command=REPORT, records=""),
    "a run without an environment to report": folder("environment.json", command=REPORT, environment=None),
    "a prototype that is infinite": drawn("finite", prototypes=[[float("inf")]]),
    "prototypes of two lengths": drawn("the same number of days", prototypes=[[1.0], [0.5, 1.0]], sizes=[1, 2]),
    "a prototype without a size": drawn("a size", sizes=[]),
    "no prototypes": drawn("prototypes", prototypes=[], sizes=[]),
    "a forecast of another length": drawn("1 days", posts=[POST | {"forecasts": {"0": {"forecast": [1]}}}]),
    "a forecast after the last day": drawn("2 of 2", posts=[POST | {"forecasts": {"2": {"forecast": [1, 2]}}}]),
    "a band of a forecast of one end": drawn(
        "both ends", posts=[POST | {"forecasts": {"0": {"forecast": [1, 2], "lower": [0, 1]}}}]
    ),
    "a post that is a number": drawn("posts.0.id", posts=[POST | {"id": 7}]),
    "more posts than are drawn": drawn("posts", "at most 6", posts=[POST] * 7),
    "more features than are drawn": drawn("features", "at most 12", features=[FEATURE] * 13),
    "an effect that overflows": drawn("features.0.scale", features=[FEATURE | {"scale": 710.0}]),
    "a prototype beyond all numbers": drawn("prototypes.0.0", prototypes=[[1e200]]),
    "a size that is a fraction": drawn("sizes.0", "integer", sizes=[0.5]),
    "an illustration of a later run": folder(
        "only the first run has an illustration", command=REPORT, records=lines(CELL | {"run": 1})
    ),
    "a post without a day": drawn("truth", posts=[POST | {"truth": [], "forecasts": {}}]),
    "a summary of clusters that is not JSON": bad(
        {"run/summary.json": "{", "run/prototypes.csv": PROTOTYPES}, REPORT, "summary.json", "JSON"
    ),
    "clusters without a summary": bad({"run/prototypes.csv": PROTOTYPES}, REPORT, "summary.json", "no such file"),
    "clusters without sizes": clustering("summary.json", "sizes", sizes=[]),
    "fewer prototypes than clusters": clustering("prototypes.csv", "3 clusters", sizes=[1, 1, 1]),
    "a prototype of words": clustering("prototypes.csv", "'day02'", prototypes="cluster,day01,day02\n0,1,x\n1,1,y\n"),
    "a prototype with a gap": clustering("prototypes.csv", prototypes="cluster,day01,day02\n0,1,\n1,1,1\n"),
    "prototypes without days": clustering("prototypes.csv", prototypes="cluster\n0\n1\n"),
    "a cluster that is no number": clustering("prototypes.csv", "'x'", prototypes="cluster,day01\nx,1\n1,1\n"),
    "prototypes without a channel": clustering("prototypes.csv has no column 'channel'", channels={"views": 1}),
    "a channel without prototypes": clustering(
        "prototypes.csv has no row of channel 'likes'",
        prototypes=PROTOTYPES.replace("cluster", "cluster,channel").replace("\n0", "\n0,x").replace("\n1", "\n1,x"),
        channels={"likes": 1},
    ),
    "a selection of words": selection("selection.csv, line 2", "'inertia'", table="n_clusters,inertia\n1,x\n"),
    "a number of clusters that is none": selection("selection.csv", "'few'", table="n_clusters,inertia\nfew,1\n"),
    "a selection without criteria": selection("selection.csv", table="n_clusters\n1\n"),
    "votes that are words": selection("summary.json", "votes.inertia", votes={"inertia": "two"}),
}
