"""A map of the items or users, of one version or of two side by side."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recli.analysis.faithfulness import faithfulness
from recli.analysis.projection import ProjectionSpec, align, project
from recli.analysis.sampled import project_sampled
from recli.analysis.similarity import nearest
from recli.core.errors import StorageError, UsageError
from recli.core.results.project import MAP_FORMATS, METADATA, NEIGHBORS, EmbeddingMap, Layout, Points, ProjectResult
from recli.core.spelling import near
from recli.operations.files import check_destination, write_file
from recli.operations.kept_maps import FILES, keep_layout, keep_map, map_key, open_layout, open_map
from recli.operations.spaces import Space, on_the_same_points, open_space
from recli.store import Artifact, Store

MANY = 5_000
"""Points that take a while."""
VERY_MANY = 20_000
"""Points of which t-SNE lays out a sample only: of 60,000 it takes a quarter of an hour, and 640 MB."""
SAMPLE = 10_000
"""Points of such a sample."""

Draw = Callable[[EmbeddingMap, str], bytes]
"""Turns a map into a file of one of ``MAP_FORMATS``, or into the ``METADATA`` beside its vectors."""
Say = Callable[[str], None]
"""Is told what is being done."""


def formats_of(outs: list[Path]) -> dict[str, Path]:
    """Return format → file from the names of the files that a person asks for.

    ``vectors.tsv`` brings ``vectors.metadata.tsv`` with it: the Embedding Projector takes two files.

    Raises:
        UsageError: a name ends in no known format, or two in the same.
    """
    files: dict[str, Path] = {}
    for out in outs:
        fmt = out.suffix.lower().removeprefix(".")
        if fmt not in MAP_FORMATS or fmt in files:
            problem = f"{out.suffix} is asked for twice" if fmt in files else f"{out.name} does not end as a map does"
            raise UsageError(f"--out {out}: {problem}: use one each of {', '.join(f'.{end}' for end in MAP_FORMATS)}")
        files[fmt] = out
        if fmt == "tsv":
            files[METADATA] = out.with_suffix(".metadata.tsv")
    return files


def draw_map(
    store: Store,
    draw: Draw,
    *,
    refs: Sequence[str | None] = (None,),
    users: bool = False,
    spec: ProjectionSpec | None = None,
    color: str = "popularity",
    outs: Mapping[str, Path] | None = None,
    look: str = "",
    say: Say | None = None,
    very_many: int = VERY_MANY,
    sample: int = SAMPLE,
) -> ProjectResult:
    """Map a version's items or users to the plane; the layout is kept beside the version, and computed only once.

    Without ``outs``, so are the files.

    Args:
        store: holds the versions.
        draw: renders the map.
        refs: the version, or two of one dataset to compare; ``None`` is the latest of the first model with vectors.
            The second of two is turned onto the first, and what is kept stands beside the first.
        users: map users, not items.
        spec: the method; by default t-SNE.
        color: what colours mean at first: ``popularity``, ``mean``, ``year``, or a kind of label such as ``genre``.
        outs: format → file to write, from ``formats_of``; by default all formats, beside the version.
        look: names what ``draw`` draws with; files that were kept under another are drawn anew.
        say: is told what is being done, where that takes time.
        very_many: points up to which t-SNE lays out all.
        sample: points that it lays out of more; the others are placed beside those most like them.

    Raises:
        NotFoundError: no such version, or it has no such vectors.
        UsageError: the method is not installed; the versions are not of the same things; nothing has such a colour.
        StorageError: a file cannot be written.
    """
    for out in (outs or {}).values():
        check_destination(out)
    spaces = on_the_same_points([open_space(store, ref, users=users) for ref in refs])
    _require_color(spaces[0].points, color)
    if len(spaces) > 1 and "tsv" in (outs or {}):
        raise UsageError("the Embedding Projector shows one model at a time", fix="recli project REF --out vectors.tsv")
    first = spaces[0].artifact
    n = len(spaces[0].points)
    asked = spec or ProjectionSpec()
    used = replace(asked, sampled=sample if n > very_many and asked.method == "tsne" else asked.sampled).effective(n)
    key = map_key(spaces, used, color)
    found = [open_layout(store, space, used) for space in spaces]
    kept = open_map(store, first, key, look) if all(found) else None
    if kept is None and not outs:
        store.prepare()  # refuse now, not after the work
    tell = say or (lambda text: None)
    layouts = [own or _computed(store, space, used, tell) for own, space in zip(found, spaces, strict=True)]
    shown = EmbeddingMap(spaces[0].dataset.name, spaces[0].points, _aligned(layouts), color)
    files = _write(shown, draw, kept, outs) if outs else _place(store, first, key, kept, shown, draw, look)
    return ProjectResult(shown, files, from_cache=all(found), notes=_notes(spaces[0]), kept=not outs)


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
    score = faithfulness(vectors, points, near, trained)
    return Layout(ref, spec.method, spec.settings(), trained, points, near, similarities, score, vectors)


def _aligned(layouts: Sequence[Layout]) -> tuple[Layout, ...]:
    """Lay the second on the first."""
    first, *others = layouts
    return (
        first,
        *(
            replace(other, points=align(first.points, other.points, first.trained & other.trained))
            for other in others
        ),
    )  # fmt: skip


def _computed(store: Store, space: Space, spec: ProjectionSpec, say: Say) -> Layout:
    """Compute a layout, and keep it where the store can be written: this is what takes the time."""
    n, ref = len(space.points), space.artifact.ref
    say(f"placing {n:,} {space.points.kind} of {ref} by {spec.method}{_patience(n, spec)}")
    if spec.sampled is None:
        points = project(space.vectors, spec)
    else:
        points = project_sampled(space.vectors, spec, space.points.n_ratings)
    if n > MANY:
        say(f"looking for the true neighbours of {n:,} {space.points.kind}")
    layout = lay_out(ref, space.vectors, space.trained, spec, points)
    with suppress(StorageError):  # files asked for elsewhere are written all the same; others say what is wrong
        keep_layout(store, space, spec, layout)
    return layout


def _patience(n: int, spec: ProjectionSpec) -> str:
    """Say what takes long, and what is done so that it does not take longer, before a person waits."""
    if spec.sampled is not None:
        return f": a sample of {spec.sampled:,}, then the others beside those most like them; this takes minutes"
    return "" if n <= MANY or spec.method == "pca" else ": this takes minutes"


def _write(shown: EmbeddingMap, draw: Draw, kept: Artifact | None, outs: Mapping[str, Path]) -> dict[str, Path]:
    for fmt, out in outs.items():
        write_file(out, kept.read_bytes(FILES[fmt]) if kept else draw(shown, fmt))
    return dict(outs)


def _place(
    store: Store, artifact: Artifact, key: str, kept: Artifact | None, shown: EmbeddingMap, draw: Draw, look: str
) -> dict[str, Path]:
    """Return where each format is kept, drawn now unless it was."""
    formats = [fmt for fmt in FILES if len(shown.layouts) == 1 or fmt not in ("tsv", METADATA)]
    if kept is None:
        kept = keep_map(store, artifact, key, {fmt: draw(shown, fmt) for fmt in formats}, look)
    return {fmt: kept.path / FILES[fmt] for fmt in formats}


def _require_color(points: Points, color: str) -> None:
    known = ["popularity", "mean", *(["year"] if points.years.any() else []), *points.labels]
    if color not in known:
        line = f"--color {color}: these {points.kind} have {', '.join(known)}"
        raise UsageError(line, fix="recli project --color mean", candidates=near(color, known))


def _notes(space: Space) -> tuple[str, ...]:
    if space.training_only is None:
        return ()
    about = f"the dataset {space.dataset.name} that {space.artifact.ref} was trained on {space.training_only}"
    return (f"{about}: ratings are counted in its training rows, and mean stars are unknown",)
