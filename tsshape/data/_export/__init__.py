"""Reading exports of counts as people have them: any usual format, layout, and way of writing numbers and times."""

from tsshape.data._export._options import ImportOptions
from tsshape.data._export._read import Imported, import_posts, read_export
from tsshape.data._export._report import ImportReport
from tsshape.data._export._write import write_import

__all__ = ["ImportOptions", "ImportReport", "Imported", "import_posts", "read_export", "write_import"]
