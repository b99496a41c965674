"""`--scheduler` with addresses at which there is no Dask scheduler: one error, in a known time."""

import logging
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread

import pytest

pytest.importorskip("distributed")

from tsshape import DataError
from tsshape.adapters.dask import _scheduler, open_scheduler


@pytest.fixture
def listener():
    """A function that gives the address of a server that answers each connection in its own way."""
    done, opened = Event(), []

    def listen(answer):
        server = socket.create_server(("127.0.0.1", 0))
        opened.append(server)

        def serve():
            with suppress(OSError):
                while not done.is_set():
                    connection, _ = server.accept()
                    opened.append(connection)
                    answer(connection, done)

        Thread(target=serve, daemon=True).start()
        return f"tcp://127.0.0.1:{server.getsockname()[1]}"

    yield listen
    done.set()
    for each in opened:
        each.close()


@pytest.fixture
def pool():
    """A thread for what could hang; it is waited for when the servers are closed."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def drip(connection, done):
    """Send a byte now and then."""
    while not done.wait(0.05):
        connection.sendall(b"\0")


def http(connection, _):
    """Answer as a web server does."""
    connection.recv(10)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


ANSWERS = {
    "silence": lambda *_: None,
    "an end": lambda connection, _: connection.close(),
    "a web page": http,
    "bytes of no message": lambda connection, _: connection.sendall(os.urandom(1000)),
    "a message of an exabyte": lambda connection, _: connection.sendall((2**60).to_bytes(8, "little") * 4),
    "a byte now and then": drip,
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_is_no_scheduler_is_one_error_soon(answer, pool, listener, monkeypatch):
    monkeypatch.setattr(_scheduler, "TIMEOUT", 1)
    opening = pool.submit(open_scheduler(listener(ANSWERS[answer])).__enter__)
    with pytest.raises((ConnectionError, DataError)) as error:
        opening.result(timeout=60)
    assert "scheduler" in str(error.value)


@pytest.mark.parametrize("address", ["", "here", "tcp://", "tcp://127.0.0.1:many", "http://127.0.0.1:1", "tcp://[::"])
def test_what_is_no_address_is_bad_data(address):
    with pytest.raises(DataError, match=r"a scheduler is 'local' or an address such as tcp://10\.0\.0\.1:8786"):
        open_scheduler(address).__enter__()


def test_loggers_are_as_they_were(monkeypatch):
    monkeypatch.setattr(_scheduler, "TIMEOUT", 1)
    logger = logging.getLogger("distributed")
    level = logger.level
    with pytest.raises(ConnectionError), open_scheduler("tcp://127.0.0.1:9"):
        pass
    assert logger.level == level
