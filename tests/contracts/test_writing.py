"""Everything that the package writes goes through `tsshape._files`, which follows no link and leaves nothing half."""

import ast
from pathlib import Path

import pytest

import tsshape

PACKAGE = Path(tsshape.__file__).parent
METHODS = {"write_text", "write_bytes", "to_csv", "to_parquet", "savefig", "ParquetWriter"}
# What these write is in a folder that they, or their caller, have just made; the cache of kernels checks its own.
ELSEWHERE = {
    "_files.py",
    "_kernels/_cache.py",
    "adapters/dask/_import.py: path.open('ab')",
    "adapters/dask/_plugin_files.py: copy.write_bytes(text)",
    "data/_writing.py: parquet.ParquetWriter(path, rows.schema, write_page_checksum=True)",
}


def is_mode(node):
    return isinstance(node, ast.Constant) and str(node.value)[:1] in set("rwax") and set(node.value) <= set("rwaxbt+")


def writes(call):
    """Whether a call opens a file for writing, or writes one."""
    name = getattr(call.func, "attr", getattr(call.func, "id", None))
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    if name in {"open", "fdopen"}:
        return any(is_mode(each) and set(each.value) & set("wax+") for each in arguments)
    if name == "save":  # of numpy; datasets have one of their own
        return ast.unparse(call.func) == "np.save"
    return name in METHODS and isinstance(call.func, ast.Attribute)


def given_names(tree):
    """The names under which `atomic_path` gives a path, and those of files that are opened there."""
    items = [each for node in ast.walk(tree) if isinstance(node, ast.With) for each in node.items if each.optional_vars]
    named = [(ast.unparse(each.context_expr), ast.unparse(each.optional_vars)) for each in items]
    given = {name for call, name in named if call.startswith("atomic_path(")}
    return given | {name for call, name in named if call.partition(".")[0] in given}


def unguarded(text, place):
    """The calls in a module that write elsewhere."""
    tree = ast.parse(text)
    given = given_names(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and writes(node)]
    found = []
    for call in calls:
        names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
        if not names & given and not {place, f"{place}: {ast.unparse(call)}"} & ELSEWHERE:
            found.append(f"{place}: {ast.unparse(call)}")
    return found


def test_what_is_written_is_written_where_atomic_path_says():
    modules = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert [call for place, text in modules.items() for call in unguarded(text, place)] == []


@pytest.mark.parametrize("call", ["path.write_text(text)", "open(path, 'w')", "path.open('r+b')", "np.save(path, x)"])
def test_a_call_that_writes_elsewhere_is_found(call):
    assert unguarded(f"with atomic_path(path) as temporary:\n    {call}", "a.py") == [f"a.py: {call}"]
    assert unguarded(f"with atomic_path(p) as path:\n    {call}", "a.py") == []
