"""`tsshape cite`."""

from importlib.resources import files

from tsshape.cli._say import say_document


def cite() -> None:
    """Print how to cite tsshape, and the papers whose method it grew from, as BibTeX."""
    # A copy of CITATION.cff, which is not installed; a test compares the two.
    say_document((files("tsshape") / "citation.bib").read_text(encoding="utf-8").rstrip())
