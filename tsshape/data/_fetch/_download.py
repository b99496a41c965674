"""Downloading the files of a source into a cache, where each lies under the hash of its content."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote as quote_url

from tsshape._errors import DataError
from tsshape._files import open_regular
from tsshape.data._fetch._listing import LISTING_FILE, ListedFile, git_hash, parse_listing

# Told about bytes: those done, and all.
Show = Callable[[int, int], None]
_SECONDS = 30
_NOT_FOUND = 404
_OWNER_ONLY = 0o700


def cache_folder() -> Path:
    """Return the folder of this user's downloads."""
    import pooch  # noqa: PLC0415 - with requests, it takes a fifth of a second

    return Path(pooch.os_cache("tsshape")) / "downloads"


def listing_at(address: str) -> dict[str, ListedFile] | None:
    """Return the list of files that lies at an address; None if there is none."""
    import requests  # noqa: PLC0415

    url = f"{address}/{LISTING_FILE}"
    with _network_errors(url):
        answer = requests.get(url, timeout=_SECONDS)
        if answer.status_code == _NOT_FOUND:
            return None
        answer.raise_for_status()
    return parse_listing(answer.content.decode(errors="replace"), url)


def download(address: str, listed: list[ListedFile], on_read: Show) -> dict[str, Path]:
    """Return where the content of each file lies in the cache, downloaded where it was not there; by path.

    A file is in the cache only once it is whole and has its hash, so that the next call goes on where one was stopped.
    """
    import pooch  # noqa: PLC0415

    cache = cache_folder()
    # The folder above also holds machine code, and is closed to other users.
    cache.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    urls = {each.git_hash: f"{address}/{quote_url(each.path)}" for each in listed}
    store = pooch.create(path=cache, base_url="", registry=dict.fromkeys(urls), urls=urls)
    total, done = sum(each.n_bytes for each in listed), 0
    for each in listed:
        url, path = urls[each.git_hash], cache / each.git_hash
        _drop_damaged(path)
        with _network_errors(url), _quiet():
            store.fetch(each.git_hash, downloader=_Download(each, partial(_add, on_read, done, total)))
        done += each.n_bytes
        on_read(done, total)
    return {each.path: cache / each.git_hash for each in listed}


def _add(on_read: Show, before: int, total: int, n_bytes: int) -> None:
    """Show the bytes of one file on top of those before it."""
    on_read(before + n_bytes, total)


class _Download:
    """Downloads one file for `pooch`, which keeps it if the download does not raise."""

    def __init__(self, listed: ListedFile, show: Callable[[int], None]) -> None:
        self.listed = listed
        self.show = show

    def __call__(self, url: str, output_file: Any, pooch: Any) -> None:
        """Write the content behind an address to a file, and check its hash."""
        from pooch import HTTPDownloader  # noqa: PLC0415

        shown = _Shown(self.listed.n_bytes, self.show)
        HTTPDownloader(progressbar=shown, timeout=_SECONDS)(url, output_file, pooch)
        with Path(output_file).open("rb") as file:
            found = git_hash(file)
        if found != self.listed.git_hash:
            raise DataError(
                f"{url} has another content than it should: its hash is {found}, not {self.listed.git_hash}. Try again;"
                f" data of your own need {LISTING_FILE} beside them, with their hashes"
            )


class _Shown:
    """What `pooch` asks of a progress bar."""

    def __init__(self, n_bytes: int, show: Callable[[int], None]) -> None:
        self.total = 0
        self.done = 0
        self.n_bytes = n_bytes
        self.show = show

    def update(self, n_bytes: int) -> None:
        """Show that some more bytes are there."""
        # pooch counts whole blocks, of which the last is shorter.
        self.done += n_bytes
        self.show(min(self.done, self.n_bytes))

    def reset(self) -> None:
        """Begin anew, as before the last update."""
        self.done = 0

    def close(self) -> None:
        """End."""


def _drop_damaged(path: Path) -> None:
    """Remove a file of the cache whose content has changed since it was downloaded."""
    if path.exists():
        with open_regular(path) as file:
            intact = git_hash(file) == path.name
        if not intact:
            path.unlink()


@contextmanager
def _network_errors(url: str) -> Iterator[None]:
    """Raise what is wrong with the network, or with the cache, as one error that names the address or the folder."""
    from requests import HTTPError, RequestException  # noqa: PLC0415

    try:
        yield
    except HTTPError as error:
        raise DataError(f"{url} cannot be read: the server answers {str(error).partition(' for url')[0]}") from error
    except RequestException as error:
        reason = "no answer in time" if "timed out" in str(error) else _innermost(error)
        remedy = "check the network and try again, which goes on where it stopped; or name a source of your own"
        raise ConnectionError(error.errno or 0, f"the download failed: {reason}; {remedy}", url) from error
    except OSError as error:
        if error.filename is None:
            raise OSError(error.errno or 0, error.strerror or str(error), str(cache_folder())) from error
        raise


def _innermost(error: BaseException) -> str:
    """Return what the first of a chain of errors said."""
    while error.__context__ is not None:
        error = error.__context__
    return getattr(error, "strerror", None) or str(error)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep `pooch` from writing to standard error where each file goes."""
    import pooch  # noqa: PLC0415

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
