"""`tsshape describe`."""

from tsshape.cli import _options as options
from tsshape.cli._say import say, say_json, sparkline


def describe(
    curves: options.CurvesPath, *, id_column: options.IdColumn = None, as_json: options.AsJson = False
) -> None:
    """Describe a table of curves as it is, before any cleaning."""
    from tsshape.cli._posts import last_days
    from tsshape.curves import describe_curves
    from tsshape.data import find_table, read_curves

    table = read_curves(find_table(curves, "curves"), id_column=id_column)
    found, ages = describe_curves(table), last_days(table)
    young = ages[ages < found.n_times]
    if as_json:
        say_json({**found._asdict(), "incomplete_curves": len(young)})
        return
    lines = {
        "curves": f"{found.n_curves:,} of {found.n_times} days",
        "ages": f"{len(young):,} curves end before day {found.n_times}"
        + (f", the youngest after day {young.min()}" if len(young) else ""),
        "missing": f"{found.missing_cells:,} cells in {found.curves_with_missing:,} curves",
        "decreases": f"{found.decreases:,} in {found.curves_with_decreases:,} curves",
        "zero": f"{found.zero_curves:,} curves without a view",
        "scale": "  ".join(f"{quantile:.0%} {value:,.6g}" for quantile, value in found.scale_quantiles.items()),
        "mean shape": f"{sparkline(found.mean_shape)}  (complete curves above 0, day 1 to {found.n_times})",
    }
    for name, text in lines.items():
        say(f"{name:<11} {text}")
