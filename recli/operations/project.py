"""A map of the items."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from recli.analysis.projection import ProjectionSpec, project
from recli.core.errors import IntegrityError, UsageError
from recli.core.reference import ArtifactRef
from recli.core.results.project import ItemMap, ProjectResult
from recli.operations.artifacts import open_vectors
from recli.operations.files import check_destination, write_file
from recli.store import Artifact, Store

log = logging.getLogger("recli")

FORMATS = ("html", "csv", "png")
POINTS = "points.npy"

Draw = Callable[[ItemMap, str], bytes]
"""Turns a map into a file of one of ``FORMATS``."""


def formats_of(outs: list[Path]) -> dict[str, Path]:
    """Return format → file from the names of the files that a person asks for.

    Raises:
        UsageError: a name ends in no known format, or two in the same.
    """
    files: dict[str, Path] = {}
    for out in outs:
        fmt = out.suffix.lower().removeprefix(".")
        if fmt not in FORMATS or fmt in files:
            problem = "is asked for twice" if fmt in files else "is no format for a map"
            raise UsageError(
                f"--out {out}: {out.suffix or 'no suffix'} {problem}: use one each of {', '.join(FORMATS)}"
            )
        files[fmt] = out
    return files


def project_items(
    store: Store,
    draw: Draw,
    *,
    ref: ArtifactRef | None = None,
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
    points = kept.read_array(POINTS) if kept else project(np.asarray(space.vectors), used)
    item_map = ItemMap(space.ref, space.dataset, used.method, used.settings(), space.items, space.trained, points)
    if outs:
        for fmt, out in outs.items():
            write_file(out, draw(item_map, fmt))
        return ProjectResult(item_map, dict(outs), from_cache=kept is not None)
    from_cache = kept is not None
    if kept is None:
        files = {POINTS: points, **{f"map.{fmt}": draw(item_map, fmt) for fmt in FORMATS}}
        kept = store.publish_projection(artifact, used.key, files, {"method": used.method, **used.settings()})
    return ProjectResult(item_map, {fmt: kept.path / f"map.{fmt}" for fmt in FORMATS}, from_cache)


def _kept(store: Store, artifact: Artifact, spec: ProjectionSpec) -> Artifact | None:
    """Return the map made before, if there is a sound one."""
    try:
        return store.projection(artifact, spec.key)
    except IntegrityError as error:
        log.warning("the map is drawn anew: %s", error)
        return None
