"""The form in which a verb prints its tables, and the options that choose it."""

from typing import Annotated, Literal

import typer

Form = Literal["text", "latex", "csv", "json"]
Latex = Annotated[bool, typer.Option("--latex", help="Print LaTeX tables, for the package booktabs.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV with headings, numbers with the digits of the table.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON: all digits, and what the columns are.")]
JsonRows = Annotated[bool, typer.Option("--json", help="Print the rows as JSON, with all digits.")]


def choose_form(*, latex: bool, csv: bool, as_json: bool) -> Form:
    """Return the form that the options ask for; refuse two at a time."""
    wanted: dict[Form, bool] = {"latex": latex, "csv": csv, "json": as_json}
    chosen = [form for form, each in wanted.items() if each]
    if len(chosen) > 1:
        raise typer.BadParameter(f"give only one of {' and '.join(f'--{form}' for form in chosen)}")
    return chosen[0] if chosen else "text"
