"""Publishing: stage, sync, manifest last, one rename. Correct for any number of writers at once, without locks."""

import errno
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from os import urandom
from pathlib import Path
from typing import Any

from recli import __version__
from recli.core.artifact import FileEntry, Files, Manifest
from recli.core.reference import is_name
from recli.store import io
from recli.store.artifact import Artifact
from recli.store.catalog import complete_versions, next_version
from recli.store.content import check_files, write_content, write_files
from recli.store.layout import ALIASES, LATEST, MODELS, SUMS, Place, version_name, version_place
from recli.store.manifest import check_about, decode_manifest, encode_manifest, encode_sums
from recli.store.reading import refuse_links
from recli.store.staging import ensure_directory, replace_file, staging

_TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)
_OVERTAKEN = (*_TAKEN, errno.ENOENT)
_CANNOT_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


@dataclass(frozen=True)
class Draft:
    """An artifact in the making: its files are written, its manifest is not."""

    path: Path
    """The staged directory."""
    entries: Mapping[str, FileEntry]
    about: Mapping[str, Any]
    created: str


def check_publishable(name: str, files: Files, about: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` for what can never be published, before the disk is touched."""
    if not is_name(name):
        raise ValueError(f"not a name: {name!r}")
    check_files(files)
    check_about(about)


def publish_version(root: Path, model: str, files: Files, about: Mapping[str, Any]) -> Artifact:
    """Publish files as the next version of a model."""
    with staging(root) as temp:
        draft = _draft(temp / "new", files, about)
        refuse_links(root, (MODELS, model), fix=None)
        ensure_directory(root / MODELS / model)
        return _claim_number(root, model, draft)


def _claim_number(root: Path, model: str, draft: Draft) -> Artifact:
    while True:
        place = version_place(root, model, next_version(root, model))
        manifest = _seal(draft, place)
        try:
            io.rename(draft.path, place.path)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            continue  # another writer was faster: the next number, and so a manifest that says it
        io.sync_directory(place.path.parent)
        return Artifact(place, manifest)


def publish_replacing(root: Path, place: Place, files: Files, about: Mapping[str, Any]) -> Artifact:
    """Publish files at a place of their own, instead of what may stand there."""
    with staging(root) as temp:
        draft = _draft(temp / "new", files, about)
        manifest = _seal(draft, place)
        refuse_links(place.base, place.parts, place.fix)
        _install(draft.path, place.path)
        io.sync_directory(place.path.parent)
    return Artifact(place, manifest)


def _draft(path: Path, files: Files, about: Mapping[str, Any]) -> Draft:
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Draft(path, write_files(path, files), about, created)


def _seal(draft: Draft, place: Place) -> Manifest:
    """Complete a staged directory for one place: sums, then the manifest, last."""
    manifest = Manifest(
        kind=place.kind,
        name=place.name,
        version=place.version,
        created=draft.created,
        recli=__version__,
        about=draft.about,
        files=draft.entries,
    )
    data = encode_manifest(manifest)
    write_content(draft.path / SUMS, encode_sums(draft.entries, place.manifest_name, data))
    write_content(draft.path / place.manifest_name, data)
    io.sync_directory(draft.path)
    return decode_manifest(data, place)


def _install(new: Path, target: Path) -> None:
    """Put a directory in another's place; the old one ends in staging, which is removed."""
    while True:
        ensure_directory(target.parent)
        try:
            if io.kind(target) == "missing":
                io.rename(new, target)
            else:
                _swap(new, target)
            return
        except OSError as error:
            # Since the look, another process has put something there or has removed it: look again.
            if error.errno not in _OVERTAKEN or io.kind(new) == "missing":
                raise


def _swap(new: Path, target: Path) -> None:
    try:
        io.exchange(new, target)
    except OSError as error:
        if error.errno not in _CANNOT_EXCHANGE:
            raise
        _swap_in_two_steps(new, target, aside=new.with_name(urandom(16).hex()))


def _swap_in_two_steps(new: Path, target: Path, aside: Path) -> None:
    """Swap on file systems that cannot exchange: for an instant a reader finds nothing, but never half of something."""
    try:
        io.rename(target, aside)
        io.rename(new, target)
    except BaseException:
        if io.kind(target) == "missing":
            io.rename(aside, target)
        raise


def point_latest(root: Path, model: str) -> None:
    """Write the ``latest`` file, for people with ``cat``: recli itself computes the newest version.

    Without a version there is no file.

    A writer that was overtaken would leave an older number behind, so each looks again after it wrote. The version is
    published by now: a disk that fills up in this instant must not make it look as if it were not.
    """
    path = root / MODELS / model / ALIASES / LATEST
    written = -1
    with suppress(OSError):
        ensure_directory(path.parent)
        while (newest := max(complete_versions(root, model), default=0)) != written:
            if newest:
                replace_file(root, path, f"{version_name(newest)}\n".encode())
            else:
                io.remove_file(path)
            written = newest
