"""Checkpoints of runs: published like a version, but replaced as the run goes on, and removed once it is done."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from recli.core.reference import is_name
from recli.store import io
from recli.store.layout import CHECKPOINTS, Place
from recli.store.reading import refuse_links
from recli.store.staging import ensure_directory, staging

SUFFIX = ".lock"


@contextmanager
def hold(root: Path, key: str) -> Iterator[bool]:
    """Take a run's checkpoint for this process until the block is left, and yield whether no other has it.

    The system gives it back when a process ends, however it ends. Who takes it in the very moment in which another
    tidies up may share it with a third: then either may remove what the other wrote, and no more than that.
    """
    if not is_name(key):
        raise ValueError(f"no name for a checkpoint: {key!r}")
    refuse_links(root, (CHECKPOINTS,), fix=None)
    ensure_directory(root / CHECKPOINTS)
    path = lock_path(root, key)
    descriptor = io.create_or_open(path)
    try:
        alone = io.lock(descriptor)
        yield alone
        if alone:
            with suppress(OSError):
                io.remove_file(path)
    finally:
        with suppress(OSError):  # nothing was written to it
            io.close(descriptor)


def lock_path(root: Path, key: str) -> Path:
    """Return the file that who is at a run holds."""
    return root / CHECKPOINTS / f"{key}{SUFFIX}"


def keys(root: Path) -> list[str]:
    """Return the runs of which a checkpoint or a lock is there, sorted."""
    folder = root / CHECKPOINTS
    names = io.list_directory(folder) if io.kind(folder) == "directory" else []
    return sorted({key for name in names if is_name(key := name.removesuffix(SUFFIX))})


def remove(root: Path, place: Place) -> None:
    """Move a checkpoint out of sight in one step, and then remove it."""
    refuse_links(place.base, place.parts, place.fix)
    with staging(root) as temp, suppress(FileNotFoundError):
        io.rename(place.path, temp / "old")
        io.sync_directory(place.path.parent)
