"""A program that runs `windows_uses` as on Windows, as far as another system can behave like it.

While `tsshape` is imported, the modules and functions that only POSIX systems have are missing and `sys.platform` is
"win32"; files that are open can be neither removed nor replaced, and folders cannot be opened. The libraries were
imported before and are those of this system. Windows' locks keep others from reading, which is not imitated.
"""

import ctypes
import os
import shutil
import signal
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType, SimpleNamespace

import tsshape

POSIX_MODULES = ("fcntl", "grp", "pwd", "resource", "termios")
POSIX_NAMES = {
    os: """
        O_CLOEXEC O_DIRECTORY O_NOCTTY O_NOFOLLOW O_NONBLOCK O_SYNC chown chroot confstr fchdir fchmod fchown fork
        forkpty fpathconf fstatvfs getegid geteuid getgid getgroups getloadavg getpgid getpgrp getpriority getsid getuid
        killpg lchown lockf mkfifo mknod nice openpty pathconf pread pwrite readv sched_getaffinity
        sched_setaffinity sched_yield sendfile setegid seteuid setgid setpgid setpriority setsid setuid statvfs sync
        sysconf sysconf_names tcgetpgrp ttyname uname wait wait3 wait4 writev
    """,
    signal: """
        SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGUSR1 SIGUSR2 alarm pause
        pthread_kill pthread_sigmask setitimer sigpending sigwait
    """,
}


def main(folder):
    names = [module.name for module in walk_packages(tsshape.__path__, "tsshape.") if "__main__" not in module.name]
    for name in ("filelock", *names):
        import_module(name)
    become_windows()
    for name in ("tsshape", *names):
        del sys.modules[name]
    for name in names:
        import_module(name)
    for name, use in vars(import_module("windows_uses")).items():
        if name.startswith("use_"):
            place = folder / name
            place.mkdir()
            use(place)


def become_windows():
    """Take away what only POSIX systems have."""
    sys.platform = "win32"
    sys.modules.update(dict.fromkeys(POSIX_MODULES))
    shutil._use_fd_functions = False
    for module, names in POSIX_NAMES.items():
        less = ModuleType(module.__name__, module.__doc__)
        less.__dict__.update({name: value for name, value in vars(module).items() if name not in names.split()})
        sys.modules[module.__name__] = less
    os.linesep = sys.modules["os"].linesep = "\r\n"
    # Of the module itself, so that it holds for pathlib and shutil as well.
    for name in ("remove", "rename", "replace", "rmdir", "unlink"):
        function = unless_open(getattr(os, name))
        setattr(os, name, function)
        setattr(sys.modules["os"], name, function)
    sys.modules["os"].open = open_file
    ctypes.windll = SimpleNamespace(kernel32=SimpleNamespace(GlobalMemoryStatusEx=report_memory))


def unless_open(function):
    """An operation on paths that refuses those that are open, or have something open within."""

    def checked(*paths, **options):
        handles = [handle for handle in Path("/proc/self/fd").iterdir() if handle.is_symlink()]
        in_use = [str(handle.readlink()) for handle in handles]
        for path in map(os.path.abspath, paths):
            if any(each == path or each.startswith(path + os.sep) for each in in_use):
                raise PermissionError(13, "it is in use", path)
        return function(*paths, **options)

    return checked


def open_file(path, flags, mode=0o777, *, open_any=os.open):
    """Open a file; a folder cannot be opened."""
    if Path(path).is_dir():
        raise PermissionError(13, "Permission denied", path)
    return open_any(path, flags, mode)


def report_memory(status):
    """Fill Windows' answer: 8 GiB."""
    assert status[0] == ctypes.sizeof(status)
    status[1] = 2**33
    return 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
