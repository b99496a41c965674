"""The command line: one verb a file."""

from tsshape.cli._main import main

__all__ = ["main"]
