"""Results as notebooks show them."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import tsshape
from tsshape import EngagementDataset
from tsshape.cluster import select_n_clusters

EVIL = "<script>alert(1)</script>&"


class Cells(HTMLParser):
    """The tags of a document, and the text of its cells."""

    def __init__(self, document):
        super().__init__()
        self.tags, self.cells = set(), []
        self.feed(document)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 - the parser's signature
        self.tags.add(tag)

    def handle_data(self, data):
        self.cells.append(data)


def dataset():
    ids, features = ["a", "b"], {f"{EVIL}{number}": [1.0, 2.0] for number in range(12)}
    return EngagementDataset(
        pd.DataFrame([[1.0, 2.0], [3.0, np.nan]], ids, [1, 2]),
        pd.DataFrame(features, ids),
        authors=pd.Series(["x", "x"], ids),
        posted=pd.Series(pd.to_datetime(["2024-01-02", "2024-02-01"]), ids),
        name=EVIL,
        split=pd.Series(["train", "test"], ids),
    )


def imported(folder):
    path = folder / "export.csv"
    path.write_text(f"videoId,day1,day2,{EVIL}\na,1,4,x\nb,2,6,y\n")
    return tsshape.read_export(path)[1]


def selected():
    shapes = np.sort(np.random.default_rng(0).random((40, 5)), axis=1)
    return select_n_clusters(shapes, [2, 3, 4], criteria=["inertia", "silhouette"], random_state=0)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda _: dataset(), [EVIL, "posts", "2", "2; 1 curves end earlier", "2024-01-02 to 2024-02-01"]),
        (lambda _: tsshape.clean_curves(dataset().curves.iloc[:1])[1], ["Cleaning", "in", "1 curves of 2 days"]),
        (imported, ["Import"]),
        (lambda _: selected(), ["clusters", "inertia", "silhouette", "2", "3", "4", "vote"]),
    ],
    ids=["dataset", "cleaning", "import", "selection"],
)
def test_a_result_is_a_table_in_a_notebook(make, expected, tmp_path):
    document = make(tmp_path)._repr_html_()
    shown = Cells(document)
    assert shown.tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "table" in shown.tags
    assert set(expected) <= {*shown.cells}
    assert EVIL not in document
    assert len(document) < 5000


def test_a_long_list_of_features_is_cut():
    document = dataset()._repr_html_()
    assert " and 2 more" in document
