"""Downloading the files of a source into a cache, where each lies under the hash of its content."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import quote as quote_url

from tsshape._errors import DataError
from tsshape._files import atomic_path, open_regular
from tsshape._user_cache import user_cache
from tsshape.data._fetch._http import NotFoundError, read_address
from tsshape.data._fetch._listing import LARGEST_LISTING, LISTING_FILE, ListedFile, git_hash, parse_listing

# Told about bytes: those done, and all.
Show = Callable[[int, int], None]
_OWNER_ONLY = 0o700


def cache_folder() -> Path:
    """Return the folder of this user's downloads."""
    return user_cache() / "downloads"


def listing_at(address: str) -> dict[str, ListedFile] | None:
    """Return the list of files that lies at an address; None if there is none."""
    url = f"{address}/{LISTING_FILE}"
    try:
        content = b"".join(read_address(url, LARGEST_LISTING))
    except NotFoundError:
        return None
    return parse_listing(content.decode(errors="replace"), url)


def download(address: str, listed: list[ListedFile], on_read: Show) -> dict[str, Path]:
    """Return where the content of each file lies in the cache, downloaded where it was not there; by path.

    A file is in the cache only once it is whole and has its hash, so that the next call goes on where one was stopped.
    """
    cache = cache_folder()
    # The folder above also holds machine code, and is closed to other users.
    cache.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    cache.mkdir(exist_ok=True)
    total, done = sum(each.n_bytes for each in listed), 0
    for each in listed:
        path = cache / each.git_hash
        if not _is_whole(path):
            try:
                _download(f"{address}/{quote_url(each.path)}", each, path, partial(_add, on_read, done, total))
            except OSError as error:
                # That of a full disk names no place.
                if error.filename is None:
                    raise OSError(error.errno, error.strerror, str(cache)) from error
                raise
        done += each.n_bytes
        on_read(done, total)
    return {each.path: cache / each.git_hash for each in listed}


def _add(on_read: Show, before: int, total: int, n_bytes: int) -> None:
    """Show the bytes of one file on top of those before it."""
    on_read(before + n_bytes, total)


def _is_whole(path: Path) -> bool:
    """Whether a file is in the cache, and its content has not changed since it was downloaded."""
    if not path.exists():
        return False
    with open_regular(path) as file:
        return git_hash(file) == path.name


def _download(url: str, listed: ListedFile, path: Path, show: Callable[[int], None]) -> None:
    """Write the content behind an address to a file of the cache, if it has its hash."""
    with atomic_path(path) as temporary:
        with temporary.open("wb") as file:
            for block in read_address(url, listed.n_bytes):
                file.write(block)
                show(file.tell())
        with temporary.open("rb") as file:
            found = git_hash(file)
        if found != listed.git_hash:
            raise DataError(
                f"{url} has another content than it should: its hash is {found}, not {listed.git_hash}. Try again;"
                f" data of your own need {LISTING_FILE} beside them, with their hashes"
            )
