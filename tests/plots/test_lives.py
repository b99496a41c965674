import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from tsshape.plots import draw_lives

DAYS = np.arange(1, 21) / 20
SHAPES = pd.DataFrame([DAYS**power for power in (4, 5, 6, 1, 1.1)], index=["a", "b", "c", "优 $", "x" * 40])
LABELS = np.array([0, 0, 0, 1, 1])
PROTOTYPES = SHAPES.iloc[[0, 3]].to_numpy()


def test_lives_are_named_and_ordered_and_show_the_nearest_post_and_a_middle_one():
    panels = draw_lives(SHAPES, LABELS, PROTOTYPES, titles={"b": "my post"})
    assert [ax.get_title() for ax in panels] == ["steady (1)\n2 · 40.0 %", "still growing (0)\n3 · 60.0 %"]
    steady, growing = ([text.get_text() for text in ax.get_legend().get_texts()] for ax in panels)
    assert steady == ["优 $", "x" * 23 + "…"]
    assert growing == ["a", "my post"]
    np.testing.assert_array_equal(panels[1].lines[0].get_ydata(), PROTOTYPES[0])
    np.testing.assert_array_equal(panels[1].lines[2].get_ydata(), SHAPES.loc["b"])
    plt.close(panels[0].figure)


def test_rows_of_an_array_have_no_names_and_a_life_without_posts_no_examples():
    panels = draw_lives(
        SHAPES.to_numpy(), np.ones(5, dtype=int), PROTOTYPES, n_examples=3, axes=Figure().subplots(1, 2)
    )
    assert [len(ax.lines) for ax in panels] == [4, 1]
    assert all(ax.get_legend() is None for ax in panels)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"labels": LABELS[:2]}, "got 2 labels for 5 curves"),
        ({"n_examples": 4}, "from 0 to 3"),
        ({"axes": []}, "got 0"),
    ],
)
def test_what_does_not_fit_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        draw_lives(**{"shapes": SHAPES, "labels": LABELS, "prototypes": PROTOTYPES, **options})
