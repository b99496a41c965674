"""The commands and Python blocks of a Markdown page, and running them in order as a reader would.

Fenced blocks without a language, or with `console`, hold commands, one a line; `python` blocks share one namespace, as
in one session; a `text` block below commands holds lines that they print. Others are shown, not run.
"""

import os
import re
import shlex
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

from fork_server import ForkServer

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```(?P<language>[^`\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FOLLOW = "import sys, documents; documents.follow(*sys.argv[1:])"
COMMENT = re.compile(r"\s+#\s.*$")
# What a shell does more than to start the program with the words of a command.
SHELL = re.compile(r"[|&;<>$`*?(){}~]")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language ("" where none is named), its text, and the line it begins in."""

    language: str
    text: str
    line: int

    @property
    def commands(self):
        """The commands of the block, without the remarks behind them."""
        if self.language not in {"", "console"}:
            return []
        return [COMMENT.sub("", line).strip() for line in self.text.splitlines() if line.strip()]


def blocks(page):
    """All fenced blocks of a page."""
    content = Path(page).read_text(encoding="utf-8")
    return [
        Block(match["language"], match["text"], content.count("\n", 0, match.start()) + 1)
        for match in FENCE.finditer(content)
    ]


def commands(page):
    """All commands of a page."""
    return [command for block in blocks(page) for command in block.commands]


def environment():
    """The environment with the program that belongs to this interpreter first on the path."""
    return os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}


def run_command(command, folder):
    """Run one command by the shell, as it stands; what it printed."""
    done = subprocess.run(
        ["/bin/bash", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def is_plain(command):
    """Whether a command needs nothing of a shell but that it starts the program."""
    return command.startswith("tsshape ") and not SHELL.search(command)


def run_forked(command, folder, forks):
    """Run one command of the program in a fork that has what it imports already; what it printed."""
    done = forks.run(*shlex.split(command)[1:], folder=folder)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def follow(page, folder, *skip):
    """Do what a page says in a folder: all blocks in order, but for the commands in `skip`."""
    os.chdir(folder)
    with ForkServer() if sum(map(is_plain, commands(page))) > 1 else nullcontext() as forks:
        _follow(page, folder, skip, forks)


def _follow(page, folder, skip, forks):
    """Do what a page says, with the program in forks if there are any."""
    # As in a session of a reader's own, so that what is defined can be pickled.
    session = sys.modules["__main__"] = ModuleType("__main__")
    printed = ""
    for block in blocks(page):
        where = f"{Path(page).name}, line {block.line}"
        if block.language == "python":
            exec(compile(block.text, where, "exec"), vars(session))  # noqa: S102 - our own page
        elif block.language == "text":
            for line in block.text.splitlines():
                assert " ".join(line.split()) in printed, f"{where}: not printed: {line}\n{printed}"
        for command in block.commands:
            if command not in skip:
                run = partial(run_forked, forks=forks) if forks and is_plain(command) else run_command
                printed = " ".join(run(command, folder).split())


def run_page(page, folder, skip=()):
    """Follow a page in a process of its own, where a warning is an error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FOLLOW, str(page), str(folder), *skip],
        env=environment() | {"MPLBACKEND": "agg", "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
