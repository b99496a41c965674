"""The days of a model, by the numbers that tables have for them."""

from collections.abc import Hashable, Sequence


def number_days(days: Sequence[Hashable]) -> list[int]:
    """Return the numbers of a model's days: those of their names or, unless these ascend from 1 on, their positions.

    The names may be those of a table that was made in Python: `range(30)`, weekdays, dates.

    Examples
    --------
    >>> number_days(["day01", "day03", "day07"]), number_days([0, 1, 2]), number_days(["mon", "tue"])
    ([1, 3, 7], [1, 2, 3], [1, 2])
    """
    found = _numbers_of_names(days)
    return [*range(1, len(days) + 1)] if found is None else found


def name_days(days: Sequence[Hashable]) -> list[str]:
    """Return the names of a model's days as columns of a table: their own, or day01, day02, … by their positions.

    Examples
    --------
    >>> name_days(["d1", "d3"]), name_days([0, 1]), name_days(["mon", "tue"])
    (['d1', 'd3'], ['day01', 'day02'], ['day01', 'day02'])
    """
    from tsshape.data import day_column

    return [day_column(day) for day in (number_days(days) if _numbers_of_names(days) is None else days)]


def _numbers_of_names(days: Sequence[Hashable]) -> list[int] | None:
    """Return the numbers in the names of days, None unless these ascend from 1 on."""
    from tsshape.data import day_number

    numbers = [day_number(day) or 0 for day in days]
    ascend = all(earlier < later for earlier, later in zip([0, *numbers], numbers, strict=False))
    return numbers if ascend else None
