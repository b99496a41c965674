import json

import numpy as np
import pytest

from tsshape.report._pack import as_json, drawn_days, pack_counts

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("most", [0.0, 1.0, 900.0, 1e7])
def test_packed_counts_are_exact_to_a_third_of_a_percent(most):
    counts = np.linspace(0, most, 50)[None, :]
    [largest], [text] = pack_counts(counts)
    codes = [64 * ALPHABET.index(text[place]) + ALPHABET.index(text[place + 1]) for place in range(0, len(text), 2)]
    np.testing.assert_allclose(np.expm1(np.array(codes) / 4095 * np.log1p(largest)), counts[0], rtol=3e-3, atol=3e-3)


@pytest.mark.parametrize("n_days", [1, 2, 16, 17, 30, 144, 1000])
def test_the_first_and_the_last_day_are_drawn_and_few_others(n_days):
    days = drawn_days(n_days)
    assert days[0] == 0
    assert days[-1] == n_days - 1
    assert (np.diff(days) > 0).all()
    assert min(n_days, 13) <= len(days) <= 20


def test_json_cannot_end_its_element():
    text = as_json(["</script><!--", "\u2028"])
    assert "<" not in text
    assert json.loads(text) == ["</script><!--", "\u2028"]
