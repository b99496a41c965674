"""Reports: the results of a verb as one HTML file that needs neither a network nor another file."""

from tsshape.report._write import write_report

__all__ = ["write_report"]
