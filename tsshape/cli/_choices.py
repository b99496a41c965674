"""The words that options take, without importing what they stand for."""

from enum import StrEnum


class SplitKind(StrEnum):
    """How posts are divided into a training and a test part."""

    random = "random"
    author = "author"
    time = "time"


class Target(StrEnum):
    """What features can be ranked by."""

    scale = "scale"
    log_scale = "log-scale"


class Loss(StrEnum):
    """What forecasts minimise."""

    median = "median"
    mean = "mean"
    trimmed = "trimmed"


class Shape(StrEnum):
    """How prototypes become the shape of a forecast."""

    soft = "soft"
    hard = "hard"


class Missing(StrEnum):
    """What becomes of missing cells."""

    interpolate = "interpolate"
    refuse = "refuse"


class Decreasing(StrEnum):
    """What becomes of counts below the day before."""

    keep = "keep"
    maximum = "maximum"
    refuse = "refuse"


class Incomplete(StrEnum):
    """What becomes of curves without a value on the last day."""

    drop = "drop"
    truncate = "truncate"
    refuse = "refuse"


class Pixels(StrEnum):
    """How pixels become the input of a network."""

    imagenet = "imagenet"
    caffe = "caffe"
    signed = "signed"
    unit = "unit"
    raw = "raw"


class Unreadable(StrEnum):
    """What becomes of pictures that cannot be read."""

    refuse = "refuse"
    missing = "missing"
