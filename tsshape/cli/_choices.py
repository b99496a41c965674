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
