"""Command lines that make no sense, which the parser of the command line refuses in its own words."""

from contracts.bad_input.case import bad

BAD_USAGE = {
    "an unknown option": bad({}, "describe curves.csv --colour red", "--colour"),
    "an unknown verb": bad({}, "dance", "dance"),
    "a verb without its file": bad({}, "describe", "curves"),
    "a file too many": bad({}, "describe a.csv b.csv", "b.csv"),
    "no post": bad({}, "simulate out --n 0", "--n"),
    "a seed below 0": bad({}, "simulate out --seed -1", "--seed"),
    "a number that is a word": bad({}, "simulate out --n many", "--n", "integer"),
    "an unknown target": bad({}, "rank data --target luck", "--target", "luck"),
    "no folder to cluster to": bad({}, "cluster curves.csv", "--out"),
    "no cluster at all": bad({}, "cluster c.csv --out o --k 0", "--k"),
    "no thread": bad({}, "cluster c.csv --out o --jobs 0", "--jobs"),
    "an unknown way with gaps": bad({}, "cluster c.csv --out o --missing guess", "--missing", "guess"),
    "an unknown way with decreases": bad({}, "cluster c.csv --out o --decreasing fast", "--decreasing", "fast"),
    "no folder to select to": bad({}, "select-k c.csv", "--out"),
    "no start": bad({}, "select-k c.csv --out o --seeds 0", "--seeds"),
    "no file to fit to": bad({}, "fit c.csv f.csv", "--out"),
    "an unknown loss": bad({}, "fit c.csv f.csv --out m --loss luck", "--loss", "luck"),
    "an unknown shape": bad({}, "fit c.csv f.csv --out m --shape round", "--shape", "round"),
    "no file to forecast to": bad({}, "predict m f.csv", "--out"),
    "a coverage that is a word": bad({}, "predict m f.csv --out o.csv --coverage most", "--coverage", "number"),
    "no feature at the top": bad({}, "explain m f.csv --top 0", "--top"),
    "an unknown split": bad({}, "bench smoke --split place --out run", "--split", "place"),
    "no process": bad({}, "bench smoke --jobs 0 --out run", "--jobs"),
    "nothing to compare": bad({}, "compare", "run_folders"),
}
