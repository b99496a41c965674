"""Data and models that `fit`, `predict` and `explain` cannot use."""

from contracts.bad_input.case import CURVES, FEATURES, MODEL, bad

GOOD = {"model": MODEL, "f.csv": FEATURES}
SEEN = "id,day01\na,1\n"


def fit(curves, features, *words, options=""):
    """Curves and features that are to be learned from."""
    return bad({"c.csv": curves, "f.csv": features}, f"fit c.csv f.csv --out new {options}", *words)


def predict(*words, options="", out="out.csv", **files):
    """Posts whose curves are to be forecast."""
    named = {"features": "f.csv", "observed": "seen.csv", "model": "model"}
    files = {named[name]: content for name, content in files.items()}
    return bad({**GOOD, **files}, f"predict model f.csv --out {out} {options}", *words)


def seen(content, *words):
    """Posts whose first days were seen."""
    return predict(*words, options="--observed seen.csv", observed=content)


BAD_FITS = {
    "no curves to fit": bad({"f.csv": FEATURES}, "fit c.csv f.csv --out new", "c.csv", "no such file"),
    "no features to fit": bad({"c.csv": CURVES}, "fit c.csv f.csv --out new", "f.csv", "no such file"),
    "curves without features": fit(CURVES, FEATURES.replace("c,", "z,"), "f.csv", "lacks 1 ids of c.csv", "'c'"),
    "features of words and numbers": fit(CURVES, FEATURES.replace("20", "-inf"), "f.csv", "'b'", "'followers'"),
    "curves alone": bad({"c.csv": CURVES}, "fit c.csv --out new", "c.csv", "no dataset folder", "features"),
    "a folder of curves alone": bad({"d/curves.csv": CURVES}, "fit d --out new", "d has no features.csv"),
    "a column to drop that is not there": fit(
        CURVES, FEATURES, "--drop", "f.csv", "'luck'", "'followers', 'topic'", options="--drop luck"
    ),
    "curves that all end early": fit(
        "id,day01,day02\na,1,\nb,2,\nc,3,\n", FEATURES, "c.csv", "--incomplete truncate", options="--k 2"
    ),
    "curves of zeros": fit("id,day01\na,0\nb,0\nc,0\n", FEATURES, "c.csv", "0 throughout"),
    "more prototypes than curves": fit(CURVES, FEATURES, "--k must be", "3 distinct curves; got 20", options="--k 20"),
    "a gap that may not be filled": fit(
        CURVES.replace("3,4", ",4"), FEATURES, "c.csv", "'b'", "--missing interpolate", options="--missing refuse"
    ),
    "a metric nobody knows": fit(CURVES, FEATURES, "'luck'", options="--metric luck"),
    "a parameter that the metric lacks": fit(CURVES, FEATURES, "'window'", options="--k 2 --param window=2"),
    "a feature named like the history": fit(
        CURVES, "id,author,author_n_posts\na,x,1\nb,x,2\nc,y,3\n", "author_n_posts", options="--k 2"
    ),
    "a model in a folder that is not there": bad(
        {"c.csv": CURVES, "f.csv": FEATURES}, "fit c.csv f.csv --out none/new", "none", "no such folder"
    ),
    "a model that is a folder": bad(
        {"c.csv": CURVES, "f.csv": FEATURES, "new/x": ""}, "fit c.csv f.csv --out new", "new", "folder"
    ),
}
BAD_MODELS = {
    "no model": bad({"f.csv": FEATURES}, "predict model f.csv --out out.csv", "model", "no such file"),
    "an empty model": predict("model", "not a model", model=b""),
    "a table for a model": predict("model", "not a model", model=FEATURES),
    "a pickle for a model": predict("model", "not a model", model=b"\x80\x04N."),
    "a zip without a model": predict("model", "not a model", model=b"PK\x05\x06" + b"\0" * 18),
    "a folder for a model": bad(
        {"model/x": "", "f.csv": FEATURES}, "predict model f.csv --out out.csv", "model", "folder"
    ),
    "no model to explain": bad({"f.csv": FEATURES}, "explain model f.csv", "model", "no such file"),
    "a table to explain": bad({"model": FEATURES, "f.csv": FEATURES}, "explain model f.csv", "model", "not a model"),
}


def watch(*words, model=MODEL, features=FEATURES, observed=SEEN, options="", plugin=""):
    """A model with which posts are to be watched."""
    files = {"model": model, "f.csv": features, "seen.csv": observed} | ({"p.py": plugin} if plugin else {})
    return bad(files, f"watch model f.csv --observed seen.csv {options}", *words)


BAD_FORECASTS = {
    "no features to forecast from": bad({"model": MODEL}, "predict model f.csv --out out.csv", "f.csv", "no such file"),
    "a column that is missing": predict("f.csv", "'followers'", "--allow-missing", features="id,topic\na,cats\n"),
    "a number that has become text": predict(
        "f.csv", "line 2", "'followers'", "'many' is not a number", features="id,followers,topic\na,many,cats\n"
    ),
    "a folder without features": bad({"model": MODEL, "d/x": ""}, "predict model d --out out.csv", "d has no features"),
    "an id twice to forecast": predict("f.csv", "'a'", features=FEATURES + "a,1,x\n"),
    "forecasts as a spreadsheet": predict("out.xlsx", ".csv or .parquet", out="out.xlsx"),
    "forecasts in a folder that is not there": predict("none", "no such folder", out="none/out.csv"),
    "no coverage": predict("--coverage", "0.0", options="--coverage 0"),
    "all coverage": predict("--coverage", "1.0", options="--coverage 1"),
    "a coverage that is no number": predict("--coverage", "nan", options="--coverage nan"),
    "forecasts as text": predict("out.tsv", ".csv or .parquet, or as a folder", out="out.tsv"),
    "a folder of forecasts that is not empty": bad(
        {**GOOD, "out/x": ""}, "predict model f.csv --out out", "out is not an empty folder"
    ),
    "a form of no table": bad(GOOD, "predict model f.csv --form long", "--form", "--out"),
    "a form of a folder": predict("--form", ".csv or .parquet", out="out", options="--form long"),
    "an order by no probability": predict("--sort above", "--above N", options="--sort above"),
    "a probability of less than nothing": predict("--above", "-1", options="--above -1"),
    "a probability of no number": predict("--above", "nan", options="--above nan"),
    "one number that has an interval": predict("--final", "--coverage", options="--final --coverage 0.9"),
    "one number a post as a folder": predict("--final", "no folder", out="out", options="--final"),
    "nothing to forecast": bad({"model": MODEL}, "predict model", "folder of posts", "--observed"),
    "first days alone that are not there": bad(
        {"model": MODEL}, "predict model --observed seen.csv", "seen.csv", "no such file"
    ),
    "no days to watch": bad(GOOD, "watch model f.csv", "f.csv has no observed days", "--observed"),
    "a folder without days to watch": bad({"model": MODEL, "d/features.csv": FEATURES}, "watch model d", "no curves"),
    "days to watch of an unknown post": bad(
        {**GOOD, "seen.csv": "id,day01\nz,1\n"}, "watch model f.csv --observed seen.csv", "'z'", "not in the features"
    ),
    "no coverage to watch": bad(
        {**GOOD, "seen.csv": SEEN}, "watch model f.csv --observed seen.csv --coverage 1", "--coverage", "1.0"
    ),
    "a day after which nothing is left to watch": bad(
        {**GOOD, "seen.csv": SEEN}, "watch model f.csv --observed seen.csv --since-day 99", "--since-day must be", "99"
    ),
    "no model to watch with": bad(
        {"f.csv": FEATURES, "seen.csv": SEEN}, "watch model f.csv --observed seen.csv", "model"
    ),
    "a table to watch with": watch("not a model", model=FEATURES),
    "no posts to watch": bad({"model": MODEL, "seen.csv": SEEN}, "watch model f.csv --observed seen.csv", "f.csv"),
    "posts to watch without their features": watch("'followers'", "--allow-missing", features="id,topic\na,cats\n"),
    "posts to watch that stand twice": watch("f.csv", "'a'", features=FEATURES + "a,1,x\n"),
    "days to watch that are words": watch("seen.csv", "'one'", observed="id,day01\na,one\n"),
    "days to watch that are negative": watch("seen.csv", "-1", observed="id,day01\na,-1\n"),
    "days to watch that are infinite": watch("seen.csv", observed="id,day01\na,inf\n"),
    "a coverage of no number to watch": watch("--coverage", "nan", options="--coverage nan"),
    "a plug-in to watch with that fails": watch("p.py", "(line 1)", options="--plugin p.py", plugin="1 / 0"),
    "first days that are not there": predict("seen.csv", "no such file", options="--observed seen.csv"),
    "observed days of an unknown post": seen("id,day01\nz,1\n", "seen.csv", "'z'", "not in the features, f.csv"),
    "a hole in the first days that may not be filled": predict(
        *("seen.csv", "'a'", "day 1", "--missing interpolate"),
        options="--observed seen.csv --missing refuse",
        observed="id,day01,day02\na,,2\n",
    ),
    "negative first days": seen("id,day01\na,-1\n", "seen.csv", "'a'", "-1"),
    "first days that are words": seen("id,day01\na,one\n", "seen.csv", "'a'", "'one'"),
    "first days of one post twice": seen(SEEN + "a,2\n", "seen.csv", "'a'"),
    "a post nobody can explain": bad(GOOD, "explain model f.csv --post z", "f.csv", "'z'"),
    "an explanation without its column": bad(
        {"model": MODEL, "f.csv": "id,topic\na,cats\n"}, "explain model f.csv", "'followers'", "--allow-missing"
    ),
    "a figure of no known kind": bad(GOOD, "explain model f.csv --figure why.bmp", "why.bmp", ".png"),
    "a figure in a folder that is not there": bad(GOOD, "explain model f.csv --figure none/why.png", "none"),
}
