"""Reading exports of counts as people have them: any usual format, layout, and way of writing numbers and times."""

from tsshape.data._export._options import ImportOptions
from tsshape.data._export._parts import ImportedPart, import_part, merge_reports
from tsshape.data._export._read import Imported, import_posts, read_export
from tsshape.data._export._report import ImportReport
from tsshape.data._export._write import REPORT_FILE, TOTALS_FILE, write_import

__all__ = [
    "REPORT_FILE",
    "TOTALS_FILE",
    "ImportOptions",
    "ImportReport",
    "Imported",
    "ImportedPart",
    "import_part",
    "import_posts",
    "merge_reports",
    "read_export",
    "write_import",
]
