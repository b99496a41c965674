"""A verb of the program, whose errors name its options where the library's messages name parameters."""

import re
from collections.abc import Mapping
from typing import Any

from typer import BadParameter
from typer.core import TyperCommand

from tsshape._errors import DataError
from tsshape.cli._printable import printable

# Parameters of the library that an option of another name sets.
_OPTION_OF = {
    "n_clusters": "k",
    "k_values": "k",
    "n_seeds": "seeds",
    "random_state": "seed",
    "n_jobs": "jobs",
    "metric_params": "param",
}
# `name="value"`, of which a message may offer several.
_ASSIGNMENT = re.compile(r'\b(\w+)=("\w+"(?: or "\w+")*)')
# A name that stands alone: one with an underscore, or what "must be" something.
_NAME = re.compile(r"(?<![\w'\"./-])([a-z]+(?:_[a-z]+)+|[a-z]+(?= must ))(?![\w'\"./=])")
# What a message adds to an option that it names already.
_IN_PYTHON = re.compile(r" \(\w+(?:='\w+')? in Python\)")


# What typer finds wrong in the words of a command: a class of click, which typer has a copy of, or imports.
_UsageError: Any = BadParameter.__base__


class Verb(TyperCommand):
    """A command that raises `DataError` in the words of its options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse what was typed after the verb, such as names of files that the shell put in."""
        try:
            return super().parse_args(ctx, args)
        except _UsageError as error:
            error.message = printable(error.message)
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except DataError as error:
            options = {str(each.name): each.opts[0] for each in self.params if each.opts[0].startswith("--")}
            raise DataError(in_options(str(error), options)) from error


def in_options(message: str, options: Mapping[str, str]) -> str:
    """Return a message of the library with options in place of the parameters that they set.

    Examples
    --------
    >>> in_options('day 2 has no value; use missing="interpolate"', {"missing": "--missing"})
    'day 2 has no value; use --missing interpolate'
    >>> in_options("n_clusters must be at least 1; got 0", {"k": "--k"})
    '--k must be at least 1; got 0'
    """

    def option(name: str) -> str | None:
        return options.get(_OPTION_OF.get(name, name))

    def assign(found: re.Match[str]) -> str:
        name, values = option(found[1]), found[2].replace('"', "")
        return found[0] if name is None else f"{name} {values}"

    # A verb without the option reads dataset folders only, whose tables have ids of a usual name.
    if "id_column" not in options:
        message = message.replace("Name the right one with --id-column", "Call the right one 'id'")
    message = _IN_PYTHON.sub("", message)
    return _NAME.sub(lambda found: option(found[1]) or found[1], _ASSIGNMENT.sub(assign, message))
