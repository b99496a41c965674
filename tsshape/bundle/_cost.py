"""What a model may cost: a small file can hold one that takes much to load, or to ask about a single post.

The cost of a model is about the bytes of memory that it takes to load it and to forecast one post; where that takes
more time than memory, 10 ns count as a byte. It is known from the metadata and from the headers of the arrays, before
an array is read: the number of each thing that a model consists of, times what one of them costs.
"""

from collections import Counter

from tsshape._errors import DataError
from tsshape._memory import VARIABLE, memory_limit, spell_bytes
from tsshape.bundle._npy import Header
from tsshape.bundle._record import Record, counts_of, records_of
from tsshape.bundle._trees import BoosterRecord

# The largest cost. A model of tsshape's own for 12,000 posts, 30 days and 50 clusters has less than a tenth of it.
MOST_COST = 2**30
# The most steps of an explanation, of about 8 ns; those of the model above are half a million.
MOST_STEPS = 2**27
# What each thing costs, measured: the memory of most, the time of trees, days, columns, terms, prototypes and pairs.
_COSTS = {
    "bytes in arrays": 2,
    "trees": 2**12,
    "leaves": 2**7,
    "categories in trees": 2**7,
    # LightGBM's text names every column in each booster, and an explanation has a number for each class and column.
    "columns of boosters": 2**8,
    "columns of classes": 2**5,
    "columns of posts": 2**15,
    "letters in names of columns": 2**3,
    "terms of lines": 2**12,
    "days": 2**14,
    "prototypes": 2**15,
    "n-grams": 2**8,
    "authors": 2**8,
    "pairs of days compared": 1,
}


def check_cost(model: Record, headers: dict[str, Header], most: int) -> None:
    """Refuse a model whose cost is larger; the message says what it has too many of."""
    numbers = Counter({"bytes in arrays": sum(header.n_bytes for header in headers.values())})
    for what, number in counts_of(model, {name: header.shape for name, header in headers.items()}):
        numbers[what] += number
    costs = {what: number * _COSTS[what] for what, number in numbers.items()}
    cost = sum(costs.values())
    if cost > most:
        what = max(costs, key=costs.__getitem__)
        advice = f": half of the memory, or {VARIABLE}" if most < MOST_COST else ""
        raise DataError(
            f"the model would take about {spell_bytes(cost)} to be loaded and asked about one post, most of it for its "
            f"{numbers[what]:,} {what}; at most {spell_bytes(most)} is allowed{advice}"
        )


def check_explanations(*models: Record) -> None:
    """Refuse models whose trees, which `build` has checked, would take too long to explain one post."""
    boosters = (each for model in models for _, each in records_of(model) if isinstance(each, BoosterRecord))
    n_steps = sum(booster.explanation_steps() for booster in boosters)
    if n_steps > MOST_STEPS:
        raise DataError(
            f"its trees are too deep: to explain one post would take {n_steps:,} steps; at most {MOST_STEPS:,} are "
            "allowed"
        )


def most_to_load() -> int:
    """Return the largest cost of a model that is loaded: no more than what `memory_limit` leaves."""
    return min(MOST_COST, memory_limit())
