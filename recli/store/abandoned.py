"""Checkpoints that no run will go on from: of one that is published, or that nobody has touched for long."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from recli.core.errors import IntegrityError
from recli.store import io
from recli.store.artifact import open_artifact
from recli.store.catalog import complete_versions, model_directories
from recli.store.checkpoints import hold, keys, lock_path, remove
from recli.store.holding import RemovedError, is_held
from recli.store.layout import checkpoint_place, version_place

RUN = "run"
"""In the manifest of a version: the key of its checkpoints."""


def abandoned(root: Path, before: float) -> Iterator[str]:
    """Yield the keys of checkpoints, and of locks, that nobody holds and that are of no use any more.

    Args:
        root: of the store.
        before: seconds since 1970; what has not been touched since goes.
    """
    published: dict[str, str] | None = None
    for key in keys(root):
        if is_held(lock_path(root, key)):
            continue
        with suppress(FileNotFoundError):  # its process lives, and is done
            path = path_of(root, key)
            if io.modified(path) < before:
                yield key
                continue
            published = _published(root) if published is None else published
            if _created(root, key) <= published.get(key, ""):
                yield key


def path_of(root: Path, key: str) -> Path:
    """Return a run's checkpoint, or the lock where that alone is left."""
    path = checkpoint_place(root, key).path
    return path if io.kind(path) != "missing" else lock_path(root, key)


def discard(root: Path, key: str) -> None:
    """Remove a checkpoint and its lock, unless a process has come since that is at its run."""
    with hold(root, key) as alone:
        if alone:
            remove(root, checkpoint_place(root, key))


def _created(root: Path, key: str) -> str:
    try:
        return open_artifact(checkpoint_place(root, key)).manifest.created
    except IntegrityError:
        return "~"  # damaged, or no more than a lock: old enough only once it is old


def _published(root: Path) -> dict[str, str]:
    """Return run → when a version of it was published last."""
    found: dict[str, str] = {}
    for model in model_directories(root):
        for number in complete_versions(root, model):
            with suppress(IntegrityError, RemovedError):
                manifest = open_artifact(version_place(root, model, number)).manifest
                if isinstance(run := manifest.about.get(RUN), str):
                    found[run] = max(found.get(run, ""), manifest.created)
    return found
