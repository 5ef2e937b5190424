"""From what a person asked for to a place, or to an error that names what there is instead."""

from collections.abc import Sequence
from pathlib import Path

from recli.core.errors import NotFoundError
from recli.core.reference import ArtifactRef, is_name
from recli.core.spelling import near
from recli.store import io
from recli.store.catalog import (
    alias_names,
    alias_version,
    all_versions,
    dataset_names,
    is_removed,
    model_names,
    newest_complete,
)
from recli.store.layout import ALIASES, LATEST, MODELS, Place, dataset_place, version_place

_MANY = 5


def find_dataset(root: Path, name: str) -> Place:
    """Return the place of a dataset.

    Raises:
        NotFoundError: there is none of this name.
    """
    if is_name(name) and io.kind(dataset_place(root, name).path) != "missing":
        return dataset_place(root, name)
    nearest = _nearest(name, dataset_names(root))
    raise NotFoundError(f"no dataset {name!r} in {root}", fix="recli fetch --list", candidates=nearest)


def find_version(root: Path, ref: ArtifactRef) -> Place:
    """Return the place that a reference means.

    Raises:
        NotFoundError: no such model, version or alias, or the alias dangles.
        IntegrityError: the alias' file is malformed.
    """
    before = None
    while True:
        versions = all_versions(root, ref.name) if is_name(ref.name) else []
        if not versions:
            raise _no_model(root, ref.name)
        version = ref.version or _aliased(root, ref, versions)
        # What a name means may be newer than the list of versions: look twice before it is said to be nowhere.
        if not is_removed(place := version_place(root, ref.name, version)) and io.kind(place.path) != "missing":
            return place
        if version == before or ref.version:
            raise _no_version(ref, version, versions)
        before = version


def _aliased(root: Path, ref: ArtifactRef, versions: Sequence[int]) -> int:
    alias = ref.alias or LATEST
    if alias == LATEST:
        # Not from the file, which may dangle. Without a complete version, the newest says what is wrong with it.
        return newest_complete(root, ref.name) or max(versions)
    if not is_name(alias) or io.kind(root / MODELS / ref.name / ALIASES / alias) == "missing":
        names = _nearest(alias, [*alias_names(root, ref.name), LATEST])
        candidates = [f"{ref.name}@{name}" for name in names]
        raise NotFoundError(f"{ref.name} has no alias {alias!r}", fix="recli models list", candidates=candidates)
    return alias_version(root, ref.name, alias)


def _no_model(root: Path, name: str) -> NotFoundError:
    names = model_names(root)
    # A close spelling was probably meant; else the model is probably not trained yet.
    is_untrained = is_name(name) and not _close(name, names)
    fix = f"recli train {name}" if is_untrained else "recli models list"
    return NotFoundError(f"no model {name!r} in {root}", fix=fix, candidates=_nearest(name, names))


def _no_version(ref: ArtifactRef, version: int, versions: Sequence[int]) -> NotFoundError:
    dangles = ref.version is None
    what = f"{ref} is version {version}, which does not exist" if dangles else f"{ref.name} has no version {version}"
    nearest = sorted(versions, key=lambda other: (abs(other - version), -other))[:_MANY]
    return NotFoundError(what, fix="recli models list", candidates=[f"{ref.name}:{other}" for other in nearest])


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    """Return names spelt alike, best first; any names where none is."""
    return _close(name, names) or list(names[:_MANY])


def _close(name: str, names: Sequence[str]) -> list[str]:
    return near(name, names, most=_MANY)
