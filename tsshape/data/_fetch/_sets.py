"""The public data that can be fetched: what they are, where they lie, and what their authors say about using them."""

from dataclasses import dataclass

from tsshape._errors import DataError, quote
from tsshape.data._fetch._listing import ListedFile, published_files

REPOSITORY = "https://github.com/lichenyu/Two-stage_Popularity_Prediction"
COMMIT = "e4263747514a6184bb3d8cdaf6380c05a68ca291"
ADDRESS = f"https://raw.githubusercontent.com/lichenyu/Two-stage_Popularity_Prediction/{COMMIT}"

CURVES, PROPERTIES, AUTHORS, TEXTS = (
    "data/view count clean",
    "features/video property",
    "features/user statistic",
    "features/textual analysis",
)
TEXT_HEADER = f"{TEXTS}/headers"
SPLIT_FILES = {
    part: f"prediction/datasets/vc_bylevel_{file}_level" for part, file in (("train", "training"), ("test", "test"))
}

LICENCE = (
    "The authors state no licence, so all rights are theirs: ask them before you pass the data on or use them for more"
    " than your own research. tsshape itself has none of the data."
)
CITATION = (
    'S. Ouyang, C. Li, X. Li, "A Peek Into the Future: Predicting the Popularity of Online Videos", IEEE Access 4,'
    " 2016, doi 10.1109/ACCESS.2016.2580911"
)
BIBTEX = """@article{ouyang2016peek,
  author  = {Ouyang, Shuxin and Li, Chenyu and Li, Xueming},
  title   = {A Peek Into the Future: Predicting the Popularity of Online Videos},
  journal = {IEEE Access},
  volume  = {4},
  year    = {2016},
  doi     = {10.1109/ACCESS.2016.2580911}
}
"""


@dataclass(frozen=True)
class PublicSet:
    """A public set of posts.

    Attributes
    ----------
    name : str
        The name by which it is fetched.
    what : str
        What it holds, in a line.
    n_posts, n_times : int
        Posts, and days of each curve, in the published data.
    days : tuple of str
        The dates whose posts it has; each is a file of its own.
    has_split : bool
        Whether the published division into training and test posts is part of it.
    """

    name: str
    what: str
    n_posts: int
    n_times: int
    days: tuple[str, ...]
    has_split: bool

    def paths(self, days: tuple[str, ...]) -> list[str]:
        """Return the paths of the files that some of its days are made of."""
        kinds = (CURVES, PROPERTIES, AUTHORS, TEXTS)
        split = [*SPLIT_FILES.values()] if self.has_split else []
        return [*(f"{kind}/{day}" for kind in kinds for day in days), TEXT_HEADER, *split]

    def published(self) -> list[ListedFile]:
        """Return the files that it is made of in the public repository."""
        listing = published_files()
        return [listing[path] for path in self.paths(self.days)]


PUBLIC_SETS = {
    each.name: each
    for each in (
        PublicSet(
            "youku30", "views of Youku videos first seen on 2015-12-16", 20_488, 30, ("2015-12-16",), has_split=False
        ),
        PublicSet(
            "youku_twostage",
            "the same of ten days, 2015-12-12 to 21, with the published division",
            200_714,
            30,
            tuple(f"2015-12-{day}" for day in range(12, 22)),
            has_split=True,
        ),
    )
}


def find_set(name: str) -> PublicSet:
    """Return the public set of a name."""
    if name not in PUBLIC_SETS:
        raise DataError(f"there is no public set {quote(name)}; there are {' and '.join(PUBLIC_SETS)}")
    return PUBLIC_SETS[name]
