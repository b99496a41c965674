"""Marks of tests that only some systems can run, and disks for those that need one."""

import shutil
import subprocess
import sys

import pytest

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such shell, files, limits or signals")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="it needs files, mounts or limits of Linux")


def mounted(folder, *options, then=":"):
    """A prefix of commands, for which another disk is mounted on a folder."""
    script = f'mount -t tmpfs -o {",".join(options)} tmpfs {folder} && {{ {then}; }} && exec "$0" "$@"'
    prefix = ["unshare", "-m", "sh", "-c", script]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting a disk is not permitted here")
    return prefix
