"""Fitted models as files: a zip of JSON and arrays, never a pickle."""

from tsshape.bundle._bundle import FORMAT, load, save

__all__ = ["FORMAT", "load", "save"]
