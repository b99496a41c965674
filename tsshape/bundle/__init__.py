"""Fitted models as files: a zip of JSON and arrays, never a pickle.

`FORMAT` is the number of the format that is written and read.
"""

from tsshape.bundle._bundle import FORMAT, load, save

__all__ = ["FORMAT", "load", "save"]
