import math

import numpy as np
import pytest

from recli.analysis.lists import gini, list_metrics


def test_by_hand() -> None:
    # Items 0 and 1 of four are listed: item 0 twice, with 8 of 16 users; item 1 once, with 2.
    found = list_metrics(np.array([[0, 1], [0, -1]]), np.array([8, 2, 5, 0]), 16)
    assert (found.lists, found.places, found.catalogue, found.catalogue_coverage) == (2, 3, 4, 0.5)
    assert found.novelty == pytest.approx((1 + 1 + 3) / 3)
    assert found.mean_popularity == 6
    assert found.gini == pytest.approx((-3 * 0 - 1 * 0 + 1 * 1 + 3 * 2) / (4 * 3))


def test_an_item_without_ratings_is_as_novel_as_one_with_one() -> None:
    assert list_metrics(np.array([[0]]), np.array([0]), 8).novelty == 3


def test_no_lists_are_no_division_by_zero() -> None:
    found = list_metrics(np.zeros((0, 10), np.int64), np.array([1, 2]), 3)
    assert (found.lists, found.catalogue_coverage, found.gini, found.novelty) == (0, 0, 0, 0)


@pytest.mark.parametrize(("counts", "expected"), [([2, 2, 2], 0), ([0, 0, 0, 7], 3 / 4), ([1, 3], 1 / 4), ([0], 0)])
def test_gini(counts: list[int], expected: float) -> None:
    assert gini(np.array(counts)) == pytest.approx(expected)


def test_gini_is_half_the_relative_mean_difference() -> None:
    counts = np.random.default_rng(0).integers(0, 50, size=40)
    assert gini(counts) == pytest.approx(np.abs(counts[:, None] - counts).mean() / counts.mean() / 2)
    assert not math.isclose(gini(counts), 0)
