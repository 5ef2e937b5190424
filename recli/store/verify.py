"""Checking everything that a store holds, so that damage is known before it is needed."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from recli.core.errors import IntegrityError, RecliError
from recli.core.reference import is_name
from recli.core.results.upkeep import Checked
from recli.store import io
from recli.store.artifact import open_artifact
from recli.store.catalog import (
    alias_names,
    alias_version,
    all_versions,
    dataset_directories,
    is_removed,
    model_directories,
    size_below,
)
from recli.store.checkpoints import SUFFIX as LOCK
from recli.store.holding import RemovedError
from recli.store.layout import (
    ALIASES,
    CHECKPOINTS,
    MODELS,
    PROJECTIONS,
    STUDIES,
    Place,
    checkpoint_place,
    dataset_place,
    projection_place,
    version_place,
)
from recli.store.reading import open_regular
from recli.store.studies import SUFFIX


def check_versions(root: Path, places: Iterable[Place]) -> Iterator[Checked]:
    """Check versions, each with its projections."""
    for place in places:
        name = f"{place.name}:{place.version}"
        try:
            yield _check_artifact(place, name, f"recli models rm {name}")
        except RemovedError:
            continue
        for key in _names(place.path / PROJECTIONS):
            if is_name(key):
                projection = projection_place(place.path, key)
                check = _check_artifact(projection, f"{name}/{key}", projection.fix)
                if not is_removed(place):  # with its version, since that was checked
                    yield check


def check_all(root: Path) -> Iterator[Checked]:
    """Check versions, projections, aliases, datasets, checkpoints and studies."""
    for model in model_directories(root):
        yield from check_versions(root, (version_place(root, model, number) for number in all_versions(root, model)))
        yield from _check_aliases(root, model)
    yield from check_datasets(root)
    for key in _names(root / CHECKPOINTS):
        if is_name(key) and not key.endswith(LOCK):
            yield from _check_checkpoint(checkpoint_place(root, key))
    for name in _names(root / STUDIES):
        if name.endswith(SUFFIX):
            yield _check_study(root, name)


def check_datasets(root: Path) -> Iterator[Checked]:
    """Check the datasets."""
    for name in dataset_directories(root):
        place = dataset_place(root, name)
        yield _check_artifact(place, name, place.fix)


def _check_checkpoint(place: Place) -> Iterator[Checked]:
    check = _check_artifact(place, place.name, place.fix)
    if check.reason:  # or replaced or removed while it was checked, by the run that it is of: once more
        check = _check_artifact(place, place.name, place.fix)
    if io.kind(place.path) != "missing":
        yield check


def _check_artifact(place: Place, name: str, fix: str) -> Checked:
    reason = ""
    try:
        with io.storage_errors(place.path):
            open_artifact(place).verify()
    except RecliError as error:
        if place.kind == "model" and is_removed(place):
            raise RemovedError(place) from error
        reason = error.message
    return _check(place.kind, name, place.path, reason, fix)


def _check(kind: str, name: str, path: Path, reason: str, fix: str) -> Checked:
    return Checked(kind, name, path, size_below(path), reason, fix if reason else "")


def _check_aliases(root: Path, model: str) -> Iterator[Checked]:
    for alias in alias_names(root, model):
        reason, path = "", root / MODELS / model / ALIASES / alias
        try:
            version = alias_version(root, model, alias)
            # Read twice: since then it may have come to mean another, and the first have been removed.
            if version not in all_versions(root, model) and version == alias_version(root, model, alias):
                reason = f"{model}@{alias} is version {version}, which does not exist"
        except IntegrityError as error:
            if io.kind(path) == "missing":
                continue  # untagged since it was listed
            reason = error.message
        yield _check("alias", f"{model}@{alias}", path, reason, f"recli models untag {model}@{alias}")


def _check_study(root: Path, name: str) -> Checked:
    """Check that each whole line is an object; one that is half written is cut off by the next run."""
    path, reason = root / STUDIES / name, ""
    try:
        with open_regular(root, (STUDIES, name), fix=None) as file:
            *lines, _ = io.read(file, io.open_size(file)).split(b"\n")
        bad = [number for number, line in enumerate(lines, 1) if not _is_object(line)]
        if bad:
            reason = f"{path}:{bad[0]} is no JSON object"
    except IntegrityError as error:
        reason = error.message
    return _check("study", name, path, reason, "")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _names(path: Path) -> list[str]:
    return io.list_directory(path) if io.kind(path) == "directory" else []
