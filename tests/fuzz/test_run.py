import subprocess
import sys
from pathlib import Path

from systems import posix_only

# A type of case, each with another outcome, and a runner that waits for less long.
KIND = """
import os, signal, time

def cases(seed, n):
    return iter([(name, name.encode()) for name in ["fine", "no", "wrong/../", "dies", "sleeps", "fine"][:n]])

def check(name, content, folder):
    assert content == name.encode() and folder.is_dir()
    assert name != "wrong/../", "wrong values"
    if name == "dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    if name == "sleeps":
        time.sleep(60)
    return "refused" if name == "no" else "answered"
"""
PROGRAM = """
import sys, run
from pathlib import Path
run.LIMIT, run.FIRST_LIMIT, run.KINDS = 0.5, 5, ("kind",)
if __name__ == "__main__":
    sys.exit(run.main())
"""


def start(folder, *arguments):
    (folder / "kind.py").write_text(KIND)
    (folder / "program.py").write_text(f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n{PROGRAM}")
    command = [sys.executable, folder / "program.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


@posix_only
def test_every_outcome_is_counted_and_what_failed_is_kept_to_be_checked_again(tmp_path):
    done = start(tmp_path, "--kind", "6", "--jobs", "1")
    assert done.stdout == "kind: 6 cases, 1 refused, 2 answered, 1 failures, 1 signals, 1 hangs\n"
    assert done.returncode == 1
    assert "AssertionError: wrong values" in done.stderr
    assert "the worker ended with -11" in done.stderr
    kept = {file.name: file.read_text() for file in (tmp_path / "fuzz").iterdir()}
    assert sorted(kept.values()) == ["dies", "sleeps", "wrong/../"]
    again = start(tmp_path, "--again", *(tmp_path / "fuzz" / name for name in kept if "wrong" in name))
    assert "AssertionError: wrong values" in again.stderr


def test_where_nothing_fails_the_program_ends_well_and_keeps_nothing(tmp_path):
    done = start(tmp_path, "--kind", "2", "--jobs", "2")
    assert done.stdout == "kind: 2 cases, 1 refused, 1 answered, 0 failures, 0 signals, 0 hangs\n"
    assert done.returncode == 0
    assert not (tmp_path / "fuzz").exists()
