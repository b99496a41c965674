"""Reading what lies at an address: so many bytes, in so much time, from that server and no other."""

from collections.abc import Iterator
from functools import partial
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic
from typing import Any
from urllib.parse import urljoin

from tsshape._errors import DataError, quote

# Seconds in which a server must answer and go on, and the bytes per second on average that are waited for beyond them.
SECONDS, LEAST_RATE = 30.0, 20_000
_BLOCK, _BLOCKS_AHEAD = 2**16, 16
_OK, _NOT_FOUND, _MOST_REDIRECTS = 200, 404, 5
_PORTS = {"http": 80, "https": 443}
_REMEDY = "check the network and try again, which goes on where it stopped; or name a source of your own"


class NotFoundError(DataError):
    """There is nothing at an address."""


def read_address(url: str, most: int) -> Iterator[bytes]:
    """Yield the content behind an address, at most so many bytes.

    A redirect is followed to the same server only, or to its https.

    Raises
    ------
    NotFoundError
        If the server says that there is nothing.
    DataError
        If it answers with another error, a redirect elsewhere, or more bytes.
    ConnectionError
        If there is no answer, or it stops or is slower than `LEAST_RATE`, as from a server that drips.
    """
    queue: Queue[Any] = Queue(_BLOCKS_AHEAD)
    stopped = Event()
    # A thread can be left, whatever it waits for; it ends with the process.
    Thread(target=_fill, args=(queue, stopped, url, most), daemon=True).start()
    seconds = SECONDS + most / LEAST_RATE
    end = monotonic() + seconds
    try:
        while (block := queue.get(timeout=max(end - monotonic(), 0.0))) is not None:
            if isinstance(block, Exception):
                raise block
            yield block
    except Empty:
        raise _failed(url, f"not all of it has come in {seconds:.0f} s") from None
    finally:
        stopped.set()


def _fill(queue: "Queue[Any]", stopped: Event, url: str, most: int) -> None:
    """Put the blocks of a content into a queue, and at its end None, or an exception."""
    blocks: Iterator[Any] = _blocks(url, most)
    while not stopped.is_set():
        try:
            block = next(blocks, None)
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            block = error
        while not stopped.is_set():
            try:
                queue.put(block, timeout=1)
                break
            except Full:
                continue
        if not isinstance(block, bytes):
            return


def _blocks(url: str, most: int) -> Iterator[bytes]:
    """Yield the blocks of a content as the server sends them: packed, if it does that without being asked."""
    import urllib3  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    try:
        with _answer(url) as answer:
            if int(answer.headers.get("Content-Length", 0)) > most:
                raise _too_long(url, most)
            n_bytes = 0
            for block in iter(partial(answer.raw.read, _BLOCK, decode_content=False), b""):
                n_bytes += len(block)
                if n_bytes > most:
                    raise _too_long(url, most)
                yield block
    except ValueError as error:
        if isinstance(error, DataError):
            raise
        # Among them those of an address that is none.
        raise DataError(f"{url} cannot be read: {error}") from error
    except (RequestException, urllib3.exceptions.HTTPError) as error:
        reason = "no answer in time" if "timed out" in str(error) else _innermost(error)
        raise _failed(url, reason, getattr(error, "errno", None)) from error


def _too_long(url: str, most: int) -> DataError:
    """Return the error of a content that is longer than it should be, as the server says or as it was read."""
    return DataError(f"{url} has more than the {most:,} bytes that it should have; is it the right address?")


def _answer(url: str) -> Any:
    """Return the answer of the server, after redirects within it."""
    import requests  # noqa: PLC0415
    from urllib3.util import parse_url  # noqa: PLC0415

    # As what connects reads it, so that nothing else takes another server for the one that is asked.
    target = parse_url(url).url
    for _ in range(_MOST_REDIRECTS):
        answer = requests.get(
            target, timeout=SECONDS, stream=True, allow_redirects=False, headers={"Accept-Encoding": "identity"}
        )
        if not answer.is_redirect:
            if answer.status_code == _OK:
                return answer
            answer.close()
            kind = NotFoundError if answer.status_code == _NOT_FOUND else DataError
            raise kind(f"{url} cannot be read: the server answers {answer.status_code} {quote(answer.reason or '')}")
        answer.close()
        before, target = target, parse_url(urljoin(target, answer.headers["Location"])).url
        if not _is_same_server(before, target):
            raise DataError(
                f"{url} is redirected to another server, {quote(target)}, which is not followed; name it with --from if"
                " you trust it"
            )
    raise DataError(f"{url} is redirected again and again")


def _is_same_server(before: str, after: str) -> bool:
    """Whether an address is one of the same server, with the same protocol or with https."""
    from urllib3.util import parse_url  # noqa: PLC0415

    old, new = parse_url(before), parse_url(after)
    if new.scheme not in {old.scheme, "https"} or new.auth is not None or old.host != new.host:
        return False
    ports = [parts.port or _PORTS[parts.scheme or "http"] for parts in (old, new)]
    return ports[0] == ports[1] or ports == [*_PORTS.values()]


def _failed(url: str, reason: str, number: int | None = None) -> ConnectionError:
    """Return the error of a download that failed."""
    return ConnectionError(number or 0, f"the download failed: {reason}; {_REMEDY}", url)


def _innermost(error: BaseException) -> str:
    """Return what the first of a chain of errors said."""
    while error.__context__ is not None:
        error = error.__context__
    return " ".join(str(getattr(error, "strerror", None) or error).split())
