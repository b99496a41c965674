"""`python -m tsshape` is the command line."""

from tsshape.cli import main

if __name__ == "__main__":
    main()
