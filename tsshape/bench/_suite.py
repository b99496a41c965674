"""What a benchmark measures, read from TOML and checked."""

import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tsshape._choices import SUITES, Decreasing, IncompleteRemoved, Missing, SplitKind
from tsshape._errors import DataError, explain_fields
from tsshape._files import open_regular
from tsshape.bench._components import DIRECT, TRIVIAL, Baseline, Direct, Published, Variant

# The largest suite file.
MOST_BYTES = 2**20
# Reading a name takes the square of the time that its parts take; in text they do no harm, but are none of a suite.
_LONG_NAME = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){100}""")
# The parameters of a metric lie five deep. What checks and writes values recurses, and TOML may nest without end.
_DEEPEST = 20
# So that both parts have enough posts, to fit and to score.
MIN_POSTS = 20


class Cleaning(BaseModel):
    """How curves are cleaned before anything else, in the words of `tsshape.clean_curves`; all are made complete."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    missing: Missing = "interpolate"
    decreasing: Decreasing = "keep"
    incomplete: IncompleteRemoved = "drop"


class Simulation(BaseModel):
    """The simulated data that is used where no dataset folder is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    n_posts: int = Field(default=2000, ge=MIN_POSTS, strict=True)
    seed: int = Field(default=0, ge=0, strict=True)


class Suite(BaseModel):
    """A benchmark: the protocol and the variants.

    Attributes
    ----------
    name : str
        Shown above the table.
    variants : tuple of Variant
        What is measured, beside the trivial forecast and the direct LightGBM, which are always measured.
    direct : tuple of Direct
        Further forecasts without a decomposition.
    baselines : tuple of Baseline
        Forecasts from observed days that say nothing at upload.
    published : tuple of Published
        Figures that others published for the same posts and division, shown beside those measured.
    split : {"random", "author", "time", "rolling", "predefined"}
        How posts are divided. `time` is one split, whatever `n_runs`. `predefined` is the division that the data name;
        each run has other seeds of the models. `rolling` trains on what was known on a day, posts still running
        included.
    n_runs : int
        Number of splits, or of seeds.
    test_size : float
        Share of posts in the test part, between 0 and 1; of a rolling split, in all windows together.
    n_train : int or None
        Number of training posts, drawn from the training part; None for all.
    seen_days : tuple of int
        Of a rolling split of posts that span less than a life: for how many steps the posts of the latest date before
        the test part have been seen, one run for each.
    step_minutes : float
        Of a rolling split: how long a step of the curves is, in minutes; by default a day.
    seed : int
        Seed of the splits and of all models.
    cleaning : Cleaning
    simulation : Simulation

    Examples
    --------
    >>> suite = load_suite("smoke")
    >>> suite.split
    'random'
    >>> [variant.name for variant in suite.all_variants][:2]
    ['trivial: median scale x mean shape', 'direct LightGBM']
    >>> suite.protocol["split"], suite.one_division, suite.most_runs
    ('random', False, 2)
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    variants: tuple[Variant, ...]
    direct: tuple[Direct, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    published: tuple[Published, ...] = ()
    split: SplitKind = "random"
    n_runs: int = Field(default=10, ge=1, strict=True)
    test_size: float = Field(default=0.1, gt=0, lt=1, strict=True, allow_inf_nan=False)
    n_train: int | None = Field(default=None, ge=MIN_POSTS, strict=True)
    seen_days: tuple[Annotated[int, Field(ge=1, strict=True)], ...] = ()
    step_minutes: float = Field(default=1440, gt=0, strict=True, allow_inf_nan=False)
    seed: int = Field(default=0, ge=0, strict=True)
    cleaning: Cleaning = Cleaning()
    simulation: Simulation = Simulation()

    @property
    def all_variants(self) -> tuple[Variant | Direct | Baseline, ...]:
        """All that is measured, in order: trivial, direct and further direct forecasts, baselines, variants."""
        return (TRIVIAL, DIRECT, *self.direct, *self.baselines, *self.variants)

    @property
    def one_division(self) -> bool:
        """Whether all runs have the same test posts."""
        return self.split in {"time", "predefined"}

    @property
    def most_runs(self) -> int:
        """How many runs there are at most; windows of a rolling split may be fewer."""
        of_seen_days = len(self.seen_days) if self.split == "rolling" else 0
        return 1 if self.split == "time" else max(self.n_runs, of_seen_days)

    @property
    def protocol(self) -> dict[str, Any]:
        """The fields that decide which posts a run learns from and is tested on."""
        fields = {"split", "test_size", "n_train", "seen_days", "step_minutes", "seed", "cleaning"}
        # The windows are parts of one time line, so that each depends on how many there are.
        return self.model_dump(include=fields | {"n_runs"} if self.split == "rolling" else fields)

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        """Refuse two variants of one name, which distinguishes their records."""
        names = [variant.name for variant in self.all_variants]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two variants are called {name!r}")
        return self


def load_suite(source: str | Path) -> Suite:
    """Load a suite by the name of one that comes with tsshape, or from a TOML file, and check its components.

    Parameters
    ----------
    source : str or Path
        one of `SUITES`, or the path of a TOML file.

    Returns
    -------
    Suite

    Raises
    ------
    DataError
        If there is no such suite, the file is not a suite, or a component is not registered or lacks a parameter; the
        message names the key.

    Examples
    --------
    >>> load_suite("paper").n_runs
    10
    """
    if source in SUITES:
        text = resources.files("tsshape.bench").joinpath("suites", f"{source}.toml").read_text(encoding="utf-8")
        suite = _parse(text, source)
    elif Path(source).exists():
        suite = read_suite(Path(source))
    else:
        raise DataError(f"there is no suite {str(source)!r}: name one of {', '.join(SUITES)}, or a TOML file")
    try:
        check_components(suite)
    except DataError as error:
        raise DataError(f"{source}: {error}") from error
    return suite


def read_suite(path: Path) -> Suite:
    """Read a suite as data: its components may be of a plug-in that is not there."""
    return _parse(_read(path), path)


def check_components(suite: Suite) -> None:
    """Refuse a component that is not registered, or that lacks a parameter or refuses its value; the key is named."""
    for number, variant in enumerate(suite.variants):
        for role in ("clusterer", "classifier", "regressor"):
            try:
                getattr(variant, role).build(suite.seed)
            except (ValueError, TypeError) as error:
                raise DataError(f"variants.{number}.{role}: {error}") from error
    for number, baseline in enumerate(suite.baselines):
        try:
            baseline.build(suite.seed)
        except (ValueError, TypeError) as error:
            raise DataError(f"baselines.{number}: {error}") from error


def _parse(text: str, source: str | Path) -> Suite:
    """Return the suite of a TOML text."""
    try:
        return Suite.model_validate(_read_toml(text))
    except ValidationError as error:
        raise DataError(f"{source}: {explain_fields(error)}") from error
    except (ValueError, RecursionError) as error:  # also of Python, for numbers with thousands of digits
        raise DataError(f"{source}: cannot be read as TOML: {error}") from error


def _read_toml(text: str) -> dict[str, Any]:
    """Return what a TOML text says; ValueError if it is none, or would take long."""
    if _LONG_NAME.search(text):
        raise ValueError("a name has more than 100 parts")
    document = tomllib.loads(text)
    _check_values(document)
    return document


def _check_values(value: Any, depth: int = 0) -> None:
    """Refuse what is nested deeper than any suite, and whole numbers of more than the 64 bits that TOML has."""
    if depth > _DEEPEST:
        raise ValueError(f"it is nested more than {_DEEPEST} deep")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("a whole number has more than 64 bits")
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_values(part, depth + 1)


def _read(path: Path) -> str:
    """Return the text of a suite file."""
    with open_regular(path) as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DataError(f"{path} has more than the {MOST_BYTES:,} bytes that a suite may have")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text (byte {error.start})") from error
