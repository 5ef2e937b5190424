import numpy as np
import pytest

from recli.core.metadata import Metadata
from recli.models import wide_neighbors
from recli.models.interactions import Interactions
from recli.models.similarity_parts import Part, genre_part, year_part
from recli.models.wide_neighbors import Signs, _thinned, candidates
from tests.models.test_interactions import data_of

EVERYONE = np.ones(4, np.bool_)


def test_a_sign_is_counted_in_deviations_of_both_items() -> None:
    values = np.array([[9, 1, 2, 6], [1, 9, 3, 5], [2, 3, 9, 7], [6, 5, 7, 9]], np.float64)
    signs = Signs.of([Part(2.0, lambda block: values[block])], [np.ones((4, 1))], EVERYONE)
    # Item 0 has 1, 2, 6 with the others: mean 3, variance (4 + 1 + 9) / 3. Item 3 has 6, 5, 7: mean 6, variance 2 / 3.
    expected = 2 * ((6 - 3) / (14 / 3) ** 0.5 + (6 - 6) / (2 / 3) ** 0.5) / 2
    assert signs.total(slice(0, 1), np.array([[3]]))[0, 0] == pytest.approx(expected)


def test_candidates_are_the_trained_items_with_the_largest_products(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide_neighbors, "CANDIDATES", 2)
    screen = np.array([[1], [4], [3], [2]], np.float32)
    trained = np.array([True, False, True, True])
    assert candidates(screen, slice(0, 2), trained).tolist() == [[2, 3], [2, 3]]
    assert candidates(screen, slice(2, 4), trained).tolist() == [[0, 3], [0, 2]]


def test_a_pair_says_what_its_place_in_a_row_says() -> None:
    metadata = Metadata(np.array([1990, 2000, 0], np.int32), (("war",), ("war", "noir"), ("drama",)), {})
    a, b = np.array([0, 2, 1]), np.array([1, 0, 1])
    for part in (genre_part(metadata), year_part(metadata)):
        assert part.pairs is not None
        assert part.pairs(a, b) == pytest.approx(part.rows(slice(0, 3))[a, b])


def test_a_user_of_many_ratings_is_represented_by_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide_neighbors, "MOST_RATINGS", 20)
    rows = [(0, item, 3.0 + item % 2) for item in range(200)] + [(1, item, 4.0) for item in range(20)]
    whole = Interactions.of(data_of(rows, n_users=2, n_items=200))
    thin = _thinned(whole)
    assert 5 < np.diff(thin.seen.indptr)[0] < 40
    assert np.diff(thin.seen.indptr)[1] == 20
    assert np.array_equal(thin.residuals.indices, thin.seen.indices)
    where = thin.residuals.nonzero()
    assert np.asarray(thin.residuals[where]) == pytest.approx(np.asarray(whole.residuals[where]))
