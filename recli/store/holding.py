"""Who reads a version, so that nobody removes it meanwhile.

A reader holds a shared lock on the version's manifest for as long as its ``Artifact`` lives; whoever removes asks for
the exclusive one. restic writes lock files instead, which outlive a killed process and need leave to write; the
system's own locks end with the process and work on a store that is read-only.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from recli.core.errors import NotFoundError
from recli.store import io
from recli.store.catalog import is_removed
from recli.store.layout import Place


class RemovedError(NotFoundError):
    """A version was removed between the look at the store and its opening."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"{place.name}:{place.version} was removed just now", fix="recli models list")


def hold(place: Place) -> io.Held | None:
    """Hold a version; ``None`` where it has no manifest, or lies on a file system without locks.

    Raises:
        RemovedError: there was a version, and there is none any more.
    """
    held = None
    with suppress(OSError):
        held = io.open_to_share(place.path / place.manifest_name)
        io.share(held.descriptor)
    # Only now: no mark is set while the lock is held.
    if is_removed(place):
        raise RemovedError(place)
    return held


def is_held(path: Path) -> bool:
    """Tell whether another process holds a file, without leave to write; ``False`` where nobody can tell."""
    with suppress(OSError):
        looked = io.open_to_share(path)
        try:
            return not io.lock(looked.descriptor)
        finally:
            looked.close()
    return False


@contextmanager
def claim(place: Place) -> Iterator[bool]:
    """Keep readers out of a version until the block is left; yield whether none is inside."""
    path = place.path / place.manifest_name
    # What has no manifest can not be read.
    readable = io.kind(place.path) == "directory" and io.kind(path) == "file"
    held = io.open_to_lock(path) if readable else None
    try:
        yield held is None or io.lock(held.descriptor)
    finally:
        if held is not None:
            held.close()
