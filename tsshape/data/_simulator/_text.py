"""Words, cameras and places of simulated posts; all of them are invented."""

from json import JSONEncoder
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from tsshape._typing import FloatArray

TextArray: TypeAlias = npt.NDArray[np.str_]

_COMMON_WORDS = ("light", "morning", "small", "été", "our", "again")
# Equally many words for each topic, so that one array holds them.
_TOPIC_WORDS = {
    "harbour": ("tide", "lantern", "mooring", "gull", "quay", "brø", "drizzle", "ferry"),
    "garden": ("fern", "trellis", "blossom", "hedge", "snail", "rosée", "orchard", "watering"),
    "festival": ("drum", "confetti", "crowd", "stage", "encore", "fête", "glitter", "chorus"),
    "mountain": ("ridge", "scree", "glacier", "hut", "summit", "höhe", "cairn", "fog"),
    "kitchen": ("broth", "skillet", "crumb", "paprika", "jalapeño", "oven", "basil", "tasting"),
    "street": ("kerb", "neon", "tramway", "façade", "puddle", "arcade", "shutter", "corner"),
    "animals": ("whisker", "hoof", "burrow", "plume", "köpek", "nest", "antler", "paw"),
    "stars": ("comet", "eclipse", "dusk", "orbit", "étoile", "nebula", "tripod", "meteor"),
}
TOPICS: TextArray = np.array(list(_TOPIC_WORDS))
_WORDS = pd.DataFrame([words + _COMMON_WORDS for words in _TOPIC_WORDS.values()], index=TOPICS)

# In descending order of frequency, see `draw_frequent_first`.
CAMERAS: TextArray = np.array(
    [
        "Simulux S1",
        "Simulux S2 Pro",
        "Mockon M50",
        "Mockon M500",
        "Fauxtax F7",
        "Pretendo P3",
        "Simphone 8",
        "Simphone 11",
    ]
)


class _Place(NamedTuple):
    """A box well inside a country: its centre and half its side, in degrees."""

    country: str
    latitude: float
    longitude: float
    reach: float


_PLACES = (
    _Place("United States", 39.5, -98.0, 7.0),
    _Place("United Kingdom", 52.5, -1.5, 0.8),
    _Place("Italy", 43.0, 12.0, 0.8),
    _Place("Germany", 51.0, 10.0, 2.0),
    _Place("Spain", 40.0, -4.0, 2.0),
    _Place("France", 46.5, 2.5, 2.0),
    _Place("Canada", 54.0, -108.0, 4.0),
    _Place("Japan", 36.2, 138.4, 0.8),
    _Place("Australia", -25.0, 134.0, 6.0),
    _Place("Brazil", -10.0, -52.0, 5.0),
    _Place("India", 22.0, 79.0, 3.0),
    _Place("Netherlands", 52.2, 5.6, 0.4),
    _Place("Sweden", 61.0, 15.0, 1.2),
    _Place("Mexico", 23.5, -102.0, 2.0),
    _Place("Türkiye", 39.0, 34.0, 2.0),
    _Place("Côte d'Ivoire", 7.5, -5.5, 1.5),
)
COUNTRIES: TextArray = np.array([place.country for place in _PLACES])

_json = JSONEncoder(ensure_ascii=False)


def draw_frequent_first(choices: TextArray, size: int, rng: np.random.Generator) -> TextArray:
    """Draw with weights 1, 1/2, 1/3, …: the first choice is the most frequent."""
    weights = 1 / np.arange(1, len(choices) + 1)
    return rng.choice(choices, size, p=weights / weights.sum())


def draw_titles(topic: TextArray, rng: np.random.Generator) -> list[str]:
    """Draw titles of one to four words on the topic."""
    return [" ".join(words).capitalize() for words in _draw_words(topic, 1, 4, rng)]


def draw_descriptions(topic: TextArray, rng: np.random.Generator) -> list[str]:
    """Draw descriptions of four to ten words on the topic, which begin with "Simulated"."""
    return [f"Simulated: {' '.join(words)}." for words in _draw_words(topic, 4, 10, rng)]


def draw_tags(topic: TextArray, rng: np.random.Generator) -> list[str]:
    """Draw JSON lists of up to eight tags on the topic."""
    return [_json.encode(words) for words in _draw_words(topic, 0, 8, rng)]


def draw_coordinates(country: TextArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw latitudes and longitudes in degrees, uniformly from a box inside each post's country."""
    box = pd.DataFrame(_PLACES).set_index("country").loc[country]
    offset = rng.uniform(-1, 1, (2, len(country))) * box["reach"].to_numpy()
    latitude, longitude = box[["latitude", "longitude"]].to_numpy().T + offset
    return latitude.round(6), longitude.round(6)


def _draw_words(topic: TextArray, fewest: int, most: int, rng: np.random.Generator) -> list[list[str]]:
    """Draw distinct words on each post's topic, in random order."""
    order = rng.random((len(topic), _WORDS.shape[1])).argsort(axis=1)[:, :most]
    count = rng.integers(fewest, most + 1, len(topic))
    drawn = np.take_along_axis(_WORDS.loc[topic].to_numpy(), order, axis=1).tolist()
    return [words[:k] for words, k in zip(drawn, count.tolist(), strict=True)]
