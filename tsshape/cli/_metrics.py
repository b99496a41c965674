"""`tsshape metrics`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tsshape._columns import Column
from tsshape.cli import _options as options
from tsshape.cli import _table_form as table_form
from tsshape.cli._say import say, say_json

if TYPE_CHECKING:
    from tsshape.metrics import MetricReport


def metrics(
    names: Annotated[list[str] | None, typer.Argument(help="Only these; the plug-ins that offer them are run.")] = None,
    *,
    check: Annotated[str | None, typer.Option(help="Check the contract of this metric.")] = None,
    plugin: options.Plugin = None,
    latex: table_form.Latex = False,
    csv: table_form.Csv = False,
    as_json: table_form.JsonRows = False,
) -> None:
    """List the metrics with their parameters, routes and origin, or check one.

    Of installed plug-ins, which are not run, the list has the name and origin.
    """
    from tsshape._errors import DataError
    from tsshape.metrics import available_metrics

    form = table_form.choose_form(latex=latex, csv=csv, as_json=as_json)
    options.load_plugins(plugin)
    if check is not None:
        if form in {"latex", "csv"} or names:
            raise DataError("--check checks one metric, and prints text or --json")
        _check(check, as_json=as_json)
        return
    rows = [_named(name) for name in names] if names else [_listed(name) for name in available_metrics()]
    if form == "json":
        say_json(rows)
    else:
        _print(rows, form)


def _check(name: str, *, as_json: bool) -> None:
    """Check the contract of one metric; the exit code is 2 if a claim does not hold."""
    from tsshape._errors import DataError
    from tsshape.metrics import get_metric, try_metric

    with options.user_errors():
        get_metric(name)
    report = try_metric(name)
    if as_json:
        claims = [{"claim": each.claim, "holds": not each.found, "found": each.found} for each in report.claims]
        say_json({"metric": report.metric, "claims": claims})
    else:
        _print_report(report)
    if report.failed:
        raise DataError(f"the metric {report.metric!r} breaks {len(report.failed)} of {len(report.claims)} claims")


def _print_report(report: "MetricReport") -> None:
    """Print one line for each claim."""
    width = max(len(each.claim) for each in report.claims)
    say(f"{report.metric}:")
    for each in report.claims:
        say(f"  {each.claim:<{width}}  {'FAILED: ' + each.found if each.found else 'holds'}")


def _print(rows: list[dict[str, Any]], form: table_form.Form) -> None:
    """Print the metrics as a table."""
    import pandas as pd

    from tsshape.cli._tables import Titled, print_tables

    table = pd.DataFrame(
        {
            **row,
            "parameters": None if row["parameters"] is None else ", ".join(each["as"] for each in row["parameters"]),
            "routes": None if row["routes"] is None else ", ".join(row["routes"]),
        }
        for row in rows
    )
    columns = [Column(name, name) for name in ("name", "parameters", "routes", "average", "origin")]
    print_tables({"metrics": Titled("Metrics", table, columns)}, form)
    if form == "text":
        say("and those of other libraries: tslearn:dtw …, sktime:DtwDist …, scipy:canberra …")
        if table["parameters"].isna().any():
            say("A plug-in is not run to be listed; `tsshape metrics NAME` runs it and shows its parameters.")


def _listed(name: str) -> dict[str, Any]:
    """Return a metric as JSON values; of one that is not loaded, name and origin only."""
    from tsshape.metrics import is_loaded, offered_by

    if is_loaded(name):
        return _named(name)
    unknown = dict.fromkeys(("parameters", "routes", "average", "elastic", "symmetric"))
    return {"name": name, **unknown, "origin": offered_by(name)}


def _named(name: str) -> dict[str, Any]:
    """Return a metric as JSON values; it is loaded."""
    from tsshape.metrics import get_metric

    with options.user_errors():
        metric = get_metric(name)
    return {
        "name": metric.name,
        "parameters": [
            {"name": each.name, "default": _plain(each.default), "as": each.describe()} for each in metric.parameters
        ],
        "routes": list(metric.routes),
        "average": metric.average,
        "elastic": metric.elastic,
        "symmetric": metric.symmetric,
        "origin": metric.origin,
    }


def _plain(value: Any) -> Any:
    """Return a default as a JSON value."""
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)
