"""Which column of an export is what."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from tsshape._errors import DataError, list_names, quote
from tsshape.data._export._headers import looks_like_days
from tsshape.data._export._joined import Joined
from tsshape.data._export._names import TEXT_NAMES, TOTAL_NAMES, UNNAMED, find_known, plain, plain_names
from tsshape.data._export._options import ROLES, ImportOptions, spell_option


class Roles(NamedTuple):
    """The column of each role, None where there is none."""

    id: str | None = None
    time: str | None = None
    value: str | None = None
    posted: str | None = None
    author: str | None = None
    label: str | None = None
    split: str | None = None

    def named(self) -> dict[str, str]:
        """Return the roles that have a column."""
        return {role: name for role, name in self._asdict().items() if name is not None}


def find_roles(joined: Joined, options: ImportOptions, *, skip: Iterable[str] = ()) -> Roles:
    """Return the columns that options name, or whose names are usual; those in `skip` are days."""
    columns = list(joined.cells.columns)
    found: dict[str, str] = {}
    role: str
    for role in ROLES:
        name = getattr(options, role)
        if name is not None and name not in columns and not (role == "value"):
            raise DataError(
                f"{spell_option(role)}: {joined.source} has no column {quote(name)}; it has"
                f" {list_names(columns, spell=quote)}"
            )
        if name in columns:
            found[role] = name
    free = [name for name in columns if name not in {*found.values(), *skip} and plain(name) not in TEXT_NAMES]
    for role in ("posted", "time", "id", "value", "author", "label", "split"):
        if role in found or (role == "value" and options.value is not None):
            continue
        usual = [name for name in find_known(role, free) if _may_be(role, joined.cells[name])]
        if usual:
            found[role] = usual[0]
            free.remove(usual[0])
    if "id" not in found:
        found |= _unnamed_id(joined, free)
    return Roles(**found)


def _unnamed_id(joined: Joined, free: list[str]) -> dict[str, str]:
    """Return the first column as the id if it has no name and holds a different word in each row, as in a pivot."""
    first = joined.cells.columns[0]
    if first not in free or plain(first) not in UNNAMED:
        return {}
    cells = joined.cells[first].astype("str")
    is_word = not cells.isna().any() and cells.is_unique and not looks_like_days(cells)
    return {"id": first} if is_word else {}


def check_one_id(joined: Joined, roles: Roles) -> None:
    """Check that no other column that could be the id tells other posts apart, as the number of a row does."""
    if roles.id is None:
        return
    rivals = [name for name in find_known("id", list(joined.cells.columns)) if name not in roles.named().values()]
    ids = joined.cells[roles.id].astype("str")
    for rival in rivals:
        other = joined.cells[rival].astype("str")
        if plain(rival) in TEXT_NAMES or other.str.contains("://", regex=False).any() or other.isna().any():
            continue
        if ids.is_unique and not other.is_unique:
            raise DataError(
                f"{joined.source}: {quote(roles.id)} differs in every row, {quote(rival)} does not: say"
                f" --id {rival} if that is the post, or --id {roles.id}"
            )


def is_total(name: object) -> bool:
    """Whether a row or column is called a sum of the others."""
    return any(each in TOTAL_NAMES for each in plain_names(str(name)))


def _may_be(role: str, cells: pd.Series) -> bool:
    """Whether the cells of a column can have a role: counts and times are hardly words."""
    if cells.isna().all():
        return False
    text = isinstance(cells.dtype, pd.StringDtype)
    if role in {"value", "posted", "time"}:
        return not text or bool(cells.dropna().str.contains("[0-9]").mean() > 0.5)  # noqa: PLR2004
    return True
