"""Headings and formats of the tables that compare variants."""

from types import MappingProxyType

from tsshape._columns import Column, format_p_value, format_significant

SCORES = MappingProxyType({"trmse": "tRMSE", "med": "MED", "mrse": "MRSE", "rho": "rho"})
# By score: its unit, where it has one.
UNITS = MappingProxyType({"trmse": "views", "med": "views"})
METHODS = MappingProxyType(
    {
        "corrected t": "corrected t over splits",
        "by split": "bootstrap by split",
        "by post": "bootstrap by post",
    }
)
_VARIANT, _WHOLE = Column("variant", "variant"), "{:.0f}".format

DIFFERENCES = (
    _VARIANT,
    Column("score", "score", SCORES.__getitem__),
    Column("runs", "runs", _WHOLE),
    Column("baseline", "baseline", format_significant),
    Column("variant_mean", "variant mean", format_significant),
    Column("difference", "difference", format_significant),
    Column("lower", "lower", format_significant),
    Column("upper", "upper", format_significant),
    Column("p_value", "p", format_p_value),
    Column("method", "interval", METHODS.__getitem__),
)
RANKS = (
    _VARIANT,
    Column("mean_rank", "mean rank", "{:.3f}".format),
    Column("best", "best on", _WHOLE),
    Column("datasets", "data sets", _WHOLE),
)
PAIRS = (
    _VARIANT,
    Column("other", "other"),
    Column("wins", "wins", _WHOLE),
    Column("ties", "ties", _WHOLE),
    Column("losses", "losses", _WHOLE),
    Column("p_value", "p, Wilcoxon", format_p_value),
    Column("p_holm", "p, Holm", format_p_value),
    Column("different", "different", {True: "yes", False: "no"}.__getitem__),
)
