"""Maps kept beside their version: pictures that are drawn once, and arrays that are computed once."""

import dataclasses
import logging
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np

from recli import __version__
from recli.analysis.projection import ProjectionSpec
from recli.core.artifact import FileContent
from recli.core.errors import IntegrityError
from recli.core.reference import is_name
from recli.core.results.project import METADATA, NEIGHBORS, NOBODY, EmbeddingMap, Faithfulness, Layout
from recli.models.arrays import checked
from recli.operations.spaces import Space
from recli.store import Artifact, Store

log = logging.getLogger("recli")

FILES = {
    "html": "map.html",
    "csv": "map.csv",
    "png": "map.png",
    "svg": "map.svg",
    "tsv": "vectors.tsv",
    METADATA: "vectors.metadata.tsv",
}
"""Format → name of the kept file."""


def map_key(spaces: Sequence[Space], spec: ProjectionSpec, color: str) -> str:
    """Return the name that a map is kept under, in the first version's directory."""
    first = spaces[0]
    parts = [] if first.points.kind == "items" else ["users"]
    parts.append(spec.key)
    parts += [f"with-{space.artifact.ref.replace(':', '-')}" for space in spaces[1:]]
    parts += (
        [] if color == "popularity" else ["by", color if is_name(color) else sha256(color.encode()).hexdigest()[:8]]
    )
    parts += [] if first.whole else ["training-rows"]
    return "-".join(parts)


def open_kept(store: Store, artifact: Artifact, key: str) -> Artifact | None:
    """Open the map kept under a key, if there is one, it is sound, and this recli's own."""
    try:
        kept = store.projection(artifact, key)
        if kept is None or kept.manifest.recli != __version__:
            return None
        kept.verify()
        return kept
    except IntegrityError as error:
        log.warning("the map is drawn anew: %s", error)
        return None


def keep(store: Store, artifact: Artifact, key: str, shown: EmbeddingMap, drawn: dict[str, bytes]) -> Artifact:
    """Keep a map: ``drawn`` holds format → content."""
    files: dict[str, FileContent] = {FILES[fmt]: content for fmt, content in drawn.items()}
    for which, layout in enumerate(shown.layouts):
        files |= {
            _array("points", which): layout.points,
            _array("neighbors", which): layout.neighbors,
            _array("similarities", which): layout.similarities,
        }
    scores = [layout.faithfulness and dataclasses.asdict(layout.faithfulness) for layout in shown.layouts]
    about: dict[str, Any] = {"method": shown.layout.method, **shown.layout.settings, "faithfulness": scores}
    return store.publish_projection(artifact, key, files, about)


def read_layouts(kept: Artifact, spaces: Sequence[Space], spec: ProjectionSpec) -> tuple[Layout, ...] | None:
    """Return the layouts of a kept map; ``None`` where it is not what was written, and is to be made anew."""
    try:
        scores = kept.manifest.about["faithfulness"]
        return tuple(_read(kept, which, space, spec, scores[which]) for which, space in enumerate(spaces))
    except (IntegrityError, KeyError, TypeError, IndexError) as error:
        log.warning("the map is drawn anew: %s", error)
        return None


def _read(kept: Artifact, which: int, space: Space, spec: ProjectionSpec, score: dict[str, Any] | None) -> Layout:
    n = len(space.points)
    names = [_array(name, which) for name in ("points", "neighbors", "similarities")]
    points = checked({names[0]: kept.read_array(names[0])}, {names[0]: (n, 2)})[names[0]]
    near = checked({names[1]: kept.read_array(names[1])}, {names[1]: (n, NEIGHBORS)}, np.int32)[names[1]]
    similarities = checked({names[2]: kept.read_array(names[2])}, {names[2]: (n, NEIGHBORS)})[names[2]]
    if ((near < NOBODY) | (near >= n)).any():
        raise IntegrityError("it names neighbours that there are not")
    return Layout(
        space.artifact.ref, spec.method, spec.settings(), space.trained, points, near, similarities,
        None if score is None else Faithfulness(**score), space.vectors,
    )  # fmt: skip


def _array(name: str, which: int) -> str:
    return f"{name}.npy" if which == 0 else f"{name}-{which + 1}.npy"
