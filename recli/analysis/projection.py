"""Vectors to points in the plane: t-SNE, UMAP and PCA, each reproducible by its seed."""

import os
import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.analysis.similarity import unit_vectors
from recli.core.errors import InputDataError, UsageError, require, require_one_of
from recli.core.imports import absent

METHODS = ("tsne", "umap", "pca")
"""Names of the projection methods, the default first."""
METRICS = ("cosine", "euclidean")
"""What near means among the vectors, the default first: ``similar`` compares by cosine too. On the item vectors of
ML-100K it keeps more of a film's ten nearest by cosine on the map: 31 against 24 % of `dot`, 39 against 35 % of
`bayes` (t-SNE; UMAP alike)."""

TSNE_ITERATIONS = 500
"""Half of scikit-learn's default. On the item vectors of ML-100K the second half moves the KL divergence by 1.5 % (as
much as another seed does) and the trustworthiness by nothing, and doubles the time."""

_ANGLE = 0.8
"""Of Barnes-Hut: how coarsely far points are summed up, at the fast end of what scikit-learn advises (0.2 to 0.8). On
the same vectors it saves a fifth of the time, and trustworthiness and kept neighbours stay the same to 0.002."""
_ROUNDING = 1e-6
"""Vectors that differ by less, as a share of their size, are equal: float32 knows no better."""
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
    metric: str = "cosine"
    """One of ``METRICS``."""
    sampled: int | None = None
    """t-SNE: points that are laid out, all others being placed beside them; ``None`` where all are."""

    def __post_init__(self) -> None:
        require_one_of("--method", self.method, METHODS, fix="recli project --help")
        require_one_of("--metric", self.metric, METRICS, fix="recli project --help")
        wide = bool(np.isfinite(self.perplexity)) and self.perplexity >= 1
        rules = (
            (wide, f"--perplexity must be a number from 1 up, not {self.perplexity}"),
            (self.neighbors >= 2, f"--neighbors must be 2 or more, not {self.neighbors}"),
            (0 <= self.seed < 2**32, f"--seed must be 0 to {2**32 - 1}, not {self.seed}"),
        )
        for holds, message in rules:
            require(holds, message, fix="recli project --help")

    def settings(self) -> dict[str, Any]:
        """Return the settings that the method reads, by name."""
        settings: dict[str, Any] = {"metric": self.metric}
        if self.method == "tsne":
            settings |= {"perplexity": self.perplexity, "seed": self.seed}
            settings |= {} if self.sampled is None else {"sampled": self.sampled}
        if self.method == "umap":
            settings |= {"neighbors": self.neighbors, "seed": self.seed}
        return settings

    @property
    def key(self) -> str:
        """The spec as a file name, ``tsne-cosine-perplexity30-seed0``: equal keys mean equal maps."""
        numbers = (
            f"{name}{str(value).removesuffix('.0')}" for name, value in self.settings().items() if name != "metric"
        )
        return "-".join((self.method, self.metric, *numbers))

    def effective(self, n: int) -> "ProjectionSpec":
        """Return the spec that n vectors allow: what ``project`` uses in this one's place.

        t-SNE looks for 3 · perplexity neighbours of each point, so n points allow a perplexity of (n - 1) / 3, rounded
        down; UMAP joins at most n - 1 neighbours. Three points lie in a plane as they are: PCA shows them exactly.
        """
        if n <= _FITS_THE_PLANE:
            return replace(self, method="pca")
        laid_out = self.sampled if self.sampled is not None and self.sampled < n else None
        perplexity = min(self.perplexity, ((laid_out or n) - 1) // 3)
        return replace(self, perplexity=perplexity, neighbors=min(self.neighbors, n - 1), sampled=laid_out)


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
    # No method depends on the unit of the vectors, but tiny or huge ones would leave float32 on the way.
    size = float(np.abs(vectors).max()) or 1.0
    scaled = vectors.astype(np.float64) / size
    if spec.metric == "cosine":
        # Between vectors of length 1 the Euclidean distance is sqrt(2 - 2 · cosine): it puts them in the same order.
        scaled, size = unit_vectors(scaled), 1.0
    centred = scaled - scaled.mean(axis=0)
    spread = float(np.abs(centred).max())
    if spread <= _ROUNDING:
        return np.zeros((len(vectors), 2), dtype=np.float32)
    spec = spec.effective(len(vectors))
    if spec.method == "pca":
        return (_pca(centred) * size).astype(np.float32)
    even = (centred / spread).astype(np.float32)
    return _tsne(even, spec) if spec.method == "tsne" else _umap(even, spec)


def align(points: NDArray[np.float32], other: NDArray[np.float32], shared: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Turn, mirror and shift one map as a whole so that it lies on another as well as it can, and is as large.

    Procrustes (Gower 1975), but for the scale: the best one shrinks a map the more, the less it agrees with the other.
    None of this changes who is near whom.

    Args:
        points: (n, 2) to lie on.
        other: (n, 2) to be moved, the same things in the same order.
        shared: (n,) which of them count for the fit; fewer than 2 leave the other as it is.

    Returns:
        (n, 2) the other, moved.
    """
    from scipy.linalg import orthogonal_procrustes

    if shared.sum() < 2:
        return other
    here, there = points[shared].astype(np.float64), other[shared].astype(np.float64)
    middle, away = here.mean(axis=0), there.mean(axis=0)
    turn, _ = orthogonal_procrustes(there - away, here - middle)
    size, other_size = (float(np.linalg.norm(own)) for own in (here - middle, there - away))
    if size == 0 or other_size == 0:
        return other
    return ((other - away) @ turn * (size / other_size) + middle).astype(np.float32)


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
    # Of n > d vectors the d × d matrix of covariances says the same as their decomposition, in a tenth of the time.
    n, d = centred.shape
    directions = np.linalg.eigh(centred.T @ centred)[1].T[::-1] if n > d else np.linalg.svd(centred)[2]
    first_two = directions[: min(2, n, d)]
    largest = np.take_along_axis(first_two, np.abs(first_two).argmax(axis=1, keepdims=True), axis=1)
    points = centred @ (first_two * np.sign(largest)).T
    return np.pad(points, ((0, 0), (0, 2 - points.shape[1])))


def _tsne(vectors: NDArray[np.float32], spec: ProjectionSpec) -> NDArray[np.float32]:
    """Run Barnes-Hut t-SNE (van der Maaten 2014) from the PCA of the vectors.

    Starting from PCA keeps more of the global arrangement than a random start, and takes the luck of the draw out of it
    (Kobak and Berens 2019, "The art of using t-SNE for single-cell transcriptomics").
    """
    # With waiting threads that spin, as is OpenMP's default, another busy program makes each of the many short parallel
    # loops wait for a whole turn of it: t-SNE takes 3 to 9 times as long. Read when the library loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with absent("pandas"):  # a fifth of a second, for data frames that nobody gives it
        from sklearn.manifold import TSNE

    model = TSNE(
        perplexity=spec.perplexity,
        init=_start(vectors, _TSNE_START, spec.seed),
        max_iter=TSNE_ITERATIONS,
        angle=_ANGLE,
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
        raise UsageError("UMAP is not installed: it is an extra", fix="pip install 'recli[umap]'") from None
    return UMAP
