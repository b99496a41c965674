"""The log of the package, `logging.getLogger("tsshape")`: what is fitted and how long it takes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

LOGGER = logging.getLogger("tsshape")
# Without a handler of its own a library's log would be printed where the program has set up none.
LOGGER.addHandler(logging.NullHandler())


@contextmanager
def shown(verbose: int) -> Iterator[None]:
    """Print the log on standard error meanwhile: with 1 what is fitted, from 2 on every detail, with 0 nothing."""
    if not verbose:
        yield
        return
    handler, before = logging.StreamHandler(), LOGGER.level
    handler.setLevel(logging.INFO if verbose == 1 else logging.DEBUG)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(min(LOGGER.getEffectiveLevel(), handler.level))
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(before)
