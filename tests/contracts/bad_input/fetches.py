"""Sources from which no public set can be fetched."""

from contracts.bad_input.case import bad
from youku_layout import layout, listing, table

DAY = "2015-12-16"
FILES = layout([DAY])
CURVES, AUTHORS, TEXTS = (
    f"{kind}/{DAY}" for kind in ("data/view count clean", "features/user statistic", "features/textual analysis")
)
LIST = listing(FILES).decode()


def source(*words, name="youku30", options="", **changed):
    """A folder of files, some of which are changed, or left out where they are None."""
    files = {f"source/{path}": content for path, content in (FILES | changed).items() if content is not None}
    return bad(files, f"fetch {name} --from source {options}", *words)


def listed(*words, old="", new="", text=None):
    """A folder of files with a list, of which a part of the text is another."""
    return source("files.tsv", *words, **{"files.tsv": LIST.replace(old, new, 1) if text is None else text})


def address(url, *words, code=2):
    """An address as it is given."""
    return bad({}, f"fetch youku30 --from {url}", *words, code=code)


BAD_FETCHES = {
    "a set that is not there": bad({}, "fetch youku", "'youku'", "youku30 and youku_twostage"),
    "a folder with files to fetch to": bad({"youku30/x": ""}, "fetch youku30 --from .", "is not an empty folder"),
    "a file to fetch to": bad({"out": ""}, "fetch youku30 --out out --from .", "out"),
    "a source that is not there": bad({}, "fetch youku30 --from none", "none", "no such folder", "https://"),
    "a source that is a file": bad({"source": ""}, "fetch youku30 --from source", "source", "no such folder"),
    "a source without curves": source("no curves of youku30", f"'{CURVES}'", **{CURVES: None}),
    "a source without authors": source(AUTHORS, "no such file", **{AUTHORS: None}),
    "a source of which a file is a folder": source("is a folder", **{TEXTS: None, f"{TEXTS}/x": b""}),
    "an empty file of a source": source(f"{AUTHORS} has no rows", **{AUTHORS: b""}),
    "a page for a file of a source": source(f"{CURVES}, line 1: 1 cells", **{CURVES: b"<html>Sign in</html>\n"}),
    "a NUL in a source": source(f"{CURVES}, line 1", "NUL", **{CURVES: FILES[CURVES].replace(b"\t", b"\t\0", 1)}),
    "a source of another day": source("youku30", name="youku30", **{CURVES: None, "data/view count clean/x": b""}),
    "a page for a list": listed("line 1", "git_blob_sha1", text="<html>"),
    "an empty list": listed("line 1", text=""),
    "a list with a short hash": listed("line 2", "git hash-object", text="path\tgit_blob_sha1\tbytes\na\tb\t1\n"),
    "a list with a size of words": listed("line 9", text=LIST + table([["a", "0" * 40, "many"]])),
    "a list with a size below 0": listed("line 9", text=LIST + table([["a", "0" * 40, -1]])),
    "a list with a size of 5,000 digits": listed("line 9", text=LIST + table([["a", "0" * 40, "9" * 5000]])),
    "a list with a name twice": listed("line 9", "named twice", text=LIST + LIST.splitlines()[1] + "\n"),
    "a list with a line feed in a name": listed("line 6", old=TEXTS, new="a\nb"),
    "a list without all files": listed("lacks 1 files", AUTHORS, old=AUTHORS, new="elsewhere"),
    "a list of other contents": listed("says", AUTHORS, text=listing(FILES | {AUTHORS: b"1\n"}).decode()),
    "a list that is a folder": bad({"source/files.tsv/x": ""}, "fetch youku30 --from source", "is a folder"),
    "an address without a host": address("http://", "cannot be read"),
    "an address that is none": address("https://[", "cannot be read"),
    "an address with a password": address("https://me:secret@127.0.0.1/", "written down"),
    "an address of another kind": address("ftp://127.0.0.1/", "no such folder", "https://"),
    "an address of a file": address("file:///etc/passwd", "no such folder", "https://"),
    "an address where nobody answers": address("http://127.0.0.1:9", "the download failed: Connection refused", code=1),
}
