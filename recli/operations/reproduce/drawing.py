"""What there is to draw: the items placed in the plane, the notebook's item beside all others, and what came of it."""

import struct
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recli.analysis.projection import ProjectionSpec, project
from recli.analysis.similarity import cosines, top_n
from recli.core.dataset import Dataset
from recli.core.errors import UsageError
from recli.core.results.project import EmbeddingMap, Points
from recli.core.results.reproduce import Picture
from recli.core.results.similar import VECTORS, Neighbor, SimilarResult, TitleMatch
from recli.operations.project import lay_out
from recli.operations.reproduce.checking import Found, Missing
from recli.operations.reproduce.measure_models import Trained

_PNG = b"\x89PNG\r\n\x1a\n"
_SHOWN_ITEM = 181


def place_items(
    data: Dataset, vectors: NDArray[np.float32], dot: Trained, seed: int, say: Callable[[str], None]
) -> tuple[list[EmbeddingMap], dict[str, Found]]:
    """Lay the items out by each method; one that is not installed is missing, which is no failure."""
    maps: list[EmbeddingMap] = []
    placed: dict[str, Found] = {}
    for method in ("tsne", "umap"):
        spec = ProjectionSpec(method, perplexity=30.0, seed=seed, metric="euclidean").effective(len(vectors))
        say(f"placing {len(vectors):,} items by {method}")
        try:
            points = project(vectors, spec)
        except UsageError as error:
            placed[method] = Missing(error.message, error.fix or "")
            continue
        trained = dot.predictor.support.items > 0
        layout = lay_out("dot", vectors, trained, spec, points)
        maps.append(EmbeddingMap(data.name, Points.of_items(data.items), (layout,)))
        placed[method] = int(np.isfinite(points).all(axis=1).sum())
    return maps, placed


def similar_to_shown(data: Dataset, vectors: NDArray[np.float32], dot: Trained) -> SimilarResult:
    """Compare the notebook's item with all others, as its histogram does."""
    items = data.items
    query = items.vocabulary.num(_SHOWN_ITEM) or 0
    similarities = cosines(vectors[query], vectors)
    others = np.arange(len(items)) != query
    nearest = top_n(similarities, others & (dot.predictor.support.items > 0), 10)
    matches = [
        TitleMatch(items.vocabulary.id(num), items.titles[num], items.year(num), int(items.n_ratings[num]))
        for num in (query, *nearest.tolist())
    ]
    neighbors = tuple(
        Neighbor(rank, own.item_id, own.title, own.year, float(similarities[num]), own.ratings)
        for rank, (num, own) in enumerate(zip(nearest.tolist(), matches[1:], strict=True), 1)
    )
    return SimilarResult(
        ref="dot", method=VECTORS, query=matches[0], matches=(matches[0],), exact=True, neighbors=neighbors,
        min_ratings=0, hidden=0, untrained=int(np.count_nonzero(dot.predictor.support.items == 0)),
        query_trained=True, similarities=similarities[others],
    )  # fmt: skip


def measure_pictures(pictures: Sequence[Picture], placed: Mapping[str, Found]) -> dict[str, Found]:
    """Tell of each picture whether it was drawn; the map of a method that placed nothing is missing as its points."""
    found: dict[str, Found] = {
        f"picture map-{method}": own for method, own in placed.items() if isinstance(own, Missing)
    }
    for picture in pictures:
        found[f"picture {picture.name}"] = "drawn" if _pixels(picture.png) else "no picture"
    return found


def _pixels(png: bytes) -> int:
    """Return width × height of a PNG, by its header; 0 for anything else."""
    if len(png) < 24 or not png.startswith(_PNG):
        return 0
    width, height = struct.unpack(">II", png[16:24])
    return int(width * height)
