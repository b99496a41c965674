"""The memory of a process and of all that it started."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

SECONDS = 1.0


class Memory:
    """The greatest resident memory of each process, as Linux keeps it, looked up once a second.

    To sample the memory itself as often as it changes would slow down what is measured. `total` is the sum of the
    greatest of this process and all its descendants, which is at least the greatest of their sum; pages that processes
    share count for each of them. `one` is the greatest of a single descendant.
    """

    def __enter__(self) -> Self:
        """Begin to look."""
        self._greatest: dict[int, int] = {}
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Look once more."""
        self._ended.set()
        self._sampler.join()
        self._look()

    @property
    def total(self) -> int:
        """Bytes of all processes together, at most."""
        return sum(self._greatest.values())

    @property
    def one(self) -> int:
        """Bytes of the greatest descendant, 0 if there is none."""
        here = psutil.Process().pid
        return max((size for pid, size in self._greatest.items() if pid != here), default=0)

    def _sample(self) -> None:
        """Look until the block ends."""
        while not self._ended.wait(SECONDS):
            self._look()

    def _look(self) -> None:
        """Note the greatest memory of each process so far."""
        here = psutil.Process()
        for process in [here, *here.children(recursive=True)]:
            self._greatest[process.pid] = max(self._greatest.get(process.pid, 0), _greatest_of(process.pid))


def _greatest_of(pid: int) -> int:
    """Return the greatest resident memory of a process so far in bytes, 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
