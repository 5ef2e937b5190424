"""Removing versions, without locks against writers and without ever freeing a number.

A version ends by one rename: a file ``REMOVED`` comes to stand in its directory. From then on the directory is a
tombstone. It stays where it is, so that a writer which chose its number long ago still finds the place taken: numbers
kept anywhere else could be looked up before a removal and used after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recli.core.errors import BusyError, UsageError
from recli.store import io
from recli.store.aliases import drop_aliases, names_of
from recli.store.catalog import is_removed, model_directories, removed_versions, size_below
from recli.store.holding import RemovedError, claim
from recli.store.layout import MODELS, REMOVED, Place, version_place
from recli.store.publish import point_latest
from recli.store.reading import refuse_links
from recli.store.staging import replace_file


@dataclass(frozen=True)
class Removal:
    """A version that is removed, or would be."""

    ref: str
    """``dot:3``."""
    path: Path
    bytes: int
    """Of all its files."""
    aliases: tuple[str, ...]
    """Names that go with it, sorted."""


def ref_of(place: Place) -> str:
    """Return a version's reference, ``dot:3``."""
    return f"{place.name}:{place.version}"


def planned(root: Path, place: Place) -> Removal:
    """Return what the removal of a version would take away."""
    names = names_of(root, place.name, place.version or 0)
    return Removal(ref_of(place), place.path, size_below(place.path), names)


def check_removable(removal: Removal, *, force: bool) -> None:
    """Raise ``UsageError`` where a version has a name that somebody gave it, unless that is to go too."""
    if removal.aliases and not force:
        names = ", ".join(removal.aliases)
        raise UsageError(f"{removal.ref} is {names}: untag it first", fix=f"recli models rm {removal.ref} --force")


def remove_version(root: Path, place: Place, *, force: bool) -> Removal:
    """Remove a version, whole or damaged.

    Raises:
        UsageError: it has aliases, and ``force`` does not say that they may go.
        BusyError: another process reads it.
        RemovedError: another process was faster.
    """
    refuse_links(root, (MODELS, place.name), fix=None)
    with claim(place) as free:
        if is_removed(place):
            raise RemovedError(place)
        if not free:
            ref = ref_of(place)
            raise BusyError(f"another process is reading {ref}: wait for it, or end it", fix=f"recli models rm {ref}")
        removal = planned(root, place)
        check_removable(removal, force=force)
        drop_aliases(root, place.name, removal.aliases)
        mark(root, place)
    point_latest(root, place.name)
    clear(place)
    return removal


def mark(root: Path, place: Place) -> None:
    """Make a tombstone of a version, in one step; what it holds is out of sight from then on."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    is_directory = io.kind(place.path) == "directory"
    # A link or a file there is damage: it becomes a file. To write behind the link would be to write anywhere.
    target = place.path / REMOVED if is_directory else place.path
    replace_file(root, target, f"removed {now}; this number is not used again\n".encode())


def clear(place: Place) -> None:
    """Remove what a tombstone still holds."""
    for path in _remains(place):
        if io.kind(path) == "directory":
            io.remove_tree(path)
        else:
            io.remove_file(path)


def uncleared(root: Path) -> Iterator[Place]:
    """Yield the tombstones that a removal which did not come to its end has left with something in them."""
    for model in model_directories(root):
        for number in removed_versions(root, model):
            place = version_place(root, model, number)
            if _remains(place):
                yield place


def _remains(place: Place) -> list[Path]:
    if io.kind(place.path) != "directory":
        return []
    return [place.path / name for name in io.list_directory(place.path) if name != REMOVED]
