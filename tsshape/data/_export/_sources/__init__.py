"""Reading the raw files of exports: which format, encoding and separator a file has, and its cells."""

from tsshape.data._export._sources._raw import RawTable
from tsshape.data._export._sources._reading import read_source

__all__ = ["RawTable", "read_source"]
