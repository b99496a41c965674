"""How the columns of the benchmark's tables are headed and written."""

from types import MappingProxyType

from tsshape._columns import Column, format_count, format_days, format_decimals, format_percent, format_points
from tsshape.bench._compare_columns import DIFFERENCES, PAIRS, RANKS

_VARIANT = Column("variant", "variant")
_DAYS = Column("days seen", "days observed", format_days)
_relative = "{:.4f}".format
_SCORES = (
    Column("n_clusters", "clusters", "{:.1f}".format),
    Column("accuracy", "accuracy", format_decimals),
    Column("majority_share", "majority share", format_decimals),
    Column("balanced_accuracy", "balanced accuracy", format_decimals),
    Column("rho", "rho", format_decimals),
    Column("trmse", "tRMSE", format_count),
    Column("trmse_sd", "sd", format_count),
    Column("med", "MED", format_count),
)

# By table: `score_table`, `budget_table`, `class_table`, `in_flight_table`, `published_table`, `interval_table`,
# `coverage_table`, `rolling_table`, `calibration_table`, `top_table`, `alert_table`, `compare`, and both of
# `compare_datasets`.
COLUMNS = MappingProxyType(
    {
        "scores": (_VARIANT, Column("runs", "runs", "{:.0f}".format), *_SCORES),
        "budget": (
            _VARIANT,
            *(Column(known, known, format_count) for known in ("nothing", "scale", "prototype", "shape")),
        ),
        "classes": (
            _VARIANT,
            Column("clusters", "clusters", "{:.1f}".format),
            Column("classes", "known classes", "{:.1f}".format),
            Column("posts", "posts", "{:,.0f}".format),
            Column("ari", "ARI", format_decimals),
            Column("ari_sd", "sd", format_decimals),
            Column("nmi", "NMI", format_decimals),
            Column("accuracy", "accuracy", format_decimals),
        ),
        "in_flight": (
            _VARIANT,
            _DAYS,
            Column("trmse", "tRMSE", format_count),
            Column("med", "MED", format_count),
            Column("mrse", "MRSE", _relative),
            Column("mrse_sd", "sd", _relative),
            Column("coverage_80%", "80 % intervals cover", format_percent),
            Column("coverage_90%", "90 % intervals cover", format_percent),
        ),
        "published": (
            _DAYS,
            _VARIANT,
            Column("mrse", "MRSE", "{:.7f}".format),
            Column("mrse_sd", "sd", "{:.7f}".format),
            Column("published", "published", "{:.7g}".format),
            Column("source", "published in"),
        ),
        "intervals": (
            _VARIANT,
            Column("nominal", "nominal coverage"),
            Column("coverage", "coverage", format_percent),
            *(Column(f"quarter {number}", f"quarter {number}", format_percent) for number in range(1, 5)),
            Column("width", "median width", format_count),
        ),
        "coverage": (
            _VARIANT,
            _DAYS,
            *(Column(f"coverage_{level}%", f"{level} % cover", format_percent) for level in (50, 80, 90)),
            Column("least", "least, 90 %", format_percent),
            Column("greatest", "greatest, 90 %", format_percent),
            Column("ratio", "upper / lower, 90 %", "{:,.2f}".format),
            Column("width", "width, 90 %", format_count),
        ),
        "rolling": (
            _VARIANT,
            Column("run", "run", "{:.0f}".format),
            Column("n_train", "learned from", "{:,.0f}".format),
            Column("n_unfinished", "unfinished", "{:,.0f}".format),
            Column("steps_seen", "days seen", format_days),
            Column("trmse", "tRMSE", format_count),
            Column("med", "MED", format_count),
        ),
        "calibration": (
            _VARIANT,
            Column("above", "above", "{:,.6g}".format),
            _DAYS,
            Column("tenth", "forecast probability"),
            Column("posts", "posts", "{:,.0f}".format),
            Column("forecast", "mean forecast", format_percent),
            Column("share", "share above", format_percent),
            Column("gap", "gap, points", format_points),
            Column("error", "standard error, points", "{:.1f}".format),
        ),
        "top": (
            _VARIANT,
            _DAYS,
            Column("forecast", "by forecast", format_percent),
            Column("last_count", "by last count", format_percent),
        ),
        "alerts": (
            _VARIANT,
            _DAYS,
            Column("flagged", "flagged", format_percent),
            Column("ended", "end outside", format_percent),
            Column("precision", "precision", format_percent),
            Column("recall", "recall", format_percent),
            Column("precision_by_count", "precision by count", format_percent),
            Column("recall_by_count", "recall by count", format_percent),
        ),
        "differences": DIFFERENCES,
        "ranks": RANKS,
        "pairs": PAIRS,
    }
)
