"""A run folder as one HTML file, to be read by people: no network, no other file, nothing that runs but sorting."""

from tsshape.report._write import write_report

__all__ = ["write_report"]
