import os
import subprocess
import sys

import pytest

from tsshape import DataError
from tsshape.bench._lock import LOCK_FILE, only_writer

# Holds the folder that it is given until it is killed.
HOLDER = """
import sys, time
from pathlib import Path
from tsshape.bench._lock import only_writer
with only_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_folder_is_held_for_the_time_of_the_block(tmp_path):
    with only_writer(tmp_path):
        for _ in range(2):
            with pytest.raises(DataError, match=f"by another run, process {os.getpid()}$"), only_writer(tmp_path):
                pass
        assert [path.name for path in tmp_path.iterdir()] == [LOCK_FILE]
    assert not [*tmp_path.iterdir()]
    with only_writer(tmp_path):
        pass


def test_a_folder_is_free_when_its_holder_was_killed(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DataError, match=f"process {holder.pid}$"), only_writer(tmp_path):
            pass
        holder.kill()
        holder.wait()
    assert (tmp_path / LOCK_FILE).exists()
    with only_writer(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == f" {os.getpid()}"
