"""What may stand where a file is expected and is none: pipes, sockets, folders, and links; on POSIX systems."""

import os
import socket
from contextlib import chdir
from pathlib import Path


def make_pipe(path):
    """Make a pipe; Windows has no such function."""
    os.mkfifo(path)


def make_socket(path):
    """Make a socket, whose name may be longer than a socket's address."""
    with socket.socket(socket.AF_UNIX) as bound, chdir(path.parent):
        bound.bind(path.name)


# How each is made at a path; from this device one could read without end.
SPECIAL_FILES = {
    "pipe": make_pipe,
    "socket": make_socket,
    "folder": Path.mkdir,
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to nothing": lambda path: path.symlink_to("nowhere"),
    "link to itself": lambda path: path.symlink_to(path.name),
}
