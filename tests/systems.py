"""Marks of tests that only some systems can run."""

import sys

import pytest

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such shell, files, limits or signals")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="it needs files, mounts or limits of Linux")
