"""Writing the posts of an export as a dataset's folder."""

from pathlib import Path

from tsshape._files import atomic_folder, write_json
from tsshape.data._export._read import Imported
from tsshape.data._writing import write_table

TOTALS_FILE, REPORT_FILE = "totals.csv", "import.json"


def write_import(imported: Imported, folder: Path) -> None:
    r"""Write a dataset's folder, whole or not at all, with the report of its import beside the tables.

    Parameters
    ----------
    imported : Imported
        What `import_posts` returned.
    folder : Path
        A folder that does not exist, or is empty. It gets `curves.parquet`, `features.parquet`, `channels/NAME.parquet`
        and `import.json`; and `totals.csv` if there are posts with one count only.

    Examples
    --------
    >>> import tempfile
    >>> from tsshape.data import ImportOptions, import_posts
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "export.csv"
    ...     _ = path.write_text("id,day1,day2\na,1,4\nb,2,3\n")
    ...     write_import(import_posts(path, ImportOptions()), Path(folder) / "posts")
    ...     sorted(each.name for each in (Path(folder) / "posts").iterdir())
    ['curves.parquet', 'features.parquet', 'import.json']
    """
    with atomic_folder(folder) as temporary:
        imported.dataset.save(temporary)
        if len(imported.totals):
            write_table(imported.totals, temporary / TOTALS_FILE)
        write_json(temporary / REPORT_FILE, imported.report.to_dict())
