"""Requests that `cluster`, `select-k` and `metrics` cannot meet."""

from contracts.bad_input.case import CURVES, FEATURES, bad

PLUGIN = "from tsshape.metrics import register_metric\n"
BAD_PAIR = PLUGIN + "@register_metric('odd')\ndef odd(x, y):\n    return abs(x[0] - y[0]) + 1.0\n"
IMPORTING = BAD_PAIR.replace("y):\n", "y, params):\n    import math\n")


def cluster(options, *words, **files):
    """Curves that are to be clustered."""
    return bad({"curves.csv": CURVES, **files}, f"cluster curves.csv --out out {options}", *words)


def channels(named, *words, options="", likes=CURVES):
    """Curves that are to be clustered together with their likes."""
    files = {"d/curves.csv": CURVES, "d/channels/likes.csv": likes}
    return bad(files, f"cluster d --out out --channels {named} {options}", *words)


def select(options, *words, **files):
    """Curves for which a number of clusters is to be chosen."""
    return bad({"curves.csv": CURVES, **files}, f"select-k curves.csv --out out {options}", *words)


BAD_CLUSTERINGS = {
    "a metric nobody knows": cluster("--metric luck", "'luck'", "euclidean"),
    "a bridge nobody knows": cluster("--metric weka:dtw", "'weka'", "tslearn"),
    "a metric that a library lacks": cluster("--metric scipy:luck", "luck"),
    "a method nobody knows": cluster("--method magic", "'magic'", "kmeans", "kshape"),
    "a parameter without a value": cluster("--metric dtw --param window", "name=value", "'window'"),
    "a parameter without a name": cluster("--metric dtw --param =3", "name=value"),
    "a parameter that the metric lacks": cluster("--param window=3", "'euclidean'", "'window'"),
    "a parameter below its range": cluster("--metric dtw --param window=-1", "window", "-1"),
    "a parameter that is a word": cluster("--metric dtw --param window=wide", "window", "'wide'"),
    "more clusters than curves": cluster("--k 4", "--k must be", "3 distinct curves; got 4"),
    "a number of clusters for mean shift": cluster("--method meanshift --k 2", "--k", "meanshift"),
    "starts for mean shift": cluster("--method meanshift --n-init 2", "--n-init", "meanshift"),
    "a bandwidth for k-means": cluster("--bandwidth 1", "--bandwidth", "'kmeans'"),
    "a bandwidth below 0": cluster("--method meanshift --bandwidth -1", "--bandwidth must be", "-1"),
    "a bandwidth that is no number": cluster("--method meanshift --bandwidth nan", "bandwidth", "nan"),
    "a number of clusters for HDBSCAN": cluster("--method hdbscan --k 2", "--k", "--min-cluster-size"),
    "a cluster of one": cluster("--method hdbscan --min-cluster-size 1", "--min-cluster-size must be at least 2"),
    "fewer curves than a cluster": cluster("--method hdbscan", "--min-samples = 5", "3"),
    "a radius for k-means": cluster("--eps 1", "--eps", "'kmeans'"),
    "soft-DTW for a density": cluster("--method dbscan --metric soft_dtw", "'soft_dtw'", "distances"),
    "nothing but noise": cluster("--method dbscan", "all 3 shapes of curves.csv are noise", "--eps or --min-samples"),
    "a metric for k-shape": cluster("--method kshape --metric dtw", "--metric", "'kshape'"),
    "mean shift under dtw": cluster("--method meanshift --metric dtw", "dtw", "euclidean"),
    "a plug-in that is not there": cluster("--plugin none.py", "none.py"),
    "a plug-in that is no Python": cluster("--plugin plugin.txt", "plugin.txt", **{"plugin.txt": "x"}),
    "a plug-in that cannot be parsed": cluster("--plugin p.py", "p.py", "SyntaxError", **{"p.py": "def"}),
    "a plug-in that fails": cluster("--plugin p.py", "p.py", "ZeroDivisionError", **{"p.py": "1 / 0"}),
    "a pair without parameters": cluster(
        "--k 2 --metric odd --plugin p.py", "must take (x, y, params)", "p.py, line 2", **{"p.py": BAD_PAIR}
    ),
    "an import inside a pair": cluster(
        "--k 2 --metric odd --plugin p.py", "p.py, line 4", "top of the file", **{"p.py": IMPORTING}
    ),
    "a plug-in that is a folder": cluster("--plugin p.py", "p.py", **{"p.py/x": ""}),
    "a folder with something in it": cluster("", "out", "not an empty folder", **{"out/labels.csv": "x"}),
    "a file for a folder": cluster("", "out", "is not a folder", out="x"),
    "nothing but zeros": cluster("", "curves.csv", "no curve rises above 0", **{"curves.csv": "id,day01\na,0\nb,0\n"}),
    "a missing cell that may not be filled": cluster(
        "--missing refuse", "curves.csv", "'b'", "--missing interpolate", **{"curves.csv": CURVES.replace("3,4", ",4")}
    ),
    "a curve that may not end early": cluster(
        "--incomplete refuse", "'b'", "--incomplete drop or truncate", **{"curves.csv": CURVES.replace("3,4", "3,")}
    ),
    "a count that may not decrease": cluster(
        "--decreasing refuse", "'b'", "--decreasing maximum or keep", **{"curves.csv": CURVES.replace("3,4", "3,2")}
    ),
    "a folder without curves": bad({"d/features.csv": FEATURES}, "cluster d --out out", "d has no curves.csv"),
    "a channel nobody knows": channels("views,shares", "d has no channel 'shares'; it has views, likes"),
    "a channel twice": channels("likes,views,likes=2", "'likes' twice"),
    "a channel without a name": channels("views,,likes", "--channels takes names", "'views,,likes'"),
    "a channel of weight 0": channels("views,likes=0", "--channels", "'likes'", "more than 0", "'0'"),
    "a channel of weight infinity": channels("views=inf", "'views'", "finite", "'inf'"),
    "a weight that is a word": channels("views=much", "'views'", "'much'"),
    "channels of a file": cluster("--channels views,likes", "--channels", "curves.csv is no folder"),
    "channels of series": bad({"x.tsv": "1\t2\t3\n"}, "cluster x.tsv --out out --channels views", "x.tsv has series"),
    "channels for k-shape": channels("views,likes", "'kshape'", "one channel", "kmedoids", options="--method kshape"),
    "channels under a metric of one": channels("views,likes", "'sbd'", "one channel", "dtw", options="--metric sbd"),
    "a channel of zeros": channels(
        "views,likes",
        *("d: no post has a shape in each channel", "3 that are 0 throughout in one (likes 3)"),
        likes="id,day01,day02\na,0,0\nb,0,0\nc,0,0\n",
    ),
    "a post of which a channel may not end early": channels(
        "views,likes",
        *("d/channels/likes.csv", "'b'", "--incomplete drop or truncate"),
        options="--incomplete refuse",
        likes=CURVES.replace("3,4", "3,"),
    ),
    "nothing left after dropping": cluster(
        "", "curves.csv", "--incomplete truncate", **{"curves.csv": "id,day01,day02\na,1,\nb,2,\n"}
    ),
    "a range of clusters that is none": select("--k many", "--k", "'many'", "1:80"),
    "a range that ends before it begins": select("--k 3:2", "--k", "'3:2'"),
    "no cluster": select("--k 0:3", "--k", "'0:3'"),
    "a range beyond the curves": select("--k 7:9", "--k must be", "3 distinct curves of curves.csv; got 7:9"),
    "a range without end": select("--k 1:99999999999", "--k", "1:80"),
    "a range of too many numbers": select("--k 1:999999999", "--k", "999,999,999", "10,000"),
    "a criterion nobody knows": select("--k 2 --criteria luck", "--criteria", "'luck'", "silhouette"),
    "a criterion that is empty": select("--k 2 --criteria inertia,", "--criteria", "''"),
    "a criterion twice": select("--k 2 --criteria inertia,inertia", "'inertia'"),
    "a silhouette of soft-DTW": select("--k 2 --metric soft_dtw --criteria silhouette", "'silhouette'", "'soft_dtw'"),
    "a window for soft-DTW's barycenter": select("--k 2 --metric soft_dtw --param window=1", "'soft_dtw'", "window"),
    "forecasts without features": select("--k 2 --predict-at 2", "--predict-at", "--features"),
    "features that are not there": select("--k 2 --features f.csv", "f.csv"),
    "features that lack curves": select(
        "--k 2 --features f.csv", "f.csv", "'c'", **{"f.csv": FEATURES.replace("c,30,cats\n", "")}
    ),
    "features of the folder that lack curves": bad(
        {"d/curves.csv": CURVES, "d/features.csv": FEATURES.replace("c,", "z,")},
        *("select-k d --k 2 --out out", "d/features.csv lacks 1 ids of d/curves.csv", "'c'"),
    ),
    "forecasts from authors alone": select(
        "--k 2 --features f.csv", "f.csv has no feature", **{"f.csv": "id,author\na,x\nb,x\nc,y\n"}
    ),
    "forecasts where nothing is clustered": select(
        "--k 2 --features f.csv --predict-at 3", "--predict-at 3", "--k 2", **{"f.csv": FEATURES}
    ),
    "no id column to rank by": bad(
        {"d/curves.csv": CURVES.replace("id", "key"), "d/features.csv": FEATURES},
        "rank d",
        "'key'",
        "Call the right one",
    ),
    "a day that no post has to rank by": bad(
        {"d/curves.csv": CURVES, "d/features.csv": FEATURES}, "rank d --day 9", "day 9", "the oldest has 2", "--day"
    ),
    "a metric nobody can check": bad({}, "metrics --check luck", "'luck'"),
    "a metric to show that nobody knows": bad({}, "metrics luck", "there is no metric 'luck'"),
    "a library to show a metric of that nobody knows": bad({}, "metrics luck:dtw", "there is no bridge 'luck'"),
    "a check beside a list": bad({}, "metrics dtw --check dtw", "--check checks one metric"),
    "a check as a table": bad({}, "metrics --check dtw --csv", "--check checks one metric, and prints text or --json"),
    "a plug-in to list that is not there": bad({}, "metrics --plugin none.py", "none.py"),
}
