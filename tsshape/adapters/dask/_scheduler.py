"""A scheduler for the time of a block: workers on this machine, or a cluster that runs already."""

import asyncio
import errno
import logging
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import dask

from tsshape._errors import DataError
from tsshape._plugin_files import loaded_texts
from tsshape._threads import count_threads
from tsshape.adapters.dask._interrupts import IgnoreInterrupts
from tsshape.adapters.dask._plugin_files import PluginFiles

LOCAL = "local"
# Seconds in which a scheduler must answer.
TIMEOUT = 30
LOCAL_CONFIG = {
    # A worker that died is started again, which may take more than the 15 s after which it would be given up.
    "distributed.deploy.lost-worker-timeout": "1 day",
    # Workers keep freed memory for the next block: to get it from the system page by page took a tenth of a pass.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 2**28,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 2**25,
    # The next block is assigned to a worker before it asks for one.
    "distributed.scheduler.worker-saturation": 1.5,
}


@contextmanager
def open_scheduler(
    address: str = LOCAL,
    *,
    n_workers: int | None = None,
    memory_limit: int | str = "auto",
    on_dashboard: Callable[[str], object] = lambda _link: None,
) -> Iterator[Any]:
    """Give a client of a Dask scheduler, which is the scheduler in force within the block.

    The plug-in files that this process has loaded are sent to all workers, also to those that start later.

    Parameters
    ----------
    address : str, default="local"
        `"local"` for worker processes on this machine with one thread each, which end with the block; or the address
        of a scheduler, such as `tcp://10.0.0.1:8786`, whose workers have the same version of tsshape.
    n_workers : int, optional
        Workers of `"local"`; by default one for each core that this process may use.
    memory_limit : int or str, default="auto"
        Memory of each of these workers, in bytes or as "2GiB"; by default its share of the machine's.
    on_dashboard : callable, optional
        Called with the address of Dask's dashboard, if there is one.

    Raises
    ------
    DataError
        If the address is none.
    ConnectionError
        If the scheduler does not answer, or is lost within the block.
    MemoryError
        If workers die again and again in the same task; the message names a smaller block to try.

    Examples
    --------
    >>> import dask.array as da
    >>> from tsshape.metrics import pairwise
    >>> with open_scheduler("local", n_workers=1) as client:  # doctest: +SKIP
    ...     pairwise(da.zeros((4, 3), chunks=(2, 3)), metric="euclidean").sum().compute()
    np.float64(0.0)
    """
    import distributed  # noqa: PLC0415 - not needed by who computes on threads
    from distributed.client import FutureCancelledError  # noqa: PLC0415
    from distributed.comm import CommClosedError  # noqa: PLC0415

    with ExitStack() as opened:
        opened.enter_context(_quiet())
        if address == LOCAL:
            opened.enter_context(dask.config.set(LOCAL_CONFIG))
            cluster = opened.enter_context(_start_workers(n_workers or count_threads(-1), memory_limit))
            client = opened.enter_context(distributed.Client(cluster))
            client.register_plugin(IgnoreInterrupts())
        else:
            client = opened.enter_context(_connect(address))
        if loaded_texts():
            client.register_plugin(PluginFiles(loaded_texts()))
        if client.dashboard_link:
            on_dashboard(client.dashboard_link)
        try:
            yield client
        except (FutureCancelledError, CommClosedError) as error:
            raise _lost(address, "the connection to the Dask scheduler was lost") from error


def _connect(address: str) -> Any:
    """Return a client of a scheduler that runs already."""
    from distributed import Client  # noqa: PLC0415

    try:
        with ThreadPoolExecutor(1) as executor:
            # In a thread, since the caller's, as that of a notebook, may run a loop.
            executor.submit(asyncio.run, _shake_hands(address)).result()
        return Client(address, timeout=TIMEOUT)
    except (ValueError, TypeError) as error:
        # Of an address such as tls://…, that it needs certificates.
        raise DataError(
            f"a scheduler is 'local' or an address such as tcp://10.0.0.1:8786; got {address!r}: {error}"
        ) from error
    except OSError as error:
        raise _lost(address, f"no Dask scheduler answers there within {TIMEOUT} s") from error
    except (MemoryError, struct.error, AssertionError) as error:
        raise _lost(address, "what answers there is no Dask scheduler") from error


async def _shake_hands(address: str) -> None:
    """Connect to a scheduler in limited time; a client would wait for ever for one that accepts and says nothing."""
    from distributed import Security  # noqa: PLC0415
    from distributed.comm import connect  # noqa: PLC0415

    options = Security().get_connection_args("client")
    comm = await asyncio.wait_for(connect(address, timeout=TIMEOUT, **options), TIMEOUT)
    comm.abort()


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence loggers: connections that break and workers that end are told about by one error, from here."""
    names = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application")
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _start_workers(n_workers: int, memory_limit: int | str) -> Any:
    """Return worker processes on this machine."""
    from distributed import LocalCluster  # noqa: PLC0415

    try:
        return LocalCluster(
            n_workers=n_workers, threads_per_worker=1, memory_limit=memory_limit, dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )  # fmt: skip
    except RuntimeError as error:
        # As where there is no temporary folder, which each worker needs.
        raise OSError(str(error)) from error


def _lost(address: str, what: str) -> ConnectionError:
    """Return the error of a scheduler that does not answer."""
    return ConnectionError(errno.ECONNABORTED, what, address)
