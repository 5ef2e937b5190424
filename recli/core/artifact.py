"""The manifest that describes an artifact, and what its files hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

FileContent = bytes | NDArray[Any] | Mapping[str, NDArray[Any]]
"""What a file of an artifact holds: raw bytes, one array (``.npy``), or arrays by name (``.npz``)."""
Files = Mapping[str, FileContent]
"""File name, relative and with ``/`` → what it holds."""


@dataclass(frozen=True)
class FileEntry:
    """What the manifest promises of one file."""

    size: int
    """Bytes."""
    sha256: str
    """Hex digest of the whole file."""
    arrays: Mapping[str, tuple[str, tuple[int, ...]]]
    """Array name → (dtype, shape); one array named ``""`` for ``.npy``; empty for files that hold no array."""


@dataclass(frozen=True)
class Manifest:
    """The record that makes a directory an artifact; written last, so a directory without it is none."""

    kind: str
    """``model``, ``dataset``, ``projection`` or ``checkpoint``."""
    name: str
    """The model's or dataset's name; a projection's or checkpoint's key."""
    version: int | None
    """Of a model; ``None`` for other kinds."""
    created: str
    """ISO 8601, UTC, to the second."""
    recli: str
    """Version of recli that wrote it."""
    about: Mapping[str, Any]
    """JSON that the writer adds: a model's parameters, dataset, split and environment; a dataset's source."""
    files: Mapping[str, FileEntry]
    """File name → entry, for every file but the manifest itself and ``SHA256SUMS``."""

    @property
    def ref(self) -> str:
        """The full reference, ``dot:3``; a dataset's is its name."""
        return f"{self.name}:{self.version}" if self.version is not None else self.name


class ArtifactReader(Protocol):
    """Reads an artifact's files, each checked against its manifest before anything is parsed."""

    @property
    def manifest(self) -> Manifest:
        """The artifact's record."""

    def read_bytes(self, name: str) -> bytes:
        """Return a file's content."""

    def read_array(self, name: str) -> NDArray[Any]:
        """Return the array of a ``.npy`` file, memory-mapped and read-only."""

    def read_arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays of a ``.npz`` file."""
