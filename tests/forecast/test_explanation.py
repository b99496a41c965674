import pandas as pd

import tsshape
from tsshape.cluster import ShapeKMeans
from tsshape.forecast import ScaleShapeForecaster, _explanation


def test_an_explanation_does_not_depend_on_how_many_posts_are_held_at_once(monkeypatch):
    posts = tsshape.simulate_spid(120, n_times=4, random_state=0)
    features = posts.features[["Contacts", "TagCount", "Country"]]
    model = ScaleShapeForecaster(ShapeKMeans(3, random_state=0), in_flight=False, intervals=False, random_state=0)
    whole = model.fit(features, posts.curves).explain(features)
    for cells in (1, 100):
        monkeypatch.setattr(_explanation, "_CELLS", cells)
        for mine, other in zip(model.explain(features), whole, strict=True):
            pd.testing.assert_frame_equal(mine, other, rtol=1e-12)
    assert whole.shape.to_numpy().any()
