"""The commands and Python blocks of a Markdown page, and running them in order as a reader would.

Fenced blocks without a language, or with `console`, hold commands, one a line; `python` blocks share one namespace, as
in one session; a `text` block below commands holds lines that they print. Others are shown, not run.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```(?P<language>[^`\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"\s+#\s.*$")


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


def run_page(page, folder, skip=()):
    """Run a page in a folder: all blocks in order, but for the commands in `skip`."""
    script = [
        f"import os, sys; os.chdir({str(folder)!r}); sys.path.insert(0, {str(ROOT / 'tests')!r})",
        "from documents import run_command; printed, session = '', {'__name__': '__main__'}",
    ]
    for block in blocks(page):
        where = f"{Path(page).name}, line {block.line}"
        if block.language == "python":
            script.append(f"exec(compile({block.text!r}, {where!r}, 'exec'), session)")
        elif block.language == "text":
            expected = [" ".join(line.split()) for line in block.text.splitlines()]
            script.append(f"assert not [line for line in {expected!r} if line not in printed], ({where!r}, printed)")
        script += [
            f"printed = ' '.join(run_command({command!r}, {str(folder)!r}).split())"
            for command in block.commands
            if command not in skip
        ]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(script)],
        env=environment() | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
