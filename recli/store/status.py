"""The state of every version, the damaged ones included."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recli.core.errors import IntegrityError, RecliError
from recli.store import io
from recli.store.artifact import Artifact, open_artifact
from recli.store.catalog import (
    alias_names,
    alias_version,
    all_versions,
    complete_versions,
    files_below,
    is_removed,
    model_directories,
    size_below,
)
from recli.store.holding import RemovedError
from recli.store.layout import LATEST, Place, version_place
from recli.store.verified import Verified


@dataclass(frozen=True)
class VersionStatus:
    """One version of one model, as it is found."""

    ref: str
    """``dot:3``."""
    path: Path
    bytes: int
    """Of all files in the directory, projections included."""
    aliases: tuple[str, ...]
    """Names that mean this version, sorted; ``latest`` is one of them."""
    artifact: Artifact | None
    """The version, opened; ``None`` where it cannot be."""
    status: Literal["ok", "corrupt"]
    reason: str
    """What is wrong with it; empty for ``ok``."""


def statuses(root: Path) -> list[VersionStatus]:
    """Check every file of every version; models sorted by name, versions ascending.

    Large files that were hashed before and have not been touched since are taken to be what they were.
    """
    verified = Verified.read(root)
    found = [
        status
        for model in model_directories(root)
        for status in _of_model(root, model, all_versions(root, model), verified)
    ]
    verified.write(whole=True)
    return found


def status_of(root: Path, model: str, version: int) -> VersionStatus:
    """Check every file of one version, as ``statuses``.

    Raises:
        RemovedError: it was removed meanwhile.
    """
    verified = Verified.read(root)
    aliases = _names_of(version, _aliases(root, model))
    found = _of_version(version_place(root, model, version), aliases, verified)
    verified.write(whole=False)
    return found


def _of_model(root: Path, model: str, versions: Sequence[int], verified: Verified) -> Iterator[VersionStatus]:
    aliases = _aliases(root, model)
    for version in versions:
        with suppress(RemovedError):  # since the versions were listed
            yield _of_version(version_place(root, model, version), _names_of(version, aliases), verified)


def _names_of(version: int, aliases: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(alias for alias, target in sorted(aliases.items()) if target == version)


def _of_version(place: Place, aliases: tuple[str, ...], verified: Verified) -> VersionStatus:
    artifact, reason = None, ""
    size = size_below(place.path)
    try:
        with io.storage_errors(place.path):
            artifact = open_artifact(place)
            _refuse_links_below(place.path)
            artifact.verify(verified)
            artifact.release()  # a store may have more versions than a process may have open files
    except RecliError as error:
        if is_removed(place):
            raise RemovedError(place) from error
        reason = error.message
    ref = f"{place.name}:{place.version}"
    return VersionStatus(ref, place.path, size, aliases, artifact, "corrupt" if reason else "ok", reason)


def _aliases(root: Path, model: str) -> dict[str, int]:
    """Return alias → version; a malformed alias means nothing, and is no version's fault."""
    found = {LATEST: max(complete_versions(root, model), default=0)}
    for name in alias_names(root, model):
        try:
            found[name] = alias_version(root, model, name)
        except IntegrityError:
            continue
    return found


def _refuse_links_below(directory: Path) -> None:
    for path in files_below(directory):
        if io.kind(path) == "link":
            raise IntegrityError(f"{path} is a symbolic link: the store follows none")
