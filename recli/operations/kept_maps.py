"""What is kept beside a version: layouts, which are computed once, and the files of maps, drawn once by colour."""

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np

from recli import __version__
from recli.analysis.projection import ProjectionSpec
from recli.core.artifact import FileContent
from recli.core.errors import IntegrityError
from recli.core.reference import is_name
from recli.core.results.project import METADATA, NEIGHBORS, NOBODY, Faithfulness, Layout
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
_ARRAYS = ("points", "neighbors", "similarities")
"""Of a layout."""


def layout_key(space: Space, spec: ProjectionSpec) -> str:
    """Return the name that the layout of one version is kept under, in its directory: no colour changes it."""
    return f"layout-{map_key([space], spec)}"


def map_key(spaces: Sequence[Space], spec: ProjectionSpec, color: str = "popularity") -> str:
    """Return the name that a map is kept under, in the first version's directory."""
    first = spaces[0]
    parts = [] if first.points.kind == "items" else ["users"]
    parts.append(spec.key)
    parts += [f"with-{space.artifact.ref.replace(':', '-')}" for space in spaces[1:]]
    parts += (
        [] if color == "popularity" else ["by", color if is_name(color) else sha256(color.encode()).hexdigest()[:8]]
    )
    parts += ["training-rows"] if first.training_only else []
    return "-".join(parts)


def open_map(store: Store, artifact: Artifact, key: str, look: str) -> Artifact | None:
    """Open the files of the map kept under a key, if there are some, sound, and drawn as this recli draws."""
    kept = _open(store, artifact, key)
    return kept if kept and kept.manifest.about.get("look") == look else None


def keep_map(store: Store, artifact: Artifact, key: str, drawn: Mapping[str, bytes], look: str) -> Artifact:
    """Keep the files of a map: ``drawn`` holds format → content."""
    return store.publish_projection(artifact, key, {FILES[fmt]: own for fmt, own in drawn.items()}, {"look": look})


def open_layout(store: Store, space: Space, spec: ProjectionSpec) -> Layout | None:
    """Return the layout kept of a version; ``None`` where there is none, or it is not what was written."""
    kept = _open(store, space.artifact, layout_key(space, spec))
    try:
        return None if kept is None else _read(kept, space, spec)
    except (IntegrityError, KeyError, TypeError) as error:
        log.warning("the map is drawn anew: %s", error)
        return None


def keep_layout(store: Store, space: Space, spec: ProjectionSpec, layout: Layout) -> None:
    """Keep what took the time."""
    files: dict[str, FileContent] = {f"{name}.npy": getattr(layout, name) for name in _ARRAYS}
    score = layout.faithfulness and dataclasses.asdict(layout.faithfulness)
    about: dict[str, Any] = {"method": layout.method, **layout.settings, "faithfulness": score}
    store.publish_projection(space.artifact, layout_key(space, spec), files, about)


def _open(store: Store, artifact: Artifact, key: str) -> Artifact | None:
    try:
        kept = store.projection(artifact, key)
        if kept is None or kept.manifest.recli != __version__:
            return None
        kept.verify()
        return kept
    except IntegrityError as error:
        log.warning("the map is drawn anew: %s", error)
        return None


def _read(kept: Artifact, space: Space, spec: ProjectionSpec) -> Layout:
    n = len(space.points)
    points, near, similarities = (kept.read_array(f"{name}.npy") for name in _ARRAYS)
    checked({"points": points, "similarities": similarities}, {"points": (n, 2), "similarities": (n, NEIGHBORS)})
    checked({"neighbors": near}, {"neighbors": (n, NEIGHBORS)}, np.int32)
    if ((near < NOBODY) | (near >= n)).any():
        raise IntegrityError("it names neighbours that there are not")
    score = kept.manifest.about["faithfulness"]
    return Layout(
        space.artifact.ref, spec.method, spec.settings(), space.trained, points, near, similarities,
        None if score is None else Faithfulness(**score), space.vectors,
    )  # fmt: skip
