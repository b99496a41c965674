"""What `--out` names is looked at before any work: none of the inputs that these commands name exists."""

import pytest
from cli_program import tsshape as run_here
from special_files import SPECIAL_FILES
from systems import linux_only, posix_only

# Each with its output at the end, and the ending of that.
FILES = {
    "fit": (".model", "fit", "none", "none", "--out"),
    "predict": (".csv", "predict", "none", "none", "--out"),
    "embed": (".parquet", "embed", "none", "--model", "none", "--out"),
    "report": (".html", "report", "none", "--out"),
    "explain": (".png", "explain", "none", "none", "--figure"),
}
FOLDERS = {
    "cluster": ("", "cluster", "none", "--out"),
    "select-k": ("", "select-k", "none", "--out"),
    "predict into a folder": ("", "predict", "none", "none", "--out"),
    "import": ("", "import", "none", "--out"),
    "fetch": ("", "fetch", "youku30", "--from", "none", "--out"),
    "simulate": ("", "simulate"),
}


# How each is made, and what a message says of it where a file is to be written.
IN_THE_WAY = {
    "pipe": (SPECIAL_FILES["pipe"], "is no regular file"),
    "socket": (SPECIAL_FILES["socket"], "is no regular file"),
    "link to a device": (SPECIAL_FILES["link to a device"], "is no regular file"),
    "link to itself": (SPECIAL_FILES["link to itself"], "Too many levels of symbolic links"),
    "link to no folder": (lambda path: path.symlink_to(f"none/{path.name}"), "none: there is no such folder"),
    "folder": (lambda path: (path / "in it").mkdir(parents=True), "is a folder"),
}


def tree(folder):
    return {path: (path.lstat().st_ino, path.lstat().st_mtime_ns) for path in folder.rglob("*")}


@posix_only
@pytest.mark.parametrize("verb", [*FILES, *FOLDERS])
def test_what_cannot_be_replaced_is_refused_by_name_before_any_work(tmp_path, verb):
    ending, *words = {**FILES, **FOLDERS}[verb]
    for kind, (make, says) in IN_THE_WAY.items():
        if (verb, kind) == ("simulate", "folder"):  # that may have files
            continue
        path = tmp_path / f"{kind}{ending}"
        make(path)
        before = tree(tmp_path)
        ended = run_here(*words, path, folder=tmp_path, check=False)
        assert ended.returncode in {1, 2}
        assert ended.stderr.startswith(f"tsshape: error: {tmp_path}")
        assert (says if verb in FILES else f"{path} is not a") in ended.stderr
        assert tree(tmp_path) == before


@posix_only
@pytest.mark.parametrize("verb", [*FILES, *FOLDERS])
def test_a_name_that_the_system_does_not_take_is_refused_before_any_work(tmp_path, verb):
    ending, *words = {**FILES, **FOLDERS}[verb]
    path = tmp_path / f"{127 * 'é'}aa{ending}"
    ended = run_here(*words, path, check=False)
    assert (ended.returncode, ended.stderr) == (1, f"tsshape: error: {path}: File name too long\n")
    # This one it takes.
    ended = run_here(*words, tmp_path / f"{120 * 'é'}{ending}", check=False)
    assert "none" in ended.stderr or verb == "simulate"


@linux_only
def test_the_output_of_the_program_itself_is_not_replaced():
    ended = run_here("report", "none", "--out", "/dev/stdout", check=False)
    assert ended.returncode == 2
    # That depends on what it is.
    assert ended.stderr.partition("/dev/stdout ")[2].startswith(("is where this program prints", "is no regular file"))
