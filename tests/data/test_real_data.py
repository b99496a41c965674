from pathlib import Path

import numpy as np
import pytest

from tsshape import clean_curves, load_dataset, read_curves


@pytest.mark.parametrize(
    ("name", "shape", "n_features"), [("youku30", (20_488, 30), 21), ("youtube15", (15_991, 15), 8)]
)
def test_real_datasets_load_in_full(real_data: Path, name: str, shape: tuple[int, int], n_features: int) -> None:
    dataset = load_dataset(real_data / name)
    assert dataset.curves.shape == shape
    assert dataset.features.shape == (shape[0], n_features)
    assert dataset.name == name
    assert dataset.posted.notna().all()
    assert (dataset.authors is None) == (name == "youtube15")


def test_clean_youku_curves_pass_every_refusal(real_data: Path) -> None:
    curves = read_curves(real_data / "youku30" / "curves.parquet")
    cleaned, report = clean_curves(curves, missing="refuse", decreasing="refuse", incomplete="refuse")
    np.testing.assert_array_equal(cleaned, curves)
    assert report.zero_curves == 49


def test_raw_youku_curves_have_the_known_faults(real_data: Path) -> None:
    curves = read_curves(real_data / "youku30_raw" / "curves.parquet")
    assert ((curves.diff(axis=1) < 0).any(axis=1)).sum() == 10_323
    cleaned, report = clean_curves(curves, decreasing="maximum")
    assert report.curves_with_missing == 1_251
    assert (report.n_curves_in, report.n_curves_out, report.incomplete_curves) == (20_852, 19_604, 1_248)
    assert report.missing_cells_interpolated == 11
    assert report.curves_with_decreases == 9_667
    assert (cleaned.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_youtube_curves_are_dropped_or_cut_for_their_missing_last_day(real_data: Path) -> None:
    curves = read_curves(real_data / "youtube15" / "curves.parquet")
    dropped, report = clean_curves(curves)
    assert (len(dropped), report.incomplete_curves) == (15_991 - 5_088, 5_088)
    cut, report = clean_curves(curves, incomplete="truncate")
    assert cut.shape == (15_991, 14)
    assert report.zero_curves == 685


def test_news_curves_start_from_zero_before_their_first_value(real_data: Path) -> None:
    curves = read_curves(real_data / "news144" / "curves.parquet")
    assert curves.shape == (7_687, 144)
    cleaned, _ = clean_curves(curves, decreasing="refuse")
    assert not cleaned.isna().any(axis=None)
