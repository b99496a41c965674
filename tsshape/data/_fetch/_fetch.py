"""Fetching a public set: download, check, convert, and write a dataset's folder with its licence and citation."""

from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tsshape._errors import DataError
from tsshape._files import atomic_folder, check_writable, is_empty_folder, write_json, write_text
from tsshape._typing import PathLike
from tsshape.data._dataset import EngagementDataset
from tsshape.data._fetch._download import Show
from tsshape.data._fetch._sets import BIBTEX, CITATION, COMMIT, LICENCE, REPOSITORY, PublicSet, find_set
from tsshape.data._fetch._source import Files, get_files
from tsshape.data._fetch._youku import convert
from tsshape.data._load import load_dataset
from tsshape.data._writing import write_table

LATE_FILE, SOURCE_FILE, RECORD_FILE = "late.parquet", "SOURCE.txt", "fetch.json"


@dataclass(frozen=True)
class FetchReport:
    """What was fetched from where, as `fetch.json` has it."""

    name: str
    source: str
    repository: str
    commit: str
    licence: str
    citation: str
    tsshape: str
    n_posts: int
    n_times: int
    days: tuple[str, ...]
    remarks: tuple[str, ...]
    files: tuple[dict[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all as a dictionary for JSON."""
        return asdict(self)


def fetch(name: str, folder: PathLike, *, source: PathLike | None = None) -> EngagementDataset:
    """Download a public set of posts, convert it to a dataset's folder, and return the dataset.

    The folder gets `curves.parquet` and `features.parquet`; `late.parquet` with what was counted after upload and is
    no feature; `SOURCE.txt` with the licence and the citation; and `fetch.json` with the hash of each file. Downloads
    are kept in the user's cache, whole files only, so that a call goes on where one was stopped.

    Parameters
    ----------
    name : {"youku30", "youku_twostage"}
        The set: the Youku videos of one day, or those of ten days with the published division into training and test
        posts.
    folder : path
        A folder that does not exist, or is empty.
    source : path or str, optional
        A folder, or an address that begins with `https://` or `http://`, with the files in the layout of the public
        repository; by default the repository itself, at the commit for which the hashes are known. If the source has a
        list `files.tsv` (path, `git_blob_sha1` and bytes of each file, with tabs between), each file must have the hash
        given there. Without it, files at an address must be the published ones; a folder may have others, of
        which a warning tells. A redirect to another server is refused, as is a link out of the folder; a download
        ends with an error if it is slower than 20 kB/s after the first 30 seconds.

    Returns
    -------
    EngagementDataset
        The posts, as `load_dataset` reads them from the folder.

    Raises
    ------
    DataError
        If there is no such set, the folder is not empty, a file is missing, has another content than it should, or
        cannot be read.
    OSError
        If the network fails, or the disk is full. The folder is then not there.

    References
    ----------
    S. Ouyang, C. Li, X. Li, "A Peek Into the Future: Predicting the Popularity of Online Videos", IEEE Access 4, 2016.

    Examples
    --------
    >>> import tsshape
    >>> tsshape.fetch("youku30", "youku30").curves.shape  # doctest: +SKIP
    (20488, 30)
    >>> try:
    ...     tsshape.fetch("youku", "youku")
    ... except tsshape.DataError as error:
    ...     print(error)
    there is no public set 'youku'; there are youku30 and youku_twostage
    """
    import warnings  # noqa: PLC0415

    report = fetch_posts(name, folder, source)
    for remark in report.remarks:
        warnings.warn(remark, stacklevel=2)
    return load_dataset(folder)


def fetch_posts(
    name: str, folder: PathLike, source: PathLike | None = None, on_read: Show = lambda _done, _total: None
) -> FetchReport:
    """Fetch as `fetch` does, tell how many of all bytes are downloaded, and return a report with remarks."""
    chosen, folder = find_set(name), Path(folder)
    if folder.exists() and not is_empty_folder(folder):
        raise DataError(f"{folder} is not an empty folder: choose another, or remove it first")
    check_writable(folder)
    files = get_files(chosen, source, on_read)
    converted = convert(chosen, files)
    report = _report(chosen, files, converted.dataset, converted.remarks)
    with atomic_folder(folder) as temporary:
        converted.dataset.save(temporary)
        write_table(converted.late.rename_axis("id"), temporary / LATE_FILE)
        write_text(temporary / SOURCE_FILE, _source_text(report))
        write_json(temporary / RECORD_FILE, report.to_dict())
    return report


def _report(chosen: PublicSet, files: Files, dataset: EngagementDataset, remarks: tuple[str, ...]) -> FetchReport:
    """Return the report of what was fetched."""
    others = files.others()
    if others:
        remarks = (
            (
                f"{len(others)} of {len(files.by_path)} files, the first of them {others[0]!r}, are not the published"
                f" ones: these are not the posts of {chosen.name} in published tables"
            ),
            *remarks,
        )
    if files.days != chosen.days:
        remarks = (f"{files.source} has {len(files.days)} of the {len(chosen.days)} days of {chosen.name}", *remarks)
    listed = tuple(
        {
            "path": path,
            "git_blob_sha1": file.listed.git_hash,
            "bytes": file.listed.n_bytes,
            "published": path not in others,
        }
        for path, file in files.by_path.items()
    )
    n_posts, n_times = dataset.curves.shape
    return FetchReport(
        name=chosen.name,
        source=files.source,
        repository=REPOSITORY,
        commit=COMMIT,
        licence=LICENCE,
        citation=CITATION,
        tsshape=version("tsshape"),
        n_posts=n_posts,
        n_times=n_times,
        days=files.days,
        remarks=remarks,
        files=listed,
    )


def _source_text(report: FetchReport) -> str:
    """Return where the data are from, and what their authors say about using them."""
    return (
        f"{report.name}: {report.n_posts:,} posts x {report.n_times} days, views of videos of Youku\n\n"
        f"Published at {report.repository}\n(commit {report.commit});\n"
        f"fetched from {report.source} and converted by tsshape {report.tsshape}.\n"
        + "".join(f"Note: {remark}.\n" for remark in report.remarks)
        + f"\nLicence\n{report.licence}\n\nCitation\n{report.citation}\n\n{BIBTEX}\n"
        "late.parquet has what was counted after upload (the total views of the author) and is no feature.\n"
    )
