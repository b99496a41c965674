"""Progress of a fit: which of its models is being fitted, for the log and for a progress bar."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from tsshape._logging import LOGGER

# Called with the number of models fitted, the number there will be, and what is being fitted.
OnStep: TypeAlias = Callable[[int, int, str], None]

# The models are trained far below the fit that counts them; a nested fit of another thread counts its own.
_CURRENT: ContextVar["Steps | None"] = ContextVar("steps", default=None)


class Steps:
    """The parts of a fit, each of a number of models.

    Parameters
    ----------
    on_step : callable, optional
        Called as `on_step(done, total, what)` when a part begins and whenever a model was fitted.
    plan : mapping
        The number of models of each part, in order. A part may turn out to have fewer: a quantity that is constant has
        no model.
    """

    def __init__(self, on_step: OnStep | None, plan: Mapping[str, int]) -> None:
        self.on_step, self.plan = on_step, plan
        self.done, self.end, self.what = 0, 0, ""
        # Models are trained side by side.
        self._lock = threading.Lock()

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """Count and log what is fitted meanwhile as a part of the plan."""
        self.what, self.end, start = what, self.done + self.plan[what], time.perf_counter()
        self._report()
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)
        self.done = self.end
        self._report()
        LOGGER.info("fitted %s in %.1f s", what, time.perf_counter() - start)

    def advance(self) -> None:
        """Count a model that was fitted."""
        with self._lock:
            if self.done < self.end - 1:
                self.done += 1
                self._report()

    def _report(self) -> None:
        """Tell the caller how far the fit is."""
        if self.on_step is not None:
            self.on_step(self.done, sum(self.plan.values()), self.what)


def model_fitted(rounds: int) -> None:
    """Log the number of rounds of a model, and count the model in the fit that it belongs to."""
    steps = _CURRENT.get()
    LOGGER.debug("%s: a model of %d rounds", "model" if steps is None else steps.what, rounds)
    if steps is not None:
        steps.advance()
