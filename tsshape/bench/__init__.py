"""The benchmark harness: every variant on the same splits, beside the trivial and the direct forecast.

`SUITES` has the names of the suites that come with tsshape.
"""

from tsshape._choices import SUITES
from tsshape.bench._by_run import coverage_table, rolling_table
from tsshape.bench._cell import Record as Record
from tsshape.bench._classes import class_table
from tsshape.bench._columns import COLUMNS as COLUMNS  # for the layers above, as the next ones; no public name
from tsshape.bench._compare import compare
from tsshape.bench._compare_columns import SCORES as SCORES
from tsshape.bench._compare_columns import UNITS as UNITS
from tsshape.bench._components import TRIVIAL as TRIVIAL
from tsshape.bench._illustration import Illustration as Illustration
from tsshape.bench._intervals import MIN_SPLITS as MIN_SPLITS
from tsshape.bench._measure import Shared as Shared
from tsshape.bench._measure import failure as failure
from tsshape.bench._measure import measure as measure
from tsshape.bench._processes import Task as Task
from tsshape.bench._published import published_table
from tsshape.bench._ranks import DatasetComparison, compare_datasets
from tsshape.bench._ranks import have_same_data as have_same_data
from tsshape.bench._records import RECORDS_FILE as RECORDS_FILE
from tsshape.bench._records import is_failed as is_failed
from tsshape.bench._records import read_run
from tsshape.bench._runner import run
from tsshape.bench._splits import Split as Split
from tsshape.bench._suite import Suite, load_suite
from tsshape.bench._table import (
    alert_table,
    budget_table,
    calibration_table,
    in_flight_table,
    interval_table,
    score_table,
    top_table,
)

__all__ = [
    "SUITES",
    "DatasetComparison",
    "Suite",
    "alert_table",
    "budget_table",
    "calibration_table",
    "class_table",
    "compare",
    "compare_datasets",
    "coverage_table",
    "in_flight_table",
    "interval_table",
    "load_suite",
    "published_table",
    "read_run",
    "rolling_table",
    "run",
    "score_table",
    "top_table",
]
