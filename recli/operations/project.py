"""A map of the items."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recli import __version__
from recli.analysis.projection import ProjectionSpec, faithfulness, project
from recli.analysis.similarity import nearest
from recli.core.artifact import FileContent
from recli.core.errors import IntegrityError, UsageError
from recli.core.results.project import MAP_FORMATS, NEIGHBORS, EmbeddingMap, Layout, Points, ProjectResult
from recli.operations.artifacts import open_vectors
from recli.operations.files import check_destination, write_file
from recli.store import Artifact, Store

log = logging.getLogger("recli")

POINTS = "points.npy"

Draw = Callable[[EmbeddingMap, str], bytes]
"""Turns a map into a file of one of ``MAP_FORMATS``."""


def formats_of(outs: list[Path]) -> dict[str, Path]:
    """Return format → file from the names of the files that a person asks for.

    Raises:
        UsageError: a name ends in no known format, or two in the same.
    """
    files: dict[str, Path] = {}
    for out in outs:
        fmt = out.suffix.lower().removeprefix(".")
        if fmt not in MAP_FORMATS or fmt in files:
            problem = "is asked for twice" if fmt in files else "is no format for a map"
            raise UsageError(
                f"--out {out}: {out.suffix or 'no suffix'} {problem}: use one each of {', '.join(MAP_FORMATS)}"
            )
        files[fmt] = out
    return files


def project_items(
    store: Store,
    draw: Draw,
    *,
    ref: str | None = None,
    spec: ProjectionSpec | None = None,
    outs: Mapping[str, Path] | None = None,
) -> ProjectResult:
    """Map a version's items to the plane; without ``outs`` it is kept beside the version, and drawn only once.

    Args:
        store: holds the version.
        draw: renders the map.
        ref: the version; by default the latest of the store's first model with item vectors.
        spec: the method; by default t-SNE.
        outs: format → file to write, from ``formats_of``; by default all formats, beside the version.

    Raises:
        NotFoundError: no such version, or it has no item vectors.
        UsageError: the method is not installed.
        StorageError: a file cannot be written.
    """
    for out in (outs or {}).values():
        check_destination(out)
    artifact, space = open_vectors(store, ref)
    used = (spec or ProjectionSpec()).effective(len(space.items))
    kept = _kept(store, artifact, used)
    if kept is None and not outs:
        store.prepare()  # refuse now, not after the work
    vectors = np.asarray(space.vectors)
    points = kept[1] if kept else project(vectors, used)
    layout = lay_out(space.ref, vectors, space.trained, used, points)
    item_map = EmbeddingMap(space.dataset, Points.of_items(space.items), (layout,))
    if outs:
        for fmt, out in outs.items():
            write_file(out, draw(item_map, fmt))
        return ProjectResult(item_map, dict(outs), from_cache=kept is not None)
    place = kept[0] if kept else _keep(store, artifact, used, item_map, draw)
    return ProjectResult(item_map, {fmt: place / f"map.{fmt}" for fmt in MAP_FORMATS}, from_cache=kept is not None)


def lay_out(
    ref: str,
    vectors: NDArray[np.float32],
    trained: NDArray[np.bool_],
    spec: ProjectionSpec,
    points: NDArray[np.float32],
) -> Layout:
    """Return what a version's projection says: points, true neighbours, and how far to believe it.

    Args:
        ref: the version.
        vectors: (n, d), what was projected.
        trained: (n,) which of them training saw.
        spec: how they were projected.
        points: (n, 2), where to.
    """
    near, similarities = nearest(vectors, trained, NEIGHBORS)
    score = faithfulness(vectors, points, near)
    return Layout(ref, spec.method, spec.settings(), trained, points, near, similarities, score)


def _kept(store: Store, artifact: Artifact, spec: ProjectionSpec) -> tuple[Path, NDArray[np.float32]] | None:
    """Return the place and the points of the map drawn before, if it is sound and this recli's own."""
    try:
        kept = store.projection(artifact, spec.key)
        if kept is None or kept.manifest.recli != __version__:
            return None
        kept.verify()
        return kept.path, kept.read_array(POINTS)
    except IntegrityError as error:
        log.warning("the map is drawn anew: %s", error)
        return None


def _keep(store: Store, artifact: Artifact, spec: ProjectionSpec, item_map: EmbeddingMap, draw: Draw) -> Path:
    files: dict[str, FileContent] = {
        POINTS: item_map.layout.points,
        **{f"map.{fmt}": draw(item_map, fmt) for fmt in MAP_FORMATS},
    }
    return store.publish_projection(artifact, spec.key, files, {"method": spec.method, **spec.settings()}).path
