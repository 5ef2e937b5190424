"""A map of a sample, and the others beside it."""

import numpy as np

from recli.analysis.projection import ProjectionSpec
from recli.analysis.sampled import project_sampled, sample_of


def test_a_sample_holds_the_most_rated_and_as_many_drawn_of_the_others() -> None:
    counts = np.array([5, 90, 1, 80, 2, 3], np.int32)
    chosen = sample_of(counts, 4, np.random.default_rng(0))
    assert {1, 3} <= set(chosen.tolist())
    assert len(set(chosen.tolist())) == 4
    assert chosen.tolist() == sorted(chosen.tolist())


def groups(n: int = 240) -> tuple[np.ndarray, np.ndarray]:
    """Three groups of vectors that point far from each other, and the group of each."""
    which = np.arange(n) % 3
    noise = np.random.default_rng(1).normal(size=(n, 6))
    return (20 * np.eye(3, 6)[which] + noise).astype(np.float32), which


def test_the_others_stand_among_their_own() -> None:
    vectors, which = groups()
    counts = np.arange(240, dtype=np.int32)
    for metric in ("cosine", "euclidean"):
        spec = ProjectionSpec(metric=metric, sampled=60, perplexity=10)
        points = project_sampled(vectors, spec, counts)
        middles = np.array([points[which == group].mean(axis=0) for group in range(3)])
        nearest = np.linalg.norm(points[:, None] - middles, axis=2).argmin(axis=1)
        assert (nearest == which).all()
        assert len(np.unique(points, axis=0)) == 240
        assert np.array_equal(points, project_sampled(vectors, spec, counts))


def test_a_point_like_one_guide_stands_by_it_whatever_the_others() -> None:
    """Of the same vector as a sampled one, with the other guides far behind: it weighs e^4 of the last of them."""
    vectors, _ = groups()
    counts = np.full(240, 1, np.int32)
    counts[:30] = 9
    twin = np.concatenate([vectors, vectors[:1]])
    points = project_sampled(twin, ProjectionSpec(sampled=60, perplexity=10), np.append(counts, 0).astype(np.int32))
    others = np.linalg.norm(points - points[0], axis=1)
    assert others[240] < np.median(others) / 4
