"""Making room: old versions that nobody named or reads, and what killed processes left behind."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from recli.core.errors import BusyError, IntegrityError
from recli.store import io
from recli.store.abandoned import abandoned, discard, path_of
from recli.store.aliases import aliased_versions
from recli.store.artifact import open_artifact
from recli.store.catalog import all_versions, is_removed, model_directories, size_below
from recli.store.checkpoints import SUFFIX
from recli.store.holding import RemovedError, claim, is_held
from recli.store.layout import CHECKPOINTS, FORMAT, TEMP_PREFIX, Place, version_place
from recli.store.publish import point_latest
from recli.store.removal import Removal, clear, mark, planned, ref_of, uncleared
from recli.store.staging import staging

STALE = 24 * 3600
"""Seconds after which a staging directory or a checkpoint is taken to be of a process that will not go on."""


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
    """Versions that another process reads, and which therefore stay, or would."""
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
    places = _old_places(root, keep_last)
    held = [place for place in places if is_held(place.path / place.manifest_name)]
    removed = tuple(planned(root, place) for place in places if place not in held)
    return Collection(removed, tuple(ref_of(place) for place in held), tuple(_leftovers(root)))


def collect(root: Path, keep_last: int) -> Collection:
    """Remove what ``plan`` finds, but for what somebody has named since or reads.

    Raises:
        BusyError: another gc is at work.
    """
    with _only_one(root):
        places, leftovers = _old_places(root, keep_last), tuple(_leftovers(root))
        removed, held = [], []
        for place in places:
            removal = planned(root, place)
            with claim(place) as free:
                if not free:
                    held.append(removal.ref)
                    continue
                if is_removed(place) or place.version in aliased_versions(root, place.name):
                    continue  # since the plan was made
                mark(root, place)
            clear(place)
            removed.append(removal)
        for leftover in leftovers:
            _discard(root, leftover)
        for model in model_directories(root):
            point_latest(root, model)  # a removal may have been killed before it came to that
        return Collection(tuple(removed), tuple(held), leftovers)


def _old_places(root: Path, keep_last: int) -> list[Place]:
    return [place for model in model_directories(root) for place in _old_versions(root, model, keep_last)]


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
    for key in abandoned(root, time.time() - STALE):
        path = path_of(root, key)
        yield Leftover(path, size_below(path))
    for name in io.list_directory(root):
        path = root / name
        with suppress(FileNotFoundError):  # its process lives, and is done
            if name.startswith(TEMP_PREFIX) and io.kind(path) == "directory" and _is_stale(path):
                yield Leftover(path, size_below(path))


def _is_stale(path: Path) -> bool:
    return time.time() - io.modified(path) > STALE


def _discard(root: Path, leftover: Leftover) -> None:
    if leftover.path.parent == root / CHECKPOINTS:
        discard(root, leftover.path.name.removesuffix(SUFFIX))
        return
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
