"""Making room: old versions that nobody named or reads, and what killed processes left behind."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from recli.core.errors import BusyError, IntegrityError
from recli.store import io
from recli.store.aliases import aliased_versions
from recli.store.artifact import open_artifact
from recli.store.catalog import all_versions, is_removed, model_directories, size_below
from recli.store.holding import RemovedError, claim
from recli.store.layout import FORMAT, TEMP_PREFIX, Place, version_place
from recli.store.publish import point_latest
from recli.store.removal import Removal, clear, mark, planned, uncleared
from recli.store.staging import staging

STALE = 24 * 3600
"""Seconds after which a staging directory is taken to be of a killed process."""


@dataclass(frozen=True)
class Leftover:
    """What a process left behind that was killed."""

    path: Path
    bytes: int


@dataclass(frozen=True)
class Collection:
    """What gc has removed, or would remove."""

    removed: tuple[Removal, ...]
    held: tuple[str, ...]
    """Versions that another process reads, and which therefore stay."""
    leftovers: tuple[Leftover, ...]

    @property
    def bytes(self) -> int:
        """What is free now and was not before."""
        return sum(entry.bytes for entry in self.removed) + sum(entry.bytes for entry in self.leftovers)


def plan(root: Path, keep_last: int) -> Collection:
    """Return what there is to remove, without touching anything.

    Of each model the ``keep_last`` newest sound versions stay, what is newer than those, and what has an alias. Damaged
    ones do not count: of a sound version and a newer, damaged one, the sound one must not be what goes.

    Raises:
        IntegrityError: an alias is damaged, so that it could mean any version.
    """
    places = [place for model in model_directories(root) for place in _old_versions(root, model, keep_last)]
    return Collection(tuple(planned(root, place) for place in places), (), tuple(_leftovers(root)))


def collect(root: Path, keep_last: int) -> Collection:
    """Remove what ``plan`` finds, but for what somebody has named since or reads.

    Raises:
        BusyError: another gc is at work.
    """
    with _only_one(root):
        found = plan(root, keep_last)
        removed, held = [], []
        for removal in found.removed:
            model, _, number = removal.ref.partition(":")
            place = version_place(root, model, int(number))
            with claim(place) as free:
                if not free:
                    held.append(removal.ref)
                    continue
                if is_removed(place) or place.version in aliased_versions(root, model):
                    continue  # since the plan was made
                mark(root, place)
            clear(place)
            removed.append(removal)
        for leftover in found.leftovers:
            _discard(root, leftover)
        for model in model_directories(root):
            point_latest(root, model)  # a removal may have been killed before it came to that
        return Collection(tuple(removed), tuple(held), found.leftovers)


def _old_versions(root: Path, model: str, keep_last: int) -> Iterator[Place]:
    """Yield the versions to remove, ascending."""
    named = aliased_versions(root, model)
    versions = all_versions(root, model)
    sound = 0
    while versions and sound < keep_last:
        sound += _is_sound(version_place(root, model, versions.pop()))
    return (version_place(root, model, version) for version in versions if version not in named)


def _is_sound(place: Place) -> bool:
    """Tell whether every file is as it was written; where the disk fails nobody can tell, and the error goes on."""
    try:
        open_artifact(place).verify()
    except (IntegrityError, RemovedError):
        return False
    return True


def _leftovers(root: Path) -> Iterator[Leftover]:
    for place in uncleared(root):
        yield Leftover(place.path, size_below(place.path))
    if io.kind(root) == "missing":
        return
    for name in io.list_directory(root):
        path = root / name
        with suppress(FileNotFoundError):  # its process lives, and is done
            if name.startswith(TEMP_PREFIX) and io.kind(path) == "directory" and _is_stale(path):
                yield Leftover(path, size_below(path))


def _is_stale(path: Path) -> bool:
    return time.time() - io.modified(path) > STALE


def _discard(root: Path, leftover: Leftover) -> None:
    if leftover.path.parent != root:
        model, number = leftover.path.parts[-2:]
        clear(version_place(root, model, int(number)))
        return
    # Moved away in one step first: should its process be alive after all, it finds all of its draft or nothing.
    with staging(root) as temp, suppress(FileNotFoundError):
        io.rename(leftover.path, temp / leftover.path.name)


@contextmanager
def _only_one(root: Path) -> Iterator[None]:
    """Keep other collections out; two would not harm the store, but report the same bytes as theirs."""
    held = io.open_to_lock(root / FORMAT)
    try:
        if not io.lock(held.descriptor):
            raise BusyError("another recli models gc is at work: wait for it", fix="recli models gc --keep-last 3")
        yield
    finally:
        held.close()
