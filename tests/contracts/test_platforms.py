"""Systems that are not POSIX, as far as one that is can show how the package fares there."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="it looks up open files in /proc")
def test_files_locks_memory_and_signals_need_nothing_that_only_posix_systems_have(tmp_path):
    program = Path(__file__).with_name("like_windows.py")
    ended = subprocess.run([sys.executable, program, tmp_path], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
