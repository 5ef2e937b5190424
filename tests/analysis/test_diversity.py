import numpy as np
import pytest

from recli.analysis.diversity import diversified

SCORES = np.array([3.0, 2.0, 1.0, 0.0])
"""1, 2/3, 1/3 and 0 once they are brought to 0 … 1."""
VECTORS = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])


def test_without_diversity_the_scores_alone_count() -> None:
    assert diversified(SCORES, VECTORS, 3, 0.0).tolist() == [0, 1, 2]


def test_what_is_like_a_chosen_item_gives_way_to_something_else() -> None:
    # At 0.5: first 0. Then 1 has 1/3 - 1/2 · 1, 2 has 1/6 - 0, 3 has 0 + 1/2 · 1, for it is the opposite. The last two
    # trade against their nearest chosen: 1 has 1/3 - 1/2 and 2 has 1/6 - 0.
    assert diversified(SCORES, VECTORS, 4, 0.5).tolist() == [0, 3, 2, 1]


def test_a_vector_of_zeros_is_like_nothing() -> None:
    assert diversified(np.array([1.0, 0.9, 0.0]), np.array([[1.0], [1.0], [0.0]]), 2, 0.6).tolist() == [0, 2]


def test_equal_scores_keep_their_order() -> None:
    assert diversified(np.ones(3), np.zeros((3, 2)), 2, 0.3).tolist() == [0, 1]


@pytest.mark.parametrize("n", [0, 5])
def test_there_are_no_more_than_there_are(n: int) -> None:
    assert len(diversified(SCORES[:2], VECTORS[:2], n, 0.2)) == min(n, 2)
    assert len(diversified(SCORES[:0], VECTORS[:0], n, 0.2)) == 0
