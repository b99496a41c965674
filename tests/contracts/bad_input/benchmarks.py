"""Suites, run folders and comparisons that cannot be used."""

import json

from contracts.bad_input.case import bad

SUITE = "name = 'x'\nvariants = []\nn_runs = 1\n"
VARIANT = """
[[variants]]
name = "v"
clusterer = { kind = "kmeans", n_clusters = 3 }
classifier = { kind = "lightgbm" }
regressor = { kind = "median" }
"""
TABLE = "name = 'x'\nn_runs = 1\n" + VARIANT
# The suite and the one cell of a run folder, which has all that a cell can have.
RUN = "name = 'x'\nn_runs = 3\n" + VARIANT
ENVIRONMENT = {
    "data": "d",
    "data_fingerprint": "1",
    "code_fingerprint": "2",
    "n_posts": 1,
    "n_times": 1,
    "n_features": 1,
    "versions": {"tsshape": "0.1"},
    "plugins": {},
    "cleaning": [],
    "python": "3.11",
    "platform": "Linux",
    "cores": 1,
}
TENTH = {"above": 9.0, "days": 0, "tenth": 1, "posts": 4, "forecast": 0.1, "share": 0.25}
COVERED = {"coverage": 0.9, "quarters": [0.9, None, 1, 0.5], "width": 2.0, "log_width": 0.5}
POST = {"id": "a", "truth": [1, 2], "forecasts": {"0": {"forecast": [1, 2]}}}
FEATURE = {"feature": "Camera", "scale": 0.5, "shape": 0.1}
CELL = {
    "key": "0123456789abcdef",
    "variant": "v",
    "run": 0,
    "n_train": 36,
    "n_test": 4,
    "n_unfinished": 3,
    "steps_seen": 1.5,
    "seconds": 0.1,
    "rho": 0.5,
    "trmse": 1.0,
    "med": 1.0,
    "accuracy": 0.5,
    "majority_share": 0.5,
    "balanced_accuracy": 0.5,
    "n_clusters": 3,
    "budget": {"nothing": 4.0, "scale": 1.0, "prototype": 2.0, "shape": 3.0},
    "classes": {"n_classes": 2, "posts": 30, "ari": 0.4, "nmi": 0.5, "accuracy": 0.8},
    "in_flight": {"1": {"trmse": 4.0, "med": 3.0, "mrse": 0.1, "coverage_90%": 0.9, "log_width_90%": 0.4}},
    "intervals": {"90%": COVERED},
    "probability": [TENTH],
    "top": {"0": {"forecast": 0.6}, "1": {"forecast": 0.9, "last_count": 0.8}},
    "watch": {"1": {"ended": 2, "flagged": 1, "right": 1, "right_by_count": 0}},
    "illustration": {"prototypes": [[0.5, 1.0]], "sizes": [3], "posts": [POST], "features": [FEATURE]},
}
ALWAYS = {name: CELL[name] for name in ("key", "variant", "run", "n_train", "n_test")}
FAILED = ALWAYS | {"error": "ValueError: no", "traceback": ""}


def suite(content, *words):
    """A suite that is to be run."""
    return bad({"s.toml": content}, "bench s.toml --out run", "s.toml", *words)


def lines(*cells):
    """Records, one a line."""
    return "".join(json.dumps(cell) + "\n" for cell in cells)


def folder(*words, command="compare run", **replaced):
    """A run folder that is to be compared, one of its files replaced."""
    good = {"suite": RUN, "environment": json.dumps(ENVIRONMENT), "records": lines(CELL)} | replaced
    named = {"suite": "run/suite.toml", "environment": "run/environment.json", "records": "run/records.jsonl"}
    files = {named[name]: content for name, content in good.items()}
    return bad({path: content for path, content in files.items() if content is not None}, command, *words)


def cell(*words, **changed):
    """A run folder of two cells, the second one changed; what is changed to DROP is left out."""
    other = CELL | {"key": "f" * 16, "run": 1}
    del other["illustration"]
    other = {name: value for name, value in (other | changed).items() if value is not DROP}
    return folder("records.jsonl, line 2", *words, records=lines(CELL, other))


def part(name, *words, **changed):
    """A run folder of two cells, of which one part of the second is changed."""
    return cell(
        name, *words, **{name: {each: value for each, value in (CELL[name] | changed).items() if value is not DROP}}
    )


def described(*words, **changed):
    """A run folder whose environment is changed."""
    values = {name: value for name, value in (ENVIRONMENT | changed).items() if value is not DROP}
    return folder("environment.json", *words, environment=json.dumps(values))


DROP = object()
BAD_SUITES = {
    "posts that are all young": bad(
        {"d/curves.csv": "id,day01,day02\na,1,\n", "d/features.csv": "id,x\na,1\n"},
        *("bench smoke --data d --out run", "d: all 1 curves end before day 2", "--incomplete truncate"),
    ),
    "too few posts that are old enough": bad(
        {"d/curves.csv": "id,day01,day02\na,1,\nb,1,2\n", "d/features.csv": "id,x\na,1\nb,2\n"},
        *("bench smoke --data d --out run", "d: a benchmark needs at least 20 posts; there are 1", "1 of 2 curves end"),
    ),
    "a suite nobody knows": bad({}, "bench sprint --out run", "'sprint'", "smoke", "paper", "full"),
    "a suite that is a folder": bad({"s.toml/x": ""}, "bench s.toml --out run", "s.toml", "folder"),
    "not TOML": suite("name = ", "TOML"),
    "TOML that is nested without end": suite("a = " + "[" * 50_000, "TOML"),
    "a suite that is not text": suite(b"name = '\xff'", "UTF-8"),
    "a suite too large": suite("#" * (2**20 + 1), "1,048,576"),
    "an empty suite": suite("", "name: field required", "variants"),
    "an unknown key": suite(SUITE + "runs = 3\n", "runs"),
    "no run": suite(SUITE.replace("1", "0"), "n_runs", "1"),
    "a number that is a word": suite(SUITE.replace("1", "'many'"), "n_runs", "integer"),
    "a test share above all": suite(SUITE + "test_size = 1.5\n", "test_size", "less than 1"),
    "a negative seed": suite(SUITE + "seed = -1\n", "seed"),
    "an unknown split": suite(SUITE + "split = 'place'\n", "split", "'author'"),
    "an unknown way with gaps": suite(SUITE + "cleaning = { missing = 'guess' }\n", "cleaning.missing"),
    "two variants of one name": suite(TABLE + VARIANT, "'v'"),
    "a variant named like a baseline": suite(TABLE.replace('"v"', '"direct LightGBM"'), "'direct LightGBM'"),
    "an unknown clusterer": suite(TABLE.replace("kmeans", "kmagic"), "kmagic"),
    "an unknown regressor": suite(TABLE.replace('kind = "median"', 'kind = "luck"'), "luck"),
    "a clusterer without clusters": suite(TABLE.replace("n_clusters = 3", "n_clusters = 0"), "n_clusters"),
    "a variant without a classifier": suite(
        TABLE.replace('classifier = { kind = "lightgbm" }\n', ""), "classifier", "required"
    ),
}
BAD_RUNS = {
    "a run folder that holds something": bad(
        {"run/notes.txt": "x", "s.toml": SUITE}, "bench s.toml --out run", "run", "--resume"
    ),
    "a run folder that is a file": bad({"run": "x", "s.toml": SUITE}, "bench s.toml --out run", "run", "folder"),
    "nothing to resume": bad({"run/notes.txt": "x", "s.toml": SUITE}, "bench s.toml --out run --resume", "run"),
    "a run of another suite": folder("another suite", "name", "n_runs", command="bench smoke --out run --resume"),
    "a run on other data": folder(
        "other data", "n_posts 1 then, 2000 now", command="bench run/suite.toml --out run --resume"
    ),
    "a run with no environment to resume": folder(
        "environment.json", command="bench run/suite.toml --out run --resume", environment=None
    ),
    "no run folder": bad({}, "compare run", "run", "not a run folder"),
    "a run folder without records": folder("run", "records.jsonl", records=None),
    "a run folder without an environment": folder("run", "environment.json", environment=None),
    "a run folder without a suite": folder("suite.toml", suite=None),
    "a run folder without a cell": folder("run", "no finished cell", records=""),
    "records that are not JSON": folder("records.jsonl", "line 1", "JSON", records="{\n"),
    "records that are nested without end": folder("line 1", "recursion limit", records="[" * 50_000 + "\n"),
    "a record that is no object": folder("records.jsonl", "line 2", records=lines(CELL, [])),
    "a line between records that is empty": folder("line 2", "JSON", records=lines(CELL) + "\n" + lines(CELL)),
    "records after a byte order mark": folder("line 1", "JSON", records="\ufeff" + lines(CELL)),
    "records that are not UTF-8": folder("line 1", "UTF-8", records=b"\xff\n"),
    "a record with half a surrogate pair": folder("line 1", "JSON", records=lines(CELL | {"variant": "\ud800"})),
    "an environment that is not JSON": folder("environment.json", "JSON", environment="{"),
    "an environment without a fingerprint": folder("environment.json", "data_fingerprint", environment='{"data": "d"}'),
    "an environment that is nested without end": folder("recursion limit", environment="[" * 50_000),
    "an environment with a key that tsshape does not know": described("mood: extra inputs", mood="good"),
    "an environment without a machine": described("cores: field required", cores=DROP),
    "an environment of no machine": described("cores", cores=None),
    "a number of posts that is a truth value": described("n_posts", "integer", n_posts=True),
    "a number of posts that no memory holds": described("n_posts", "9007199254740992", n_posts=10**30),
    "a number of days that is none": described("n_times", "greater than or equal to 1", n_times=0),
    "versions that are a list": described("versions", versions=["1"]),
    "a plug-in that is a number": described("plugins.mine.py", "string", plugins={"mine.py": 3}),
    "a version of odd characters": described("versions.'\\x1b[2J'", "string", versions={"\x1b[2J": 1}),
    "a suite with a name of odd depth": folder("suite.toml", "100 parts", suite=RUN + "a." * 5_000 + "a = 1\n"),
    "a suite that is nested too deep": folder("20 deep", suite=f"a = {'[' * 30}{']' * 30}\n{RUN}"),
    "a suite with a number of 4,301 digits": folder("suite.toml", "TOML", suite=f"seed = {'1' * 4301}\n{RUN}"),
    "a suite with a number that TOML does not know": folder("64 bits", suite=f"seed = 0x{'f' * 9000}\n{RUN}"),
    "a suite whose seed is a truth value": folder("seed", "integer", suite=f"seed = true\n{RUN}"),
    "a suite whose number of runs is text": folder("n_runs", "integer", suite=RUN.replace("3", "'3'", 1)),
    "a suite whose step is without end": folder("step_minutes", "finite", suite=f"step_minutes = inf\n{RUN}"),
    "a baseline nobody measured": folder("'luck'", "'v'", command="compare run --baseline luck"),
    "one run folder twice": folder("same name", command="compare run run"),
}
# Each is a cell that `bench` does not write.
BAD_CELLS = {
    "a key that tsshape does not know": cell("mood: extra inputs", mood="good"),
    "a key of odd characters": cell("'\\x1b[2J': extra inputs", **{"\x1b[2J": 1}),
    "a hundred keys that tsshape does not know": cell("and 95 more", **{f"mood{each:02d}": 1 for each in range(100)}),
    "a cell whose key is a path": cell("key", key="../../../etc/abcd"),
    "a cell whose key is a number": cell("key", "string", key=3),
    "a cell without a variant": cell("variant: field required", variant=DROP),
    "a cell of no variant": cell("variant", "string", variant=None),
    "a cell of a stranger": cell("run 1 of 'w'", "no cell of the suite in suite.toml", variant="w"),
    "a cell of a run that there is not": cell("run 3 of 'v'", "no cell of the suite in suite.toml", run=3),
    "a run below 0": cell("run", "greater than or equal to 0", run=-1),
    "a run that is a word": cell("run", "integer", run="1"),
    "a run that is a fraction": cell("run", "integer", run=1.0),
    "one cell under two keys": cell("ffffffffffffffff", "do not belong together", run=0),
    "one key of two cells": cell("0123456789abcdef", "do not belong together", key=CELL["key"]),
    "a cell that was measured and failed": cell("a cell that failed has no", error="no", traceback=""),
    "a failure without a traceback": folder("traceback is missing", records=lines({**ALWAYS, "error": "no"})),
    "a failure of no reason": folder("error", records=lines({**FAILED, "error": None})),
    "a cell without scores": folder("trmse is missing", records=lines({**ALWAYS, "seconds": 1.0})),
    "a cell without a time": cell("seconds is missing", seconds=DROP),
    "a cell of a time below 0": cell("seconds", seconds=-1.0),
    "a cell of no test posts": cell("n_test", n_test=0),
    "a cell without test posts": cell("n_test: field required", n_test=DROP),
    "a number of training posts that is a fraction": cell("n_train", "integer", n_train=36.5),
    "a number of training posts without end": cell("n_train", "9007199254740992", n_train=10**400),
    "unfinished posts without the days they were seen": cell("steps_seen is missing", steps_seen=DROP),
    "an error without end": cell("trmse", "finite", trmse=float("inf")),
    "an error that is no number": cell("trmse", "finite", trmse=float("nan")),
    "an error below 0": cell("trmse", "greater than or equal to 0", trmse=-1.0),
    "an error whose square overflows": cell("med", "less than or equal to", med=1e200),
    "an error that is text": cell("trmse", "number", trmse="1.0"),
    "an error that is a truth value": cell("trmse", "number", trmse=True),
    "an error of nothing": cell("trmse", "number", trmse=None),
    "errors without a correlation": cell("rho is missing", rho=DROP),
    "a correlation above 1": cell("rho", "less than or equal to", rho=1.5),
    "an accuracy above all": cell("accuracy", "less than or equal to 1", accuracy=1.5),
    "a cell of no clusters": cell("n_clusters", n_clusters=0),
    "a cell without a number of clusters": cell("n_clusters is missing", n_clusters=DROP),
    "a budget of nothing": cell("budget", budget=None),
    "a budget without shape": part("budget", "shape: field required", shape=DROP),
    "a budget below 0": part("budget", "budget.scale", scale=-1e-9),
    "classes without a number": part("classes", "n_classes", n_classes=0),
    "an agreement above all": part("classes", "nmi", nmi=2.0),
    "classes of no clusters": folder(
        "accuracy is missing",
        records=lines({name: CELL[name] for name in (*ALWAYS, "seconds", "rho", "trmse", "med", "classes")}),
    ),
    "in flight after a day that is a word": cell("in_flight", "pattern", in_flight={"some": CELL["in_flight"]["1"]}),
    "in flight after a day in other digits": cell("in_flight", "pattern", in_flight={"\u0661": CELL["in_flight"]["1"]}),
    "in flight after a day written twice": cell(
        "in_flight", "pattern", in_flight={"1": CELL["in_flight"]["1"], "01": CELL["in_flight"]["1"]}
    ),
    "in flight without an error": cell("in_flight.1.mrse: field required", in_flight={"1": {"trmse": 1.0, "med": 1.0}}),
    "in flight with a score nobody knows": part("in_flight", "mood", **{"1": CELL["in_flight"]["1"] | {"mood": 1.0}}),
    "a coverage far below 0 in flight": part(
        "in_flight", "coverage_90%", **{"1": CELL["in_flight"]["1"] | {"coverage_90%": -1e300}}
    ),
    "intervals of nothing": cell("intervals", intervals=None),
    "intervals of no percentage": cell("intervals", "'50%'", intervals={"most": COVERED}),
    "a coverage of intervals below 0": part("intervals", "coverage", **{"90%": COVERED | {"coverage": -1e300}}),
    "three quarters": part("intervals", "quarters", **{"90%": COVERED | {"quarters": [1, 1, 1]}}),
    "a ratio of intervals that overflows": part("intervals", "log_width", **{"90%": COVERED | {"log_width": 710.0}}),
    "an eleventh tenth": cell("probability.0.tenth", probability=[TENTH | {"tenth": 11}]),
    "a tenth of more posts than there are": cell("5 of 4 test posts", probability=[TENTH | {"posts": 5}]),
    "a tenth of no posts": cell("probability.0.posts", probability=[TENTH | {"posts": 0}]),
    "a probability above 1": cell("probability.0.forecast", probability=[TENTH | {"forecast": 1.1}]),
    "a probability of passing no count": cell("probability.0.above", probability=[TENTH | {"above": float("nan")}]),
    "probabilities without the greatest posts": cell("top is missing", top=DROP),
    "the greatest posts of nothing": cell("top.0", top={"0": {"forecast": 0.5, "last_count": None}}),
    "more alerts than posts": cell(
        "5 of 4 test posts", watch={"1": {"ended": 2, "flagged": 5, "right": 1, "right_by_count": 0}}
    ),
    "more right alerts than alerts": cell(
        "flagged rightly", watch={"1": {"ended": 2, "flagged": 1, "right": 2, "right_by_count": 0}}
    ),
}
