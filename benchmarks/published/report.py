"""Tables of published figures beside ours, as Markdown."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """A published figure, ours, and why they differ where they do; `digits` are those that were published."""

    published: float
    ours: float
    digits: int = 4
    why: str = ""

    @property
    def equal(self) -> bool:
        """Whether ours is the published one to the published digits."""
        return abs(self.ours - self.published) <= 0.5000001 * 10.0**-self.digits

    def cells(self) -> tuple[str, str, str]:
        """Published, ours, and `equal` or the reason."""
        verdict = "equal" if self.equal else self.why or "differs"
        return f"{self.published:.{self.digits}f}", f"{self.ours:.{self.digits}f}", verdict


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table; columns of numbers are aligned to the right."""
    yield "| " + " | ".join(head) + " |"
    numeric = [all(_is_number(row[column]) for row in rows) for column in range(len(head))]
    yield "|" + "|".join("--:" if each else "---" for each in numeric) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def count(figures: Sequence[Figure]) -> str:
    """Return how many are equal, of how many."""
    return f"{sum(figure.equal for figure in figures)} of {len(figures)}"


def _is_number(cell: str) -> bool:
    """Whether a cell holds a number, or nothing."""
    return not cell or cell.strip("*").split(" ")[0].lstrip("-").replace(".", "", 1).isdigit()
