"""The command line: in this process, which has what it imports already, or in one of its own."""

import sys
import warnings
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from subprocess import CalledProcessError, CompletedProcess
from unittest import mock

from registered import forgotten_afterwards

from tsshape.cli import main

# The program in a process of its own, for what only such a one can show.
PROGRAM = [sys.executable, "-m", "tsshape"]


def tsshape(*arguments, folder=".", check=True):
    """Run `tsshape` with some arguments in a folder.

    Warnings for users are printed, as in a process of its own; any other is an error. Plug-ins are forgotten.
    """
    words, out, err = [*map(str, arguments)], StringIO(), StringIO()
    with (
        chdir(folder),
        mock.patch.object(sys, "argv", ["tsshape", *words]),
        redirect_stdout(out),
        redirect_stderr(err),
        forgotten_afterwards(),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("default", UserWarning)
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code
    if check and code:
        raise CalledProcessError(code, words, out.getvalue(), err.getvalue())
    return CompletedProcess(words, code, out.getvalue(), err.getvalue())
