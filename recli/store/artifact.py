"""Reading an artifact: every byte is checked against the manifest before it is interpreted."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from recli.core.artifact import FileEntry, Manifest
from recli.core.errors import BusyError, IntegrityError, RecliError
from recli.store import io
from recli.store.arrays import HEADER_LIMIT, check_header, read_npz
from recli.store.catalog import is_removed
from recli.store.holding import RemovedError, hold
from recli.store.layout import SUMS, Place
from recli.store.manifest import decode_manifest, encode_sums
from recli.store.reading import open_regular, read_record
from recli.store.verified import LARGE, Verified, now


class Artifact:
    """A complete directory of the store; satisfies ``recli.core.artifact.ArtifactReader``.

    Everything that reads raises ``IntegrityError``, naming the file, where it is missing, a link, or not what the
    manifest says; ``BusyError`` where the artifact was replaced since it was opened, ``NotFoundError`` where it was
    removed; ``StorageError`` where the disk fails.
    """

    def __init__(self, place: Place, manifest: Manifest, held: io.Held | None = None) -> None:
        self._place = place
        self._manifest = manifest
        self._held = held

    def release(self) -> None:
        """Let the artifact be removed though this object lives on; reading then may raise ``NotFoundError``."""
        if self._held is not None:
            self._held.close()

    @property
    def path(self) -> Path:
        """The directory."""
        return self._place.path

    @property
    def manifest(self) -> Manifest:
        """The artifact's record."""
        return self._manifest

    @property
    def ref(self) -> str:
        """The full reference, ``dot:3``; a dataset's is its name."""
        return self._manifest.ref

    def read_bytes(self, name: str) -> bytes:
        """Return a file's content."""
        entry = self._entry(name)
        with self._open(name) as file:
            data = io.read(file, entry.size)
        self._check_digest(name, hashlib.sha256(data).hexdigest())
        return data

    def read_json(self, name: str) -> Any:
        """Return the value of a JSON file."""
        try:
            return json.loads(self.read_bytes(name))
        except (ValueError, RecursionError) as error:
            raise self._place.damaged(name, f"is not JSON: {error}") from error

    def read_array(self, name: str) -> NDArray[Any]:
        """Return the array of a ``.npy`` file, memory-mapped and read-only."""
        entry = self._entry(name)
        if entry.arrays.keys() != {""}:
            raise self._place.damaged(name, "is listed as no .npy file")
        dtype_and_shape = entry.arrays[""]
        with self._open(name) as file:
            self._check_digest(name, io.digest(file))
            file.seek(0)
            try:
                dtype, offset = check_header(io.read(file, HEADER_LIMIT), entry.size, dtype_and_shape)
            except ValueError as error:
                raise self._place.damaged(name, str(error)) from error
            return io.map_array(file, dtype, dtype_and_shape[1], offset)

    def read_arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays of a ``.npz`` file by name, read-only."""
        data = self.read_bytes(name)
        try:
            return read_npz(data, self._entry(name).arrays)
        except ValueError as error:
            raise self._place.damaged(name, str(error)) from error

    def verify(self, verified: Verified | None = None) -> None:
        """Check size and SHA-256 of every file, dtype and shape of every array.

        Args:
            verified: knows large files that need no second look, and learns of others.
        """
        for name, entry in self._manifest.files.items():
            path = self.path / name
            if verified is None or entry.size < LARGE or io.kind(path) != "file":
                self._verify_file(name, entry)
            elif not verified.has(path, entry):
                before, began = io.stamp(path), now()
                self._verify_file(name, entry)
                verified.add(path, entry, before, began)

    def _verify_file(self, name: str, entry: FileEntry) -> None:
        if not entry.arrays:
            with self._open(name) as file:
                self._check_digest(name, io.digest(file))
        elif entry.arrays.keys() == {""}:
            self.read_array(name)
        else:
            self.read_arrays(name)

    def _entry(self, name: str) -> FileEntry:
        entry = self._manifest.files.get(name)
        if entry is None:
            raise self._place.damaged(name, "is not in the manifest")
        return entry

    @contextmanager
    def _open(self, name: str) -> Iterator[BufferedReader]:
        """Open a file of the right size."""
        place, expected = self._place, self._entry(name).size
        with io.storage_errors(place.path / name):
            try:
                opened = open_regular(place.base, (*place.parts, *name.split("/")), place.fix)
            except IntegrityError as error:
                raise self._replaced_or(error) from error
            with opened as file:
                if (size := io.open_size(file)) != expected:
                    raise self._replaced_or(place.damaged(name, f"has {size} bytes, not {expected}"))
                yield file

    def _check_digest(self, name: str, digest: str) -> None:
        if digest != self._entry(name).sha256:
            raise self._replaced_or(self._place.damaged(name, "has changed: its sha256 is not the recorded one"))

    def _replaced_or(self, damage: IntegrityError) -> RecliError:
        """Return the damage, unless another process has removed or replaced the artifact since it was opened."""
        if self._place.kind == "model" and is_removed(self._place):
            return RemovedError(self._place)
        try:
            with io.storage_errors(self.path):
                replaced = open_artifact(self._place).manifest != self._manifest
        except IntegrityError:
            return damage
        if replaced:
            return BusyError(f"{self.path} was replaced while it was being read: run the command again")
        return damage


def open_artifact(place: Place) -> Artifact:
    """Open the artifact at a place; its other files are checked when they are read.

    A model's version is held: nobody removes it while the artifact lives.

    Raises:
        RemovedError: it was removed since the place was found.
        IntegrityError: manifest or ``SHA256SUMS`` is missing, malformed, from elsewhere, or they disagree.
    """
    held = hold(place) if place.kind == "model" else None
    record = _read_records(place)
    while True:
        manifest = decode_manifest(record[0], place)
        if record[1] == encode_sums(manifest.files, place.manifest_name, record[0]):
            return Artifact(place, manifest, held)
        # The two were read one after the other, and a new artifact may have come in between: look again.
        before, record = record, _read_records(place)
        if before == record:
            raise place.damaged(SUMS, f"and {place.manifest_name} disagree: one of them has changed")


def _read_records(place: Place) -> tuple[bytes, bytes]:
    manifest = read_record(place.base, (*place.parts, place.manifest_name), place.fix)
    return manifest, read_record(place.base, (*place.parts, SUMS), place.fix)
