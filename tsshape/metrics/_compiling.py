"""Why numba cannot compile a function of a metric, in words that lead to the line to change."""

import inspect
import re

from tsshape.metrics._metric import Metric

# The arguments with which each route is called.
ARGUMENTS = {"pair": ("x", "y", "params"), "cost": ("a", "b")}


def compile_errors() -> tuple[type[Exception], ...]:
    """Return what compiling raises; the second is no NumbaError."""
    # Asked for once something was raised, so that numba is imported already.
    from numba.core.errors import NumbaError, UnsupportedBytecodeError  # noqa: PLC0415

    return NumbaError, UnsupportedBytecodeError


def explain_failure(metric: Metric, route: str, error: Exception) -> str:
    """Return what is wrong with the pair or cost of a metric that numba refuses, and the file and line."""
    function = getattr(metric, route)
    function = getattr(function, "py_func", function)
    code, arguments = function.__code__, ARGUMENTS[route]
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return (
            f"the {route} of metric {metric.name!r} must take ({', '.join(arguments)}); {function.__name__} "
            f"({code.co_filename}, line {code.co_firstlineno}) takes {inspect.signature(function)}"
        )
    report = str(error)
    # The innermost place is named first; a report without one is about the whole function.
    named = re.search(rf"Raised from (.+) \((\d+)\)|({re.escape(code.co_filename)}) \((\d+)\)", report)
    path, line = filter(None, named.groups()) if named else (code.co_filename, code.co_firstlineno)
    reason = _reason(report)
    if "IMPORT_NAME" in reason:
        reason = "an import inside a function: move it to the top of the file"
    elif "setitem" in reason and not named:
        reason = "it must return a number"
    elif route == "cost":
        reason += "; a cost may not branch: give what branches as a pair"
    return f"numba cannot compile the {route} of metric {metric.name!r} ({path}, line {line}): {reason}"


def _reason(report: str) -> str:
    """Return the first line of a report that says something."""
    said = [line.strip() for line in report.splitlines() if line.strip() and not line.startswith("Failed in")]
    return re.sub(r"\.+ Raised from .*|[.:]$| found for signature:$", "", said[0]) if said else "no reason is given"
