"""What is in a store, by the names of its directories alone."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from recli.core.errors import IntegrityError
from recli.core.reference import is_name
from recli.store import io
from recli.store.layout import (
    ALIASES,
    DATASETS,
    LATEST,
    MODELS,
    REMOVED,
    Place,
    dataset_place,
    version_name,
    version_number,
    version_place,
)
from recli.store.reading import read_record


def dataset_names(root: Path) -> list[str]:
    """Return the names of the complete datasets, sorted."""
    return [name for name in _names(root / DATASETS) if is_name(name) and is_complete(dataset_place(root, name))]


def dataset_directories(root: Path) -> list[str]:
    """Return the names of the datasets of which anything is there, sorted."""
    return [name for name in _names(root / DATASETS) if is_name(name)]


def model_names(root: Path) -> list[str]:
    """Return the names of the models that have a complete version, sorted."""
    return [name for name in model_directories(root) if complete_versions(root, name)]


def model_directories(root: Path) -> list[str]:
    """Return the names of the models that have a directory, sorted."""
    names = _names(root / MODELS)
    return [name for name in names if is_name(name) and io.kind(root / MODELS / name) == "directory"]


def complete_versions(root: Path, model: str) -> list[int]:
    """Return the versions that have a manifest, ascending."""
    return _standing(root, model, _is_there)


def newest_complete(root: Path, model: str) -> int | None:
    """Return the newest version that has a manifest, without a look at the older ones."""
    return next(iter(_standing(root, model, _is_there, newest_alone=True)), None)


def all_versions(root: Path, model: str) -> list[int]:
    """Return the versions of which anything is there, ascending; removed ones are not."""
    return _standing(root, model, lambda place: not is_removed(place))


def _is_there(place: Place) -> bool:
    return is_complete(place) and not is_removed(place)


def _standing(root: Path, model: str, holds: Callable[[Place], bool], *, newest_alone: bool = False) -> list[int]:
    """Return the versions of which something holds, ascending, or the newest of them alone.

    Where it holds of none, others may have published one and removed the rest since the look: then look again.
    """
    before, numbers = None, _numbers(root, model)
    while numbers != before:
        standing = (number for number in reversed(numbers) if holds(version_place(root, model, number)))
        if found := list(islice(standing, 1 if newest_alone else None)):
            return found[::-1]
        before, numbers = numbers, _numbers(root, model)
    return []


def removed_versions(root: Path, model: str) -> list[int]:
    """Return the versions that were removed, ascending."""
    return [number for number in _numbers(root, model) if is_removed(version_place(root, model, number))]


def _numbers(root: Path, model: str) -> list[int]:
    """Return the numbers that are taken, removed versions' among them, ascending."""
    numbers = {name: version_number(name) for name in _names(root / MODELS / model)}
    return sorted(number for name, number in numbers.items() if number and name == version_name(number))


def next_version(root: Path, model: str) -> int:
    """Return the first number above all taken ones: by versions, whole, damaged or removed, by anything."""
    return 1 + max((version_number(name) or 0 for name in _names(root / MODELS / model)), default=0)


def is_complete(place: Place) -> bool:
    """Tell whether a directory with a manifest stands at a place."""
    return io.kind(place.path) == "directory" and io.kind(place.path / place.manifest_name) == "file"


def is_removed(place: Place) -> bool:
    """Tell whether a tombstone stands at a version's place: a marked directory, or a file instead of one."""
    return io.kind(place.path / REMOVED) != "missing" or io.kind(place.path) == "file"


def files_below(path: Path) -> Iterator[Path]:
    """Yield all that is no directory at and below a path."""
    if io.kind(path) != "directory":
        yield path
        return
    for name in _names(path):
        yield from files_below(path / name)


def size_below(path: Path) -> int:
    """Return the bytes of all files at and below a path; one that vanishes meanwhile has none."""
    total = 0
    for file in files_below(path):
        try:
            total += io.size(file)
        except FileNotFoundError:
            continue
    return total


def alias_names(root: Path, model: str) -> list[str]:
    """Return a model's aliases that have a file, sorted; ``latest`` needs none and is left out."""
    return [name for name in _names(root / MODELS / model / ALIASES) if is_name(name) and name != LATEST]


def alias_version(root: Path, model: str, alias: str) -> int:
    """Return the version that an alias' file names, which may not exist.

    The number alone is taken, too, as a person writes it, or an early recli did.

    Raises:
        IntegrityError: the file is missing, a link, holds no version, or is not what was written for this alias.
    """
    parts = (MODELS, model, ALIASES, alias)
    data = read_record(root, parts, fix="recli models list")
    line, _, rest = data.decode("ascii", "replace").partition("\n")
    number = version_number(line)
    if not number or not data.startswith(f"{line}\n".encode()):
        raise IntegrityError(f"{root.joinpath(*parts)} names no version: {line[:20]!r}", fix="recli models list")
    if rest and data != alias_text(model, alias, number):
        fix = f"recli models untag {model}@{alias}"
        raise IntegrityError(f"{root.joinpath(*parts)} has changed: its second line does not fit {line}", fix=fix)
    return number


def alias_text(model: str, alias: str, version: int) -> bytes:
    """Return the file of an alias: the version, and a sum of it: a digit that changes is a version, too."""
    line = version_name(version)
    return f"{line}\n{hashlib.sha256(f'{model}@{alias} {line}'.encode()).hexdigest()[:16]}\n".encode()


def _names(path: Path) -> list[str]:
    """Return the names in a directory; a store that does not exist is empty."""
    try:
        return io.list_directory(path)
    except FileNotFoundError:
        return []
