"""Faithfulness: worked out by hand, and as scikit-learn has it."""

import numpy as np
import pytest

from recli.analysis.faithfulness import faithfulness
from recli.analysis.similarity import nearest

EVERYONE = np.ones(4, dtype=np.bool_)
FAN = np.array([[np.cos(a), np.sin(a)] for a in (0.0, 0.1, 0.3, 0.7)], dtype=np.float32)
"""Four directions; by cosine the nearest of 0, 1, 2, 3 are 1, 0, 1, 2."""


def test_by_hand():
    """On the line 0 2 1 3 the nearest shown of 0 and 2, and of 1 and 3, are each other.

    True ranks of those shown: 2 for 0 is rank 2; 0 for 2 is rank 2 (1 is nearer); 3 for 1 is rank 3; 1 for 3 is rank 2.
    Above k = 1 that is 1 + 1 + 2 + 1 = 5; trustworthiness 1 - 2 · 5 / (4 · 1 · (8 - 3 - 1)) = 0.375. None is kept.
    """
    line = np.array([[0, 0], [10, 0], [1, 0], [11, 0]], dtype=np.float32)
    near, _ = nearest(FAN, EVERYONE, 1)
    assert near.tolist() == [[1], [0], [1], [2]]
    found = faithfulness(FAN, line, near, EVERYONE)
    assert found is not None
    assert (found.k, found.kept, found.judged) == (1, 0, 4)
    assert found.trustworthiness == pytest.approx(0.375)


def test_the_untrained_do_not_count():
    vectors = np.concatenate([FAN, FAN[:1]])
    points = np.concatenate([FAN, FAN[:1]])  # the fifth stands on the first, and nobody minds
    trained = np.array([True, True, True, True, False])
    found = faithfulness(vectors, points, nearest(vectors, trained, 1)[0], trained)
    assert found is not None
    assert (found.trustworthiness, found.kept, found.judged) == (1, 1, 4)


def test_too_few_points_to_tell():
    near, _ = nearest(FAN, EVERYONE, 2)
    assert faithfulness(FAN, FAN, near, EVERYONE) is None


def test_it_is_that_of_scikit_learn_and_a_sample_is_near_it():
    from sklearn.manifold import trustworthiness

    vectors = np.random.default_rng(0).normal(size=(400, 6)).astype(np.float32)
    everyone = np.ones(400, dtype=np.bool_)
    near, _ = nearest(vectors, everyone, 5)
    found = faithfulness(vectors, vectors[:, :2], near, everyone)
    sampled = faithfulness(vectors, vectors[:, :2], near, everyone, sample=200)
    assert found is not None
    assert sampled is not None
    expected = trustworthiness(vectors, vectors[:, :2], n_neighbors=5, metric="cosine")
    assert found.trustworthiness == pytest.approx(expected, abs=1e-6)
    assert sampled.judged == 200
    assert sampled.trustworthiness == pytest.approx(expected, abs=0.02)


def test_points_in_one_place_have_neighbours_all_the_same():
    found = faithfulness(FAN, np.zeros((4, 2), np.float32), nearest(FAN, EVERYONE, 1)[0], EVERYONE)
    assert found is not None
    assert 0 <= found.kept <= 1
