"""Every command and every Python block of README and of the pages runs as it stands, in order, in a fresh folder.

Four kinds of commands are not run with their page, each by a rule that a reader can see:

- `make …` is how the tests themselves are started; that its targets exist is checked.
- The block with `pip install` is run in a fresh environment, by a slow test.
- `tsshape fetch NAME` needs the network; tests/cli/test_fetch.py runs it on files of its own.
- What names `youku30` or `youtube15` needs data that are not part of this project. It takes minutes to hours, and is
  run by a slow test where TSSHAPE_DATA names the data.

README and the pages of `SLOW` take minutes, and are slow as a whole; that commands are accepted is always checked.
The pages of `ELSEWHERE` are run by tests of their own. The folder has the example exports, as a clone has.
"""

import os
import re
import shlex
import shutil
import sysconfig

import pytest
import typer
from documents import ROOT, blocks, commands, run_command, run_page
from systems import posix_only

from tsshape.cli._main import app

README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
REAL = re.compile(r"youku|youtube")
DOWNLOAD = re.compile(r"tsshape fetch \w")
SLOW = {
    *("README.md", "benchmark.md", "choosing-k.md", "metrics.md", "nearest-neighbours.md"),
    *("results.md", "scale.md", "scikit-learn.md", "tutorial.md"),
}
ELSEWHERE = {"sktime.md": "tests/adapters/test_sktime_page.py"}


def run_apart(page):
    """The commands that are not run with their page."""
    installing = {command for block in blocks(page) for command in block.commands if "pip install" in block.text}
    return installing | {
        each for each in commands(page) if each.startswith("make ") or REAL.search(each) or DOWNLOAD.match(each)
    }


RUN = [
    pytest.param(page, id=page.name, marks=[pytest.mark.slow] if page.name in SLOW else [])
    for page in PAGES
    if page.name not in ELSEWHERE and any(block.commands or block.language == "python" for block in blocks(page))
]
ON_REAL_DATA = [
    command for page in PAGES for command in commands(page) if REAL.search(command) and not DOWNLOAD.match(command)
]
PROGRAM = sorted({command for page in PAGES for command in commands(page) if command.startswith("tsshape ")})


@posix_only
@pytest.mark.parametrize("page", RUN)
def test_a_page_runs_as_it_stands(page, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "exports").symlink_to(ROOT / "docs" / "exports")
    run_page(page, tmp_path, skip=run_apart(page))


@pytest.mark.parametrize("command", PROGRAM)
def test_a_command_is_accepted(command):
    # What follows behind an operator of the shell is another command.
    verb, *arguments = shlex.split(re.split(r" (?:\|\|?|&&) ", command)[0])[1:]
    group = typer.main.get_command(app)
    group.commands[verb].make_context(verb, arguments)


@pytest.mark.parametrize("page", ELSEWHERE)
def test_a_page_that_is_not_run_here_has_a_test_of_its_own(page):
    assert (ROOT / "docs" / page).exists()
    assert f'"{page}"' in (ROOT / ELSEWHERE[page]).read_text()


def test_commands_are_of_the_kinds_that_are_run():
    for page in PAGES:
        kinds = {shlex.split(command)[0] for command in set(commands(page)) - run_apart(page)}
        assert kinds <= {"tsshape"}


def test_the_targets_of_make_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    in_blocks = {command for page in PAGES for command in commands(page) if command.startswith("make ")}
    in_text = {command for page in PAGES for command in re.findall(r"`(make [a-z-]+)`", page.read_text())}
    assert {command.split()[1] for command in in_blocks | in_text} <= targets


@posix_only
@pytest.mark.slow
def test_the_first_commands_run_in_a_fresh_environment(tmp_path, monkeypatch):
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, clone)
    shutil.copytree(ROOT / "tsshape", clone / "tsshape", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs" / "exports", clone / "docs" / "exports")
    # Offline: the requirements, hatchling among them, are those of this environment, and pip is told to take them.
    monkeypatch.setenv("PYTHONPATH", sysconfig.get_path("purelib"))
    monkeypatch.setenv("PIP_NO_DEPS", "1")
    monkeypatch.setenv("PIP_NO_BUILD_ISOLATION", "0")
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    [block] = [block for block in blocks(ROOT / "docs" / "tutorial.md") if "pip install" in block.text]
    [first] = [block for block in blocks(README) if block.text.startswith("tsshape import")]
    script = " && ".join([*block.commands, *first.commands, "cd ..", "command -v tsshape"])
    script += " && python -c 'import tsshape; print(tsshape.__file__)'"
    printed = run_command(script, clone)
    assert {"posts", "lives", "posts.model", "forecast", "report.html"} <= {path.name for path in clone.iterdir()}
    assert f"{clone}{os.sep}posts-env{os.sep}bin{os.sep}tsshape" in printed
    assert printed.splitlines()[-1].startswith(f"{clone}{os.sep}posts-env")


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("command", ON_REAL_DATA)
def test_a_command_on_real_data_runs_as_it_stands(command, real_data, tmp_path):
    for name in ("youku30", "youku30_3days", "youtube15"):
        (tmp_path / name).symlink_to(real_data / name)
    run_command(command, tmp_path)
