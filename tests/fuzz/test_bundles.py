import subprocess
import sys
from pathlib import Path

RUN = Path(__file__).with_name("run.py")


def test_hostile_bundles_are_refused_or_answered(tmp_path):
    """In processes of their own, so that one that dies of a signal is seen."""
    command = [sys.executable, RUN, "--bundles", "100", "--jobs", "1", "--keep", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("bundles: 100 cases, ")
    assert ", 0 failures, 0 signals, 0 hangs" in done.stdout
    assert " 0 refused" not in done.stdout
    assert " 0 answered" not in done.stdout
