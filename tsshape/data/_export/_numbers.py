"""How numbers are written in an export: decimal and thousands marks, suffixes, percent signs."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd
from pandas.api.types import is_numeric_dtype

from tsshape._errors import DataError, quote
from tsshape._typing import BoolArray
from tsshape.data._cells import Where, match_cells, strip_cells
from tsshape.data._export._options import ImportOptions

_BLANKS = " \u00a0\u202f\u2009'\u2019"
# Exponents of the suffixes that platforms show.
_SUFFIXES = {"k": 3, "tsd": 3, "m": 6, "mio": 6, "b": 9, "bn": 9, "万": 4, "萬": 4, "亿": 8, "億": 8}
_SUFFIX = "|".join(sorted(_SUFFIXES, key=len, reverse=True))
_ROUNDED = rf"[+-]?[0-9]+(?:[.,][0-9]+)? ?(?i:{_SUFFIX})\.?\+?"
_OTHER = {".": ",", ",": "."}
# Further words for a missing number, beside those of the strict readers.
_NO_NUMBER = "[-\u2013\u2014]|(?i:#?n/a|none)"


class NumberStyle(NamedTuple):
    """The marks of the numbers of an export, and whether suffixes are taken."""

    decimal: str = "."
    thousands: str = ""
    suffixes: bool = False

    def canonical(self, cells: pd.Series) -> pd.Series:
        """Return text in which numbers of this style are written as Python does; other cells, typed ones too, stay.

        A percent sign is left out: 4.2% is 4.2.
        """
        if is_numeric_dtype(cells) or not isinstance(cells.dtype, pd.StringDtype):
            return cells
        from pyarrow import compute  # noqa: PLC0415

        text = strip_cells(cells)
        text = compute.if_else(match_cells(text, _NO_NUMBER), None, text)
        decimal = f"(?:\\{self.decimal}[0-9]*)?"
        mark = f"[{self.thousands}]" if self.thousands not in {".", ",", ""} else f"\\{self.thousands}"
        grouped = f"[+-]?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+{decimal} ?%?" if self.thousands else None
        plain = f"[+-]?[0-9]*{decimal}(?:[eE][+-]?[0-9]+)? ?%?"
        result = text
        for pattern, drop in ((grouped, mark), (plain, "")):
            if pattern is not None:
                rewritten = compute.replace_substring_regex(text, "[ %]" if not drop else f"{drop}|[ %]", "")
                rewritten = compute.replace_substring(rewritten, self.decimal, ".")
                result = compute.if_else(compute.match_substring_regex(text, rf"\A(?:{pattern})\z"), rewritten, result)
        if self.suffixes:
            result = self._expand(text, result)
        return pd.Series(result.to_pandas().astype("str").array, index=cells.index, name=cells.name)

    def _expand(self, text: Any, result: Any) -> Any:
        """Return numbers with a suffix written with an exponent, which is exact."""
        from pyarrow import compute  # noqa: PLC0415

        number = compute.replace_substring(compute.replace_substring_regex(text, r"[^0-9.,+-]|\.?\+?\z", ""), ",", ".")
        for suffix, exponent in _SUFFIXES.items():
            found = compute.match_substring_regex(text, rf"\A[+-]?[0-9]+(?:[.,][0-9]+)? ?(?i:{suffix})\.?\+?\z")
            result = compute.if_else(found, _append(number, f"e{exponent}"), result)
        return result


def _append(text: Any, ending: str) -> Any:
    """Return Arrow text with an ending."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    return compute.binary_join_element_wise(text, pa.scalar(ending, text.type), pa.scalar("", text.type))


def find_style(
    counts: Iterable[tuple[pd.Series, Where]], others: Iterable[tuple[pd.Series, Where]], options: ImportOptions
) -> NumberStyle:
    """Return how the numbers of some columns are written.

    Marks that no option names are decided by the counts, or for other columns by all numbers.

    Raises
    ------
    DataError
        If a number can be read in two ways, if two contradict each other, or if one is rounded and the option
        `suffixes` is not given. The message names the cell and the option.
    """
    evidence = _Evidence()
    for cells, where in counts:
        evidence.add(cells, where)
    if evidence.rounded and not options.suffixes:
        raise DataError(f"{evidence.rounded} is rounded: say --suffixes to take such numbers as they are")
    if options.decimal or options.thousands:
        return _explicit(options)
    evidence.check()
    if evidence.plain_thousand and not evidence.seen:
        # Thousands stand in the counts without a mark, so that a dot in other numbers is a decimal one.
        evidence.seen[".", "decimal"] = evidence.plain_thousand
    for cells, where in others:
        evidence.add(cells, where)
    return evidence.style(suffixes=options.suffixes)


def _explicit(options: ImportOptions) -> NumberStyle:
    """Return the style that the options name; a mark that is not named is the other one."""
    thousands = options.thousands or _OTHER[options.decimal or "."]
    decimal = options.decimal or _OTHER.get(thousands, ".")
    return NumberStyle(decimal, _BLANKS if thousands in _BLANKS else thousands, options.suffixes)


class _Evidence:
    """What the cells say about their marks, each with the first cell that says so."""

    def __init__(self) -> None:
        # (mark, "decimal" | "thousands" | "either") to the cell and its place.
        self.seen: dict[tuple[str, str], str] = {}
        self.rounded = self.plain_thousand = ""

    def add(self, cells: pd.Series, where: Where) -> None:
        """Look through a column of text."""
        if not isinstance(cells.dtype, pd.StringDtype):
            return
        text = strip_cells(cells)
        for mark, other in _OTHER.items():
            m, o = f"\\{mark}", f"\\{other}"
            group = f"[+-]?[0-9]{{1,3}}(?:{m}[0-9]{{3}})"
            patterns = {
                "thousands": f"{group}{{2,}}|{group}+{o}[0-9]+",
                "decimal": rf"[+-]?(?:[0-9]*{m}(?:[0-9]{{0,2}}|[0-9]{{4,}})|(?:0[0-9]*|[0-9]{{4,}})?{m}[0-9]*"
                f"|[0-9]{{1,3}}(?:[{o}{_BLANKS}][0-9]{{3}})+{m}[0-9]+) ?%?",
                "either": f"[+-]?[1-9][0-9]{{0,2}}{m}[0-9]{{3}} ?%?",
            }
            for reading, pattern in patterns.items():
                self._note((mark, reading), match_cells(text, pattern), cells, where)
        blank = f"[+-]?[0-9]{{1,3}}(?:[{_BLANKS}][0-9]{{3}})+(?:[.,][0-9]*)?"
        self._note((_BLANKS, "thousands"), match_cells(text, blank), cells, where)
        if not self.rounded:
            self.rounded = _first(match_cells(text, _ROUNDED), cells, where)
        if not self.plain_thousand:
            self.plain_thousand = _first(match_cells(text, "[+-]?[1-9][0-9]{3,}"), cells, where)

    def _note(self, key: tuple[str, str], found: BoolArray, cells: pd.Series, where: Where) -> None:
        """Keep the first cell that says something."""
        if key not in self.seen and found.any():
            self.seen[key] = _first(found, cells, where)

    def check(self) -> None:
        """Check that no mark contradicts itself or can be read in two ways."""
        for mark, other in _OTHER.items():
            thousands, decimal = self.seen.get((mark, "thousands")), self.seen.get((mark, "decimal"))
            if thousands and decimal:
                raise DataError(
                    f"{decimal} has a decimal {_spell(mark)}, but {thousands} has it between thousands;"
                    f" write all numbers alike"
                )
            either = self.seen.get((mark, "either"))
            other_decided = (other, "thousands") in self.seen or (other, "decimal") in self.seen
            if either and not (thousands or decimal or other_decided):
                raise DataError(
                    f"{either} can be read in two ways: say --thousands {mark} if the {_spell(mark)} stands between"
                    f" thousands, or --decimal {mark} if it is the decimal mark"
                )

    def style(self, *, suffixes: bool) -> NumberStyle:
        """Return the style that the cells decide."""
        self.check()
        blanks = _BLANKS if (_BLANKS, "thousands") in self.seen else ""
        for mark, other in _OTHER.items():
            if (mark, "thousands") in self.seen or (other, "decimal") in self.seen:
                grouped = (mark, "thousands") in self.seen or (mark, "either") in self.seen
                return NumberStyle(other, mark if grouped else blanks, suffixes)
        return NumberStyle(".", blanks, suffixes)


def _spell(mark: str) -> str:
    """Return the name of a mark."""
    return "dot" if mark == "." else "comma"


def _first(found: BoolArray, cells: pd.Series, where: Where) -> str:
    """Return the first cell that was found, with its place; empty if there is none."""
    if not found.any():
        return ""
    position = int(found.argmax())
    return f"{where(position)}: {quote(str(cells.iloc[position]))}"
