"""The program: its verbs, and one message for each way that it can fail."""

import errno
import gc
import io
import logging
import os
import sys
import warnings
from typing import Annotated

import typer

from tsshape._errors import DataError, Stopped
from tsshape.cli import (
    _bench,
    _cite,
    _cluster,
    _compare,
    _describe,
    _doctor,
    _embed,
    _explain,
    _fetch,
    _fit,
    _import,
    _metrics,
    _predict,
    _rank,
    _report,
    _select_k,
    _simulate,
    _watch,
)
from tsshape.cli._printable import printable
from tsshape.cli._signals import stop_on_signals
from tsshape.cli._verb import Verb

app = typer.Typer(
    name="tsshape",
    help="How will the views of a post unfold? Engagement curves as scale x shape.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("simulate", cls=Verb)(_simulate.simulate)
app.command("import", cls=Verb)(_import.import_)
app.command("fetch", cls=Verb)(_fetch.fetch)
app.command("describe", cls=Verb)(_describe.describe)
app.command("cluster", cls=Verb)(_cluster.cluster)
app.command("select-k", cls=Verb)(_select_k.select_k)
app.command("embed", cls=Verb)(_embed.embed)
app.command("rank", cls=Verb)(_rank.rank)
app.command("fit", cls=Verb)(_fit.fit)
app.command("predict", cls=Verb)(_predict.predict)
app.command("watch", cls=Verb)(_watch.watch)
app.command("explain", cls=Verb)(_explain.explain)
app.command("bench", cls=Verb)(_bench.bench)
app.command("compare", cls=Verb)(_compare.compare)
app.command("report", cls=Verb)(_report.report)
app.command("metrics", cls=Verb)(_metrics.metrics)
app.command("cite", cls=Verb)(_cite.cite)
app.command("doctor", cls=Verb)(_doctor.doctor)

_OBJECTS_PER_COLLECTION = 50_000


def _print_version(wanted: bool) -> None:
    """Print the version and exit."""
    if wanted:
        import tsshape

        typer.echo(tsshape.__version__)
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Accept options before the verb."""


def main() -> None:
    """Run the command line.

    The exit code is 2 for data that cannot be used, 3 for what `watch` found, 130 and 143 for signals, 1 for all else.
    """
    warnings.showwarning = _show_warning
    # Imports make half a million objects that stay; looking for garbage among them takes a tenth of a short command.
    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    for stream in (sys.stdout, sys.stderr):
        # Characters that the terminal's encoding lacks are escaped.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # Where its folder of fonts cannot be written, matplotlib says so in lines of its own; `tsshape doctor` does, too.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        with stop_on_signals():
            app()
    except DataError as error:
        _fail(str(error), 2)
    except OSError as error:
        _drop_output()
        # ENOENT, and errors without a number, already say which file they mean; all others without a file are about the
        # output.
        place = error.filename or (None if error.errno in {None, errno.ENOENT} else "the output")
        _fail(": ".join(map(str, filter(None, [place, error.strerror or error]))), 1)
    except MemoryError as error:
        _fail(f"there is not enough memory: {error or 'none is left'}", 1)
    except Stopped as stop:
        _fail(str(stop), stop.exit_code)


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Write a warning on one line."""
    sys.stderr.write(f"tsshape: warning: {printable(str(message))}\n")


def _drop_output() -> None:
    """Discard pending output, which Python would write again at exit, and fail with another exit code."""
    if sys.stdout is sys.__stdout__:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _fail(message: str, code: int) -> None:
    """Write an error message and exit with a code."""
    sys.stderr.write(f"tsshape: error: {printable(message)}\n")
    sys.exit(code)
