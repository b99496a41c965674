"""Plug-in files that do not load, and metrics and clusterers of plug-ins that give no distances or labels."""

from contracts.bad_input.case import CURVES, bad

HEAD = "import numpy as np\nfrom tsshape.metrics import register_metric\n"
FAILED = ("p.py", "the plug-in failed with")


def loading(*words, text, more=""):
    """A plug-in file that is named."""
    return bad({"curves.csv": CURVES, "p.py": text, "q.py": more}, "cluster curves.csv --out out --plugin p.py", *words)


def returning(value, *words, route="batch"):
    """A metric that returns something else than distances, or does something else; its line is the fifth."""
    function = f'@register_metric("odd", route="{route}")\ndef odd(X, Y=None):\n    return {value}\n'
    command = "cluster curves.csv --k 2 --out out --metric odd --plugin p.py"
    return bad({"curves.csv": CURVES, "p.py": HEAD + function}, command, *words)


def metric(name):
    """A plug-in file with a metric."""
    return f'{HEAD}@register_metric("{name}")\ndef odd(x, y, params):\n    return abs(x[-1] - y[-1])\n'


BAD_PLUGINS = {
    "a plug-in that is not UTF-8": loading(*FAILED, "SyntaxError", text=b"x = '\xff'\n"),
    "a plug-in with a NUL": loading(*FAILED, "null bytes", text="x = 1\0\n"),
    "a plug-in that ends the program": loading(*FAILED, "SystemExit: 3 (line 2)", text="import sys\nsys.exit(3)\n"),
    "a plug-in that ends the program well": loading(*FAILED, "SystemExit", "(line 1)", text="raise SystemExit\n"),
    "a plug-in that stops a generator": loading(*FAILED, "GeneratorExit", text="raise GeneratorExit\n"),
    "a plug-in with an error of its own kind": loading(
        *FAILED, "Odd: no (line 3)", text="class Odd(BaseException): pass\n\nraise Odd('no')\n"
    ),
    "a plug-in with an error that claims to be tsshape's": loading(
        *FAILED, "Odd: no (line 2)", text="class Odd(Exception): __module__ = 'tsshape.odd'\nraise Odd('no')\n"
    ),
    "a plug-in with an error of no module": loading(
        *FAILED, "Odd: no (line 2)", text="class Odd(Exception): __module__ = None\nraise Odd('no')\n"
    ),
    "a plug-in with an error without text": loading(
        *FAILED, "Odd, of which", text="class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd\n"
    ),
    "a plug-in with an error of two lines": loading(
        *FAILED, r"a\nb\u001b[31m", text="raise ValueError('a\\nb\\x1b[31m')"
    ),
    "a plug-in that calls itself": loading(*FAILED, "RecursionError", "(line 1)", text="def f(): f()\nf()\n"),
    "a plug-in that lacks a module": loading(*FAILED, "'nowhere'", "(line 1)", text="import nowhere\n"),
    "a plug-in that registers nothing": loading("p.py", "registers no metric", text="x = 1\n"),
    "a plug-in that takes a built-in name": loading(*FAILED, "'dtw'", "built-in", "(line 3)", text=metric("dtw")),
    "a plug-in that takes the name of a bridge": loading(*FAILED, "colon", text=metric("scipy:odd")),
    "a plug-in without a name": loading(*FAILED, "non-empty", text=metric("")),
    "two plug-ins of one name": bad(
        {"curves.csv": CURVES, "p.py": metric("odd"), "q.py": metric("odd")},
        "cluster curves.csv --out out --plugin p.py --plugin q.py",
        *("q.py", "another plug-in has registered 'odd'"),
    ),
    "a plug-in that registers a number": loading(*FAILED, "(line 3)", text=HEAD + "register_metric('odd')(3)\n"),
    "a plug-in of no route": loading(*FAILED, "route", "'zig'", text=HEAD + "register_metric('odd', route='zig')(abs)"),
    "a clusterer that is a number": loading(
        *FAILED, "fit and predict", text="from tsshape.cluster import register_clusterer\nregister_clusterer('c')(3)\n"
    ),
    "distances that are missing": returning("np.full((len(X), len(Y)), np.nan)", "'odd'", "gives nan"),
    "distances that are infinite": returning("np.full((len(X), len(Y)), np.inf)", "'odd'", "gives inf"),
    "distances that are words": returning("np.full((len(X), len(Y)), 'far')", "'odd'", "real numbers; got <U3"),
    "distances that are complex": returning("np.full((len(X), len(Y)), 1j)", "'odd'", "real numbers; got complex128"),
    "no distances": returning("None", "'odd'", "real numbers; got object"),
    "too few distances": returning("np.zeros(2)", "'odd'", "(2,)"),
    "distances that fail": returning("{}['far']", "'odd'", "failed with KeyError: 'far' (line 5)"),
    "distances that end the program": returning("exit(0)", "'odd'", "failed with SystemExit: 0 (line 5)"),
    "distances that call themselves": returning("odd(X, Y)", "'odd'", "RecursionError", "(line 5)"),
    "vectors that are words": returning("np.full((len(X), 2), 'a')", "'odd'", "real numbers; got <U1", route="embed"),
    "vectors that are missing": returning("np.full((len(X), 2), np.nan)", "'odd'", "not finite", route="embed"),
    "too few vectors": returning("np.zeros((1, 2))", "'odd'", "one vector a curve", route="embed"),
    "vectors that fail": returning("1 / 0", "'odd'", "ZeroDivisionError", "(line 5)", route="embed"),
}
