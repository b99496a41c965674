"""The schema of a record: what a cell of the benchmark may say of itself, and nothing else."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from tsshape.bench._alerts import Alerts
from tsshape.bench._illustration import Illustration
from tsshape.bench._numbers import ABSENT, CLOSED, Correlation, Count, Days, Log, Natural, Share, Size
from tsshape.bench._probabilities import Tenth, Top

# A record as plain JSON values.
Record = dict[str, Any]
# Every cell has these, one that failed has the next two, and no other.
_ALWAYS = {"key", "variant", "run", "n_train", "n_test"}
_OF_FAILURES = {"error", "traceback"}
# What stands in a record together, or not at all: errors at upload, those of clusters, the size of a rolling split.
_AT_UPLOAD = {"rho", "trmse", "med"}
_OF_CLUSTERS = {"accuracy", "majority_share", "balanced_accuracy", "n_clusters", "budget"}
_TOGETHER = (_AT_UPLOAD, _OF_CLUSTERS, {"n_unfinished", "steps_seen"}, {"probability", "top"}, _OF_FAILURES)
# What only a forecast by clusters has.
_OF_FORECASTERS = {"classes", "intervals", "probability", "top", "watch", "illustration"}


class Budget(BaseModel):
    """The error of the same forecasts, had nothing, the scale, the prototype or the shape been known."""

    model_config = CLOSED

    nothing: Size
    scale: Size
    prototype: Size
    shape: Size


class Coverage(BaseModel):
    """Coverage and width of intervals at upload; a quarter without posts has none."""

    model_config = CLOSED

    coverage: Share
    quarters: Annotated[list[Share | None], Field(min_length=4, max_length=4)]
    width: Size
    log_width: Log


class InFlight(BaseModel):
    """Errors on the days after some observed ones, and coverage and width of intervals."""

    model_config = CLOSED

    trmse: Size
    med: Size
    mrse: Size
    coverage_50: Share = Field(ABSENT, alias="coverage_50%")
    coverage_80: Share = Field(ABSENT, alias="coverage_80%")
    coverage_90: Share = Field(ABSENT, alias="coverage_90%")
    log_width_50: Log = Field(ABSENT, alias="log_width_50%")
    log_width_80: Log = Field(ABSENT, alias="log_width_80%")
    log_width_90: Log = Field(ABSENT, alias="log_width_90%")


class Classes(BaseModel):
    """The known classes of the posts that were clustered, and the agreement of the clusters with them."""

    model_config = CLOSED

    n_classes: Natural
    posts: Natural
    ari: Correlation
    nmi: Correlation
    accuracy: Share


class Cell(BaseModel):
    """A line of the records: what was measured of a variant on a split, or why nothing was."""

    model_config = CLOSED

    key: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    variant: str
    run: Count
    n_train: Natural
    n_test: Natural
    n_unfinished: Count = ABSENT
    steps_seen: Size | None = None
    seconds: Size = ABSENT
    rho: Correlation | None = None
    trmse: Size = ABSENT
    med: Size = ABSENT
    accuracy: Share | None = None
    majority_share: Share | None = None
    balanced_accuracy: Share | None = None
    n_clusters: Natural = ABSENT
    budget: Budget = ABSENT
    classes: Classes = ABSENT
    in_flight: dict[Days, InFlight] = ABSENT
    intervals: dict[Literal["50%", "80%", "90%", "95%"], Coverage] = ABSENT
    probability: Annotated[list[Tenth], Field(fail_fast=True)] = ABSENT
    top: dict[Days, Top] = ABSENT
    watch: dict[Days, Alerts] = ABSENT
    illustration: Illustration = ABSENT
    error: str = ABSENT
    traceback: str = ABSENT

    @model_validator(mode="after")
    def _has_what_belongs_together(self) -> Self:
        """Refuse a cell that failed and has scores, one that has neither, and parts of what is measured together."""
        found = self.model_fields_set - _ALWAYS
        needed = set().union(*(group for group in _TOGETHER if group & found))
        if found & _OF_FORECASTERS:
            needed |= _AT_UPLOAD | _OF_CLUSTERS
        if not found & _OF_FAILURES:
            needed |= {"seconds"} if found & {"trmse", "in_flight"} else {"trmse"}
        elif found - _OF_FAILURES:
            raise ValueError(f"a cell that failed has no {min(found - _OF_FAILURES)}")
        if needed - found:
            raise ValueError(f"{min(needed - found)} is missing")
        return self

    @model_validator(mode="after")
    def _counts_fit(self) -> Self:
        """Refuse numbers of test posts above that of all, and an illustration of a later run."""
        counts = [tenth.posts for tenth in self.probability or ()]
        counts += [count for alerts in (self.watch or {}).values() for count in (alerts.ended, alerts.flagged)]
        if max(counts, default=0) > self.n_test:
            raise ValueError(f"{max(counts):,} of {self.n_test:,} test posts")
        if self.illustration is not None and self.run > 0:
            raise ValueError("only the first run has an illustration")
        return self
