"""Workers of a terminal's program, which leave Ctrl-C to it."""

import signal
import threading
from typing import Any

from distributed import WorkerPlugin


class IgnoreInterrupts(WorkerPlugin):
    """Have a worker process ignore Ctrl-C, which a terminal sends to all processes: the program ends its workers."""

    name = "tsshape-ignore-interrupts"

    def setup(self, worker: Any) -> None:
        """Ignore it from now on."""
        del worker
        # Elsewhere, as in workers that are threads, no handler can be set, and none is needed.
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)
