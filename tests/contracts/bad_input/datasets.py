"""Folders of data that cannot be used by `rank` and `bench`, and folders that `simulate` cannot write."""

from contracts.bad_input.case import CURVES, FEATURES, bad

MANY_CURVES = "id,day01\n" + "".join(f"p{i},{i}\n" for i in range(30))
MANY_FEATURES = "id,followers\n" + "".join(f"p{i},{i % 7}\n" for i in range(30))
ONE_AUTHOR = "id,author\n" + "".join(f"p{i},x\n" for i in range(30))
TIMES = "id,followers,posted\n" + "".join(f"p{i},1,2024-01-01\n" for i in range(30))


def data(curves, features, *words, command="rank data"):
    """A data set of two tables."""
    return bad({"data/curves.csv": curves, "data/features.csv": features}, command, *words)


def channel(name, content, *words):
    """A data set with a further count beside its curves."""
    return bad({"data/curves.csv": CURVES, f"data/channels/{name}": content}, "rank data", *words)


def benchmark(curves, features, *words, split="random"):
    """A data set that the smallest suite is to be run on."""
    return data(curves, features, *words, command=f"bench smoke --data data --out run --split {split}")


SPID = {name: f"FlickrId\n{name}\n" for name in ("headers_TRAIN.csv", "img_info_TRAIN.csv", "users_TRAIN.csv")} | {
    "popularity_TRAIN.csv": "FlickrId,Day01\na,1\n"
}

BAD_DATASETS = {
    "no data folder": bad({}, "bench smoke --data data --out run", "data", "no such folder"),
    "a file for a data folder": bad({"data": "x"}, "rank data", "data", "no such folder"),
    "an empty data folder": bad({"data/notes.txt": "x"}, "rank data", "data", "curves.csv"),
    "no features to rank": bad({"data/curves.csv": CURVES}, "rank data", "no features to rank"),
    "features of ids alone to rank": data(CURVES, "id\na\nb\nc\n", "no features to rank"),
    "a part of a split that is neither": data(
        CURVES, "id,split\na,train\nb,valid\nc,test\n", "features.csv", "'b'", "'split'", "'valid'"
    ),
    "a channel that lacks a post": channel("likes.csv", CURVES.replace("b,", "z,"), "lacks 1", "'b'"),
    "a channel of other days": channel("likes.csv", "id,day01\na,1\nb,1\nc,1\n", "1 days", "2"),
    "a channel in two formats": bad(
        {"data/curves.csv": CURVES, "data/channels/likes.csv": CURVES, "data/channels/likes.csv.gz": b"x"},
        "rank data",
        "likes.csv and likes.csv.gz",
    ),
    "a channel named like the curves": channel("views.csv", CURVES, "'views'"),
    "a channel that has a word": channel("likes.csv", CURVES.replace("4", "four"), "'b'", "'day02'", "'four'"),
    "no curves": bad({"data/features.csv": FEATURES}, "rank data", "data", "curves.csv"),
    "curves in two formats": bad(
        {"data/curves.csv": CURVES, "data/curves.csv.gz": b"x", "data/features.csv": FEATURES},
        "rank data",
        "curves.csv and curves.csv.gz",
    ),
    "features in two formats": bad(
        {"data/curves.csv": CURVES, "data/features.parquet": b"x", "data/features.csv": FEATURES},
        "rank data",
        "features.csv and features.parquet",
    ),
    "features that lack rows": data(CURVES, FEATURES.replace("b,", "z,"), "features.csv", "lacks 1", "'b'"),
    "features with an id in another Unicode form": data(
        "id,day01\n\u00e9,1\n", "id,x\ne\u0301,1\n", "features.csv", "lacks 1", "Unicode form"
    ),
    "features with a blank behind an id": data(CURVES, FEATURES.replace("b,", "b ,"), "'b' is there as 'b '", "blanks"),
    "features with an id in capitals": data(CURVES, FEATURES.replace("b,", "B,"), "'b' is there as 'B'", "capitals"),
    "features to fit with an id in capitals": bad(
        {"curves.csv": CURVES, "features.csv": FEATURES.replace("b,", "B,")},
        "fit curves.csv features.csv --out model",
        "features.csv lacks 1 ids of curves.csv",
        "'b' is there as 'B', which differs in capitals",
    ),
    "a date that is not in the calendar": data(
        CURVES, "id,x\na,2024-02-28\nb,2024-02-29\nc,2024-02-30\n", "features.csv", "line 4", "'x'", "'2024-02-30'"
    ),
    "dates in another form": data(
        CURVES, "id,x\na,31.05.2024\nb,1.6.2024\nc,\n", "features.csv", "'x'", "'31.05.2024'", "write 2024-05-31"
    ),
    "features with an id twice": data(CURVES, FEATURES + "a,1,x\n", "features.csv", "'a'", "line 5"),
    "features with a column twice": data(CURVES, "id,x,x\na,1,2\nb,1,2\nc,1,2\n", "features.csv", "'x'"),
    "an infinite feature": data(CURVES, FEATURES.replace("20", "inf"), "features.csv", "'b'", "'followers'", "inf"),
    "a feature with decimal commas": data(
        CURVES,
        FEATURES.replace(",", ";").replace("10", "1,5").replace("20", "2,5").replace("30", "3"),
        "features.csv",
        "'1,5'",
        "1.5 instead",
    ),
    "a time of posting that is none": data(
        CURVES, "id,posted\na,2024-01-01\nb,soon\nc,2024-01-01\n", "features.csv", "'b'", "'posted'", "'soon'"
    ),
    "an SPID folder with one table": bad(
        {"data/popularity_TRAIN.csv": "FlickrId,Day01\na,1\n"}, "rank data", "headers_TRAIN.csv", "no such file"
    ),
    "SPID tables without their columns": bad(
        {f"data/{name}": text for name, text in SPID.items()}, "rank data", "headers_TRAIN.csv", "popularity_TRAIN.csv"
    ),
    "too few posts": benchmark(CURVES, FEATURES, "at least 20 posts", "3"),
    "no authors to split by": benchmark(MANY_CURVES, MANY_FEATURES, "author", split="author"),
    "one author to split by": benchmark(MANY_CURVES, ONE_AUTHOR, "one author", split="author"),
    "no times to split by": benchmark(MANY_CURVES, MANY_FEATURES, "posted", split="time"),
    "a time that one post lacks": benchmark(
        MANY_CURVES, TIMES.replace("p7,1,2024-01-01", "p7,1,"), "'p7'", split="time"
    ),
    "one time for all posts": benchmark(MANY_CURVES, TIMES, "no post is earlier", split="time"),
    "a file in the way of simulated posts": bad({"out": "x"}, "simulate out", "out is not a folder"),
    "curves in another format in the way": bad(
        {"out/curves.csv": CURVES}, "simulate out --n 20", "curves.csv", "in the way"
    ),
    "a channel in the way": bad({"out/channels/likes.csv": CURVES}, "simulate out --n 20", "likes.csv", "in the way"),
}
