"""Vectors to points in the plane: t-SNE, UMAP and PCA, each reproducible by its seed."""

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import InputDataError, UsageError, require
from recli.core.imports import absent
from recli.core.results.project import Faithfulness

METHODS = ("tsne", "umap", "pca")
"""Names of the projection methods, the default first."""

TSNE_ITERATIONS = 500
"""Half of scikit-learn's default. On the item vectors of ML-100K the second half moves the KL divergence by 1.5 % (as
much as another seed does) and the trustworthiness by nothing, and doubles the time."""

_TSNE_START = 1e-4
"""Standard deviation of the first axis at the start: small, so that early forces can rearrange everything."""
_UMAP_START = 3.0
"""The same for UMAP, whose own starts reach to about 10."""
_NOISE = 0.01
"""Of a start, as a share of its standard deviation; this is what a seed changes first."""
_FITS_THE_PLANE = 3
"""Points that any two directions hold exactly."""


@dataclass(frozen=True)
class ProjectionSpec:
    """How to project; the same spec on the same vectors gives the same points. An instance that exists is valid."""

    method: str = "tsne"
    """One of ``METHODS``."""
    perplexity: float = 30.0
    """t-SNE: the effective number of neighbours that a point attends to, at least 1."""
    neighbors: int = 15
    """UMAP: neighbours a point is joined to, at least 2."""
    seed: int = 0
    """t-SNE and UMAP: of the optimisation, 0 to 2³² - 1."""

    def __post_init__(self) -> None:
        wide = bool(np.isfinite(self.perplexity)) and self.perplexity >= 1
        rules = (
            (self.method in METHODS, f"--method must be one of {', '.join(METHODS)}, not {self.method}"),
            (wide, f"--perplexity must be a number from 1 up, not {self.perplexity}"),
            (self.neighbors >= 2, f"--neighbors must be 2 or more, not {self.neighbors}"),
            (0 <= self.seed < 2**32, f"--seed must be 0 to {2**32 - 1}, not {self.seed}"),
        )
        for holds, message in rules:
            require(holds, message, fix="recli project --help")

    def settings(self) -> dict[str, Any]:
        """Return the settings that the method reads, by name; PCA reads none."""
        if self.method == "tsne":
            return {"perplexity": self.perplexity, "seed": self.seed}
        if self.method == "umap":
            return {"neighbors": self.neighbors, "seed": self.seed}
        return {}

    @property
    def key(self) -> str:
        """The spec as a file name, ``tsne-perplexity30-seed0``: equal keys mean equal maps."""
        settings = (f"{name}{str(value).removesuffix('.0')}" for name, value in self.settings().items())
        return "-".join((self.method, *settings))

    def effective(self, n: int) -> "ProjectionSpec":
        """Return the spec that n vectors allow: what ``project`` uses in this one's place.

        t-SNE looks for 3 · perplexity neighbours of each point, so n points allow a perplexity of (n - 1) / 3, rounded
        down; UMAP joins at most n - 1 neighbours. Three points lie in a plane as they are: PCA shows them exactly.
        """
        if n <= _FITS_THE_PLANE:
            return replace(self, method="pca")
        return replace(self, perplexity=min(self.perplexity, (n - 1) // 3), neighbors=min(self.neighbors, n - 1))


def project(vectors: NDArray[np.float32], spec: ProjectionSpec) -> NDArray[np.float32]:
    """Lay vectors out in the plane so that near ones stay near.

    Args:
        vectors: (n, d) float32, n and d at least 1.
        spec: the method and its settings, brought down to what n allows (see ``ProjectionSpec.effective``).

    Returns:
        (n, 2) float32, finite; the axes have no unit. Vectors that are all equal share one point, the origin.

    Raises:
        InputDataError: there are no vectors, or they hold values that are not finite.
        UsageError: UMAP is asked for and not installed.
    """
    _require_projectable(vectors)
    if (vectors == vectors[0]).all():
        return np.zeros((len(vectors), 2), dtype=np.float32)
    spec = spec.effective(len(vectors))
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    if spec.method == "pca":
        return _pca(centred).astype(np.float32)
    # Neither method depends on the unit of the vectors, but tiny or huge ones would leave float32 on the way.
    scaled = (centred / np.abs(centred).max()).astype(np.float32)
    return _tsne(scaled, spec) if spec.method == "tsne" else _umap(scaled, spec)


def faithfulness(
    vectors: NDArray[np.float32], points: NDArray[np.float32], near: NDArray[np.int32]
) -> Faithfulness | None:
    """Say how far a map may be believed; ``None`` where there are too few points to tell.

    Args:
        vectors: (n, d), what was projected.
        points: (n, 2), where to.
        near: (n, k) the true nearest of each, -1 where there are fewer.
    """
    from sklearn.manifold import trustworthiness
    from sklearn.neighbors import NearestNeighbors

    k = near.shape[1]
    if len(points) <= 2 * k:
        return None
    on_map = NearestNeighbors(n_neighbors=k).fit(points).kneighbors(return_distance=False)
    kept = np.mean([len(np.intersect1d(true, shown)) for true, shown in zip(near, on_map, strict=True)]) / k
    return Faithfulness(k, float(trustworthiness(vectors, points, n_neighbors=k, metric="cosine")), float(kept))


def _require_projectable(vectors: NDArray[np.float32]) -> None:
    if vectors.ndim != 2 or 0 in vectors.shape:
        raise InputDataError(f"nothing to project: the vectors have shape {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise InputDataError("cannot project: the vectors hold values that are not finite numbers")


def _pca(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project (n, d) onto its two directions of largest variance, (n, 2) (Pearson 1901; Hotelling 1933).

    A direction and its opposite are equally principal: the one whose largest loading is positive is taken, as
    scikit-learn does, or the map would be mirrored at random. A direction that n or d lacks is all 0.
    """
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    first_two = directions[:2]
    largest = np.take_along_axis(first_two, np.abs(first_two).argmax(axis=1, keepdims=True), axis=1)
    points = centred @ (first_two * np.sign(largest)).T
    return np.pad(points, ((0, 0), (0, 2 - points.shape[1])))


def _tsne(vectors: NDArray[np.float32], spec: ProjectionSpec) -> NDArray[np.float32]:
    """Run Barnes-Hut t-SNE (van der Maaten 2014) from the PCA of the vectors.

    Starting from PCA keeps more of the global arrangement than a random start, and takes the luck of the draw out of it
    (Kobak and Berens 2019, "The art of using t-SNE for single-cell transcriptomics").
    """
    from sklearn.manifold import TSNE

    model = TSNE(
        perplexity=spec.perplexity,
        init=_start(vectors, _TSNE_START, spec.seed),
        max_iter=TSNE_ITERATIONS,
        random_state=spec.seed,
        n_jobs=-1,
    )
    return model.fit_transform(vectors).astype(np.float32)


def _umap(vectors: NDArray[np.float32], spec: ProjectionSpec) -> NDArray[np.float32]:
    """Run UMAP (McInnes, Healy and Melville 2018) from the PCA of the vectors.

    An informative start matters to UMAP as it does to t-SNE (Kobak and Linderman 2021). PCA serves as well as the
    spectral start that is UMAP's default, and exists for every input: the spectral one needs a connected graph.
    """
    model = _import_umap()(
        n_neighbors=spec.neighbors,
        init=_start(vectors, _UMAP_START, spec.seed),
        random_state=spec.seed,
        n_jobs=1,  # more would make the result depend on the order in which threads finish
    )
    return model.fit_transform(vectors).astype(np.float32)


def _start(vectors: NDArray[np.float32], spread: float, seed: int) -> NDArray[np.float32]:
    """Return where the optimisation starts: the PCA of (n, d), scaled to a standard deviation on the first axis.

    A little noise parts points that would start in one place, or on one line, and could never leave it.
    """
    points = _pca(vectors.astype(np.float64))
    noise = np.random.default_rng(seed).normal(scale=_NOISE, size=points.shape)
    return ((points / points[:, 0].std() + noise) * spread).astype(np.float32)


def _import_umap() -> Any:
    """Return the class ``umap.UMAP``.

    Raises:
        UsageError: the extra is not installed.
    """
    try:
        # umap's __init__ would load TensorFlow for its ParametricUMAP, which takes seconds and is not wanted here.
        with absent("umap.parametric_umap"), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Tensorflow not installed", ImportWarning)
            from umap import UMAP
    except ModuleNotFoundError as missing:
        if missing.name != "umap":
            raise
        raise UsageError("UMAP is not installed: it is an extra", fix='pip install "recli[umap]"') from None
    return UMAP
