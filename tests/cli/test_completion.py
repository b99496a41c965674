"""Words that a shell asks for, as the program's completion answers them."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

PROGRAM = Path(sysconfig.get_path("scripts")) / "tsshape"


def run(*arguments, **environment):
    """The program as a shell finds it."""
    return subprocess.run(
        [PROGRAM, *arguments], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    ).stdout


def complete(words, shell="bash"):
    """What may come where the cursor is, after some words."""
    asked = {
        "_TSSHAPE_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    return run(**asked).split()


def test_verbs_are_completed():
    assert complete("tsshape se") == ["select-k"]


def test_options_are_completed():
    assert complete("tsshape predict --cov") == ["--coverage"]


def test_the_words_of_an_option_are_completed():
    assert complete("tsshape bench --split ") == ["random", "author", "time", "rolling", "predefined"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell):
    assert f"_TSSHAPE_COMPLETE=complete_{shell}" in run(_TSSHAPE_COMPLETE=f"source_{shell}")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_takes_the_script_that_it_is_shown():
    script = f'eval "$({PROGRAM} --show-completion)"; complete -p tsshape'
    ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)  # noqa: S607
    assert "_tsshape_completion" in ended.stdout
