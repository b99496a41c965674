"""`python -m tsshape` is the command line."""

from tsshape.cli import main

main()
