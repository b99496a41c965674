"""Where the files come from: the public repository, another address, or a folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tsshape._errors import DataError
from tsshape._files import open_regular
from tsshape._typing import PathLike
from tsshape.data._fetch._download import Show, download, listing_at
from tsshape.data._fetch._listing import (
    LARGEST_LISTING,
    LISTING_FILE,
    ListedFile,
    check_listed,
    git_hash,
    parse_listing,
    published_files,
)
from tsshape.data._fetch._sets import ADDRESS, CURVES, PublicSet


@dataclass(frozen=True)
class SourceFile:
    """A file that was checked: its place as messages name it, the file with its content, its hash and size."""

    place: Path
    content: Path
    listed: ListedFile


@dataclass(frozen=True)
class Files:
    """All files that a set is made of, by their paths, the days that they hold, and the name of their source."""

    source: str
    days: tuple[str, ...]
    by_path: Mapping[str, SourceFile]

    def others(self) -> list[str]:
        """Return the paths of the files whose content is not the published one."""
        published = published_files()
        return [
            path
            for path, file in self.by_path.items()
            if path not in published or published[path].git_hash != file.listed.git_hash
        ]


def get_files(chosen: PublicSet, source: PathLike | None, on_read: Show) -> Files:
    """Return the files of a set, downloaded if they are not in a folder, each with the hash it must have."""
    if source is None:
        return _from_address(chosen, ADDRESS, published_files(), on_read)
    if str(source).lower().startswith(("http://", "https://")):
        address = str(source).rstrip("/")
        if "@" in address.partition("://")[2].partition("/")[0]:
            raise DataError("an address with a name or a password would be written down beside the data; use ~/.netrc")
        listing = listing_at(address)
        return _from_address(chosen, address, published_files() if listing is None else listing, on_read)
    return _from_folder(chosen, Path(source))


def _from_address(chosen: PublicSet, address: str, listing: Mapping[str, ListedFile], on_read: Show) -> Files:
    """Return the files that lie at an address."""
    days = _days(chosen, [*listing], address)
    paths = chosen.paths(days)
    check_listed(paths, listing, address)
    listed = [listing[path] for path in paths]
    contents = download(address, listed, on_read)
    files = {each.path: SourceFile(Path(each.path), contents[each.path], each) for each in listed}
    return Files(address, days, files)


def _from_folder(chosen: PublicSet, folder: Path) -> Files:
    """Return the files that lie in a folder; they are checked if it has a list of their hashes."""
    if not folder.is_dir():
        raise DataError(
            f"{folder}: there is no such folder; a source is a folder, or an address that begins with https://"
        )
    listing = None
    if (folder / LISTING_FILE).exists():
        with open_regular(folder / LISTING_FILE) as file:
            content = file.read(LARGEST_LISTING + 1)
        if len(content) > LARGEST_LISTING:
            raise DataError(f"{folder / LISTING_FILE} has more than {LARGEST_LISTING:,} bytes: is it a list of files?")
        listing = parse_listing(content.decode(errors="replace"), str(folder / LISTING_FILE))
    present = (
        [path for path in chosen.paths(chosen.days) if (folder / path).exists()] if listing is None else [*listing]
    )
    days = _days(chosen, present, str(folder))
    paths = chosen.paths(days)
    if listing is not None:
        check_listed(paths, listing, str(folder / LISTING_FILE))
    files = {path: _in_folder(folder, path, None if listing is None else listing[path]) for path in paths}
    return Files(str(folder), days, files)


def _in_folder(folder: Path, path: str, expected: ListedFile | None) -> SourceFile:
    """Return a file of a folder."""
    place = folder / path
    if not place.resolve().is_relative_to(folder.resolve()):
        raise DataError(f"{place} is a link out of {folder}, which is not followed: put the file itself there")
    with open_regular(place) as file:
        found = ListedFile(path, git_hash(file), file.tell())
    if expected is not None and found.git_hash != expected.git_hash:
        raise DataError(
            f"{place} has another content than {LISTING_FILE} says: its hash is {found.git_hash}, not"
            f" {expected.git_hash}; copy it again, or correct the list"
        )
    return SourceFile(place, place, found)


def _days(chosen: PublicSet, paths: list[str], name: str) -> tuple[str, ...]:
    """Return the days of a set that a source has."""
    days = tuple(day for day in chosen.days if f"{CURVES}/{day}" in paths)
    if not days:
        raise DataError(f"{name} has no curves of {chosen.name}: there is no file '{CURVES}/{chosen.days[0]}'")
    return days
