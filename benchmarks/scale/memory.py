"""The memory of a process and of all that it started."""

import threading
from types import TracebackType
from typing import Self

import psutil

SECONDS = 0.1


class Memory:
    """The greatest resident memory within the block, sampled ten times a second.

    `total` is that of this process and all its descendants together, in which pages that they share count for each of
    them; `one` is the greatest of a single descendant.
    """

    def __enter__(self) -> Self:
        """Begin to sample."""
        self.total = self.one = 0
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End with one more sample."""
        self._ended.set()
        self._sampler.join()
        self._look()

    def _sample(self) -> None:
        """Look until the block ends."""
        while not self._ended.wait(SECONDS):
            self._look()

    def _look(self) -> None:
        """Take one sample."""
        here = psutil.Process()
        others = [_resident(process) for process in here.children(recursive=True)]
        self.total = max(self.total, _resident(here) + sum(others))
        self.one = max([self.one, *others])


def _resident(process: psutil.Process) -> int:
    """Return the resident memory of a process in bytes, 0 if it has ended."""
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
