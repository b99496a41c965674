"""Suites, run folders and comparisons that cannot be used."""

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
ENVIRONMENT = (
    '{"data": "d", "data_fingerprint": "1", "code_fingerprint": "2", "n_posts": 1, "n_times": 1, "n_features": 1, '
    '"versions": {}}'
)
CELL = '{"key": "k", "variant": "v", "run": 0, "trmse": 1.0, "med": 1.0, "rho": 0.5}\n'


def suite(content, *words):
    """A suite that is to be run."""
    return bad({"s.toml": content}, "bench s.toml --out run", "s.toml", *words)


def folder(*words, command="compare run", **files):
    """A run folder that is to be compared, one of its files replaced."""
    good = {"run/suite.toml": SUITE, "run/environment.json": ENVIRONMENT, "run/records.jsonl": CELL}
    named = {"suite": "run/suite.toml", "environment": "run/environment.json", "records": "run/records.jsonl"}
    for name, content in files.items():
        good[named[name]] = content
    return bad({path: content for path, content in good.items() if content is not None}, command, *words)


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
    "a run of another suite": folder(
        "another suite", "name", "n_runs", command="bench smoke --out run --resume", suite=SUITE.replace("'x'", "'y'")
    ),
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
    "a record that is no object": folder("records.jsonl", "line 2", records=CELL + "[]\n"),
    "a record without a variant": folder("records.jsonl", "line 1", "variant", records='{"key": "k", "run": 0}\n'),
    "a record with a word for a score": folder("line 1", "trmse", records=CELL.replace("1.0", '"low"')),
    "records that are not UTF-8": folder("records.jsonl", "UTF-8", records=b"\xff\n"),
    "an environment that is not JSON": folder("environment.json", "JSON", environment="{"),
    "an environment without a fingerprint": folder("environment.json", "data_fingerprint", environment='{"data": "d"}'),
    "a baseline nobody measured": folder("'luck'", "'v'", command="compare run --baseline luck"),
    "one run folder twice": folder("same name", command="compare run run"),
}
