"""Projections: exact where arithmetic says what must come out, reproducible and finite everywhere."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recli.analysis.projection import METHODS, ProjectionSpec, align, project
from recli.core.errors import InputDataError, UsageError

pytestmark = pytest.mark.filterwarnings("error")


def blobs(n: int = 90, dimensions: int = 8) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Three groups of vectors far from each other, and the group of each."""
    rng = np.random.default_rng(3)
    groups = np.arange(n) % 3
    centres = 20 * np.eye(3, dimensions)
    return (centres[groups] + rng.normal(size=(n, dimensions))).astype(np.float32), groups


def near_share(points: NDArray[np.float32], groups: NDArray[np.intp]) -> float:
    """The share of points whose nearest other point is of their own group."""
    distances = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(distances, np.inf)
    return float((groups[distances.argmin(axis=1)] == groups).mean())


class TestSpec:
    @pytest.mark.parametrize(
        ("spec", "key"),
        [
            (ProjectionSpec(), "tsne-cosine-perplexity30-seed0"),
            (ProjectionSpec(perplexity=12.5, seed=7), "tsne-cosine-perplexity12.5-seed7"),
            (ProjectionSpec("umap"), "umap-cosine-neighbors15-seed0"),
            (ProjectionSpec("pca", perplexity=9, seed=4, metric="euclidean"), "pca-euclidean"),
        ],
    )
    def test_the_key_names_what_the_method_reads(self, spec: ProjectionSpec, key: str):
        assert spec.key == key

    def test_settings_are_those_the_method_reads(self):
        assert ProjectionSpec().settings() == {"metric": "cosine", "perplexity": 30.0, "seed": 0}
        assert ProjectionSpec("umap", seed=2).settings() == {"metric": "cosine", "neighbors": 15, "seed": 2}
        assert ProjectionSpec("pca").settings() == {"metric": "cosine"}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"method": "isomap"},
            {"metric": "manhattan"},
            {"perplexity": 0.5},
            {"perplexity": float("nan")},
            {"perplexity": float("inf")},
            {"neighbors": 1},
            {"seed": -1},
            {"seed": 2**32},
        ],
    )
    def test_a_spec_that_makes_no_sense_is_a_usage_error(self, wrong: dict):
        with pytest.raises(UsageError, match=next(iter(wrong))):
            ProjectionSpec(**wrong)

    def test_the_settings_come_down_to_what_the_points_allow(self):
        assert ProjectionSpec().effective(1682) == ProjectionSpec()
        assert ProjectionSpec().effective(20).perplexity == 6  # (20 - 1) / 3, rounded down
        assert ProjectionSpec("umap").effective(10).neighbors == 9
        assert ProjectionSpec().effective(4).perplexity == 1
        assert ProjectionSpec().effective(3).method == "pca"


class TestPCA:
    def test_a_known_matrix(self):
        """Points on the corners of a 4 × 2 rectangle in a plane of three-space."""
        vectors = np.array([[2, 1, 5], [2, -1, 5], [-2, 1, 5], [-2, -1, 5]], dtype=np.float32)
        points = project(vectors, ProjectionSpec("pca", metric="euclidean"))
        np.testing.assert_allclose(points, [[2, 1], [2, -1], [-2, 1], [-2, -1]], atol=1e-6)

    def test_it_is_that_of_scikit_learn(self):
        from sklearn.decomposition import PCA

        vectors = blobs()[0] * np.arange(1, 9, dtype=np.float32)  # so that no two directions vary alike
        expected = PCA(2, svd_solver="full").fit_transform(vectors.astype(np.float64))
        np.testing.assert_allclose(
            project(vectors, ProjectionSpec("pca", metric="euclidean")), expected, rtol=1e-4, atol=1e-4
        )

    def test_one_dimension_fills_one_axis(self):
        points = project(np.array([[1], [3], [5]], dtype=np.float32), ProjectionSpec("pca", metric="euclidean"))
        np.testing.assert_allclose(points, [[-2, 0], [0, 0], [2, 0]], atol=1e-6)

    def test_three_points_keep_their_distances_whatever_the_method(self):
        vectors = np.array([[0, 0, 0], [3, 0, 0], [0, 4, 0]], dtype=np.float32)
        points = project(vectors, ProjectionSpec("tsne", metric="euclidean"))
        sides = [np.linalg.norm(points[a] - points[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
        np.testing.assert_allclose(sides, [3, 4, 5], rtol=1e-6)


class TestMetric:
    def test_by_cosine_only_directions_count(self):
        vectors = np.array([[1, 0], [5, 0], [0, 2], [0, 30], [-1, 0]], dtype=np.float32)
        points = project(vectors, ProjectionSpec("pca"))
        np.testing.assert_allclose(points[0], points[1], atol=1e-6)
        np.testing.assert_allclose(points[2], points[3], atol=1e-6)
        assert np.linalg.norm(points[0] - points[4]) == pytest.approx(2, abs=1e-5)

    def test_vectors_of_one_direction_share_the_origin(self):
        vectors = np.outer([0.1, 3, 7, 11, 13], [1, 0.3, 0.7]).astype(np.float32)
        np.testing.assert_array_equal(project(vectors, ProjectionSpec("tsne")), np.zeros((5, 2)))


class TestAlign:
    def test_what_is_turned_mirrored_scaled_and_shifted_comes_back(self):
        points = np.array([[0, 0], [2, 0], [2, 1], [0, 3]], dtype=np.float32)
        other = (3 * points @ np.array([[0, 1], [1, 0]]) + [5, -7]).astype(np.float32)  # mirrored at the diagonal
        everyone = np.ones(4, dtype=np.bool_)
        np.testing.assert_allclose(align(points, other, everyone), points, atol=1e-5)

    def test_points_that_do_not_count_move_with_the_others(self):
        points = np.array([[0, 0], [1, 0], [0, 1], [9, 9]], dtype=np.float32)
        other = np.array([[0, 0], [2, 0], [0, 2], [-4, 2]], dtype=np.float32)
        moved = align(points, other, np.array([True, True, True, False]))
        np.testing.assert_allclose(moved, [[0, 0], [1, 0], [0, 1], [-2, 1]], atol=1e-6)

    def test_too_little_to_go_by_leaves_it_as_it_is(self):
        other = np.array([[1, 1], [1, 1]], dtype=np.float32)
        np.testing.assert_array_equal(align(other * 2, other, np.ones(2, dtype=np.bool_)), other)


class TestEveryMethod:
    @pytest.mark.parametrize("method", ["tsne", "pca"])
    def test_groups_stay_together_and_a_seed_repeats_itself(self, method: str):
        vectors, groups = blobs()
        points = project(vectors, ProjectionSpec(method, seed=1))
        assert points.shape == (90, 2)
        assert points.dtype == np.float32
        assert near_share(points, groups) == 1
        np.testing.assert_array_equal(points, project(vectors, ProjectionSpec(method, seed=1)))
        if method != "pca":
            assert not np.array_equal(points, project(vectors, ProjectionSpec(method, seed=2)))

    @settings(max_examples=40)
    @given(
        method=st.sampled_from(["tsne", "pca"]),
        n=st.integers(1, 9),
        dimensions=st.integers(1, 3),
        scale=st.sampled_from([1e-30, 1.0, 1e30]),
        distinct=st.integers(1, 9),
    )
    def test_small_and_degenerate_inputs_give_finite_points(
        self, method: str, n: int, dimensions: int, scale: float, distinct: int
    ):
        rng = np.random.default_rng(n)
        vectors = (scale * rng.normal(size=(n, dimensions))).astype(np.float32)[np.arange(n) % distinct]
        points = project(vectors, ProjectionSpec(method))
        assert points.shape == (n, 2)
        assert np.isfinite(points).all()

    @pytest.mark.parametrize("method", METHODS)
    def test_equal_vectors_share_the_origin(self, method: str):
        vectors = np.full((6, 4), 0.1, dtype=np.float32)  # 0.1 has no exact mean
        np.testing.assert_array_equal(project(vectors, ProjectionSpec(method)), np.zeros((6, 2)))

    @pytest.mark.parametrize("shape", [(0, 4), (4, 0), (4,)])
    def test_nothing_to_project(self, shape: tuple[int, ...]):
        with pytest.raises(InputDataError, match="nothing to project"):
            project(np.zeros(shape, dtype=np.float32), ProjectionSpec())

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_values_that_are_no_numbers(self, value: float):
        with pytest.raises(InputDataError, match="not finite"):
            project(np.array([[1, value]], dtype=np.float32), ProjectionSpec())


UMAP_SESSION = """
import json, sys
from recli.analysis.projection import ProjectionSpec, project
from tests.analysis.test_projection import blobs
vectors, _ = blobs()
maps = [project(vectors, ProjectionSpec("umap", seed=seed)).tolist() for seed in (1, 1, 2)]
few = [project(vectors[:n, :1], ProjectionSpec("umap")).tolist() for n in (1, 3, 4, 5)]
loaded = sorted({"tensorflow", "keras", "umap", "umap.parametric_umap"} & set(sys.modules))
print(json.dumps({"maps": maps, "few": few, "loaded": loaded}))
"""


class TestUMAP:
    @pytest.mark.skipif(find_spec("umap") is None, reason="the umap extra is not installed")
    def test_it_maps_as_the_others_do_and_loads_no_tensorflow(self):
        """In a process of its own: elsewhere another test may have loaded TensorFlow. Warnings are errors in it."""
        command = [sys.executable, "-W", "error", "-c", UMAP_SESSION]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
        assert done.stderr == ""
        session = json.loads(done.stdout)
        assert session["loaded"] == ["umap"]
        first, again, other = (np.array(points, dtype=np.float32) for points in session["maps"])
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)
        assert near_share(first, blobs()[1]) == 1
        assert all(np.isfinite(points).all() for points in session["few"])

    def test_without_the_extra_the_error_says_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setitem(sys.modules, "umap", None)
        with pytest.raises(UsageError, match="not installed") as caught:
            project(blobs()[0], ProjectionSpec("umap"))
        assert caught.value.fix == "pip install 'recli[umap]'"
