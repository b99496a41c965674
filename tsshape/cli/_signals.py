"""Ending on Ctrl-C and SIGTERM like on an error: temporary files are removed, processes ended."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tsshape._errors import Stopped

# SIGBREAK is Ctrl-Break on Windows, and what another program can send there.
_NAMES = ("SIGINT", "SIGTERM", "SIGBREAK")


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Raise `Stopped` on Ctrl-C and SIGTERM, unless whoever started the program has them ignored, as nohup does."""
    wanted = [number for number in signal.Signals if number.name in _NAMES]
    earlier = {number: signal.signal(number, _stop) for number in wanted if signal.getsignal(number) != signal.SIG_IGN}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: Any) -> None:
    """End whatever the program is doing."""
    raise Stopped(number)
