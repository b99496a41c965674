"""Reading, cleaning and simulating engagement curves and the features of their posts.

The import of exports, the download of public data and the simulator are loaded when first used.
"""

from typing import TYPE_CHECKING

from tsshape._extras import import_late
from tsshape.data._calendar import CALENDAR_PARTS as CALENDAR_PARTS  # for the layers above; no public name
from tsshape.data._calendar import calendar_features
from tsshape.data._channels import find_channels as find_channels  # for the layers above, as the next; no public name
from tsshape.data._channels import read_channel as read_channel
from tsshape.data._cleaning import CleaningReport, clean_curves
from tsshape.data._cleaning import check_left as check_left  # for the adapters, as the next; no public name
from tsshape.data._cleaning import clean_part as clean_part
from tsshape.data._curves import read_curves
from tsshape.data._dataset import EngagementDataset, check_savable
from tsshape.data._days import day_column, day_number
from tsshape.data._features import FeatureKind as FeatureKind  # a type for the layers above; no public name
from tsshape.data._features import read_features
from tsshape.data._last_days import LeastDays as LeastDays  # for the adapters, as the next; no public name
from tsshape.data._last_days import least_days as least_days
from tsshape.data._load import find_table, load_dataset
from tsshape.data._parquet import table_size as table_size  # for the adapters; no public name
from tsshape.data._part_ids import HashedPart as HashedPart  # for the adapters, as the next; no public name
from tsshape.data._part_ids import check_range as check_range
from tsshape.data._part_ids import hash_ranges as hash_ranges
from tsshape.data._part_ids import read_ids as read_ids
from tsshape.data._part_ids import write_hashes as write_hashes
from tsshape.data._parts import Parts, find_parts
from tsshape.data._posts import PostTable, read_posts
from tsshape.data._reading import read_table as read_table  # for the layers above; no public name
from tsshape.data._reading import table_files as table_files  # for the layers above; no public name
from tsshape.data._resample import resample
from tsshape.data._series import SERIES_ENDINGS as SERIES_ENDINGS  # for the layers above, as the next; no public name
from tsshape.data._series import read_series as read_series
from tsshape.data._spid import load_spid
from tsshape.data._tables import Table as Table  # a type for the layers above; no public name
from tsshape.data._ts_files import read_ts as read_ts  # for the adapters, which have it as a public name
from tsshape.data._writing import WriteBlock as WriteBlock  # a type for the layers above; no public name
from tsshape.data._writing import open_table as open_table  # for the layers above; no public name
from tsshape.data._writing import write_table

if TYPE_CHECKING:
    from tsshape.data._export import REPORT_FILE as REPORT_FILE  # for the adapters, as the next; no public name
    from tsshape.data._export import TOTALS_FILE as TOTALS_FILE
    from tsshape.data._export import Imported, ImportOptions, ImportReport, import_posts, read_export, write_import
    from tsshape.data._export import ImportedPart as ImportedPart  # for the adapters, as the next; no public name
    from tsshape.data._export import import_part as import_part
    from tsshape.data._export import merge_reports as merge_reports
    from tsshape.data._fetch import PUBLIC_SETS as PUBLIC_SETS  # for the layers above; no public name
    from tsshape.data._fetch import FetchReport as FetchReport  # for the layers above; no public name
    from tsshape.data._fetch import cache_folder as cache_folder  # for the layers above; no public name
    from tsshape.data._fetch import fetch
    from tsshape.data._fetch import fetch_posts as fetch_posts  # for the layers above; no public name
    from tsshape.data._simulator import simulate_spid, simulate_spid_tables, write_spid_tables

__getattr__ = import_late(
    __name__,
    {
        "_export": (
            "REPORT_FILE", "TOTALS_FILE", "ImportOptions", "ImportReport", "Imported", "ImportedPart", "import_part",
            "import_posts", "merge_reports", "read_export", "write_import",
        ),
        "_fetch": ("PUBLIC_SETS", "FetchReport", "cache_folder", "fetch", "fetch_posts"),
        "_simulator": ("simulate_spid", "simulate_spid_tables", "write_spid_tables"),
    },
)  # fmt: skip

__all__ = [
    "CleaningReport",
    "EngagementDataset",
    "ImportOptions",
    "ImportReport",
    "Imported",
    "Parts",
    "PostTable",
    "calendar_features",
    "check_savable",
    "clean_curves",
    "day_column",
    "day_number",
    "fetch",
    "find_parts",
    "find_table",
    "import_posts",
    "load_dataset",
    "load_spid",
    "read_curves",
    "read_export",
    "read_features",
    "read_posts",
    "resample",
    "simulate_spid",
    "simulate_spid_tables",
    "write_import",
    "write_spid_tables",
    "write_table",
]
