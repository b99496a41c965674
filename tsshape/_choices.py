"""What parameters and options may be: the types that the library and the command line share.

The module imports nothing else, so that `tsshape --help` stays quick.
"""

from typing import Literal, TypeAlias

# What a forecast minimises.
Loss: TypeAlias = Literal["median", "mean", "trimmed", "relative"]
# How prototypes become the shape of a forecast: weighted by their probabilities, or the likeliest.
ForecastShape: TypeAlias = Literal["soft", "hard"]
# How posts are divided into a training and a test part.
SplitKind: TypeAlias = Literal["random", "author", "time", "rolling", "predefined"]

# How curves are cleaned: missing cells, counts below the day before, curves without a value on the last day.
Missing: TypeAlias = Literal["interpolate", "refuse"]
Decreasing: TypeAlias = Literal["keep", "maximum", "refuse"]
Incomplete: TypeAlias = Literal["keep", "drop", "truncate", "refuse"]
# The same where all curves must be complete.
IncompleteRemoved: TypeAlias = Literal["drop", "truncate", "refuse"]

# How an export is laid out (a row a post, a sample, a day; or the UCR archive's form), and what its counts are.
Layout: TypeAlias = Literal["wide", "long", "transposed", "ucr"]
Counts: TypeAlias = Literal["cumulative", "per-step"]

# How pixels become the input of a network, and what becomes of pictures that cannot be read.
Pixels: TypeAlias = Literal["imagenet", "caffe", "signed", "unit", "raw"]
Unreadable: TypeAlias = Literal["refuse", "missing"]

# The suites that come with tsshape.
SUITES = ("smoke", "paper", "forecast", "twostage", "full", "probability", "watch", "rolling", "coverage")
