"""Writing the files of an artifact: hashed while they are written, and on the disk before anything names them."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from recli.core.artifact import FileContent, FileEntry, Files
from recli.store import io
from recli.store.arrays import check_array, check_array_name, entry_of, write_npy, write_npz
from recli.store.layout import are_distinct, is_file_name


class HashingFile:
    """A file being written, that counts and hashes what goes through it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Hex digest of all bytes so far."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        """Write all of the bytes, and return how many they are."""
        rest = memoryview(data)
        while rest:
            rest = rest[io.write(self._descriptor, rest) :]
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def sync(self) -> None:
        """Wait until all of it is on the disk."""
        io.sync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        io.close(self._descriptor)


@contextmanager
def new_file(path: Path) -> Iterator[HashingFile]:
    """Create a file, and sync it when the block ends well."""
    file = HashingFile(io.create(path))
    try:
        yield file
        file.sync()
    finally:
        file.close()


def check_files(files: Files) -> None:
    """Refuse files that cannot be stored, before anything is written.

    Raises:
        ValueError: a name is not relative and plain or has the wrong suffix, two differ only in case, or an array is
            not of plain values.
        TypeError: a content is neither bytes nor arrays.
    """
    if not are_distinct(files):
        raise ValueError("names of files differ only in case")
    for name, content in files.items():
        if not is_file_name(name):
            raise ValueError(f"not the name of an artifact's file: {name!r}")
        if isinstance(content, np.ndarray):
            _check_suffix(name, ".npy")
            check_array(content)
        elif isinstance(content, Mapping):
            _check_suffix(name, ".npz")
            for array_name, array in content.items():
                check_array_name(array_name)
                check_array(array)
        elif not isinstance(content, bytes):
            raise TypeError(f"{name!r} holds a {type(content).__name__}: only bytes and arrays can be stored")


def _check_suffix(name: str, suffix: str) -> None:
    if not name.endswith(suffix):
        raise ValueError(f"{name!r} holds arrays, so it must end in {suffix}")


def write_files(directory: Path, files: Files) -> dict[str, FileEntry]:
    """Write all files of an artifact into a new directory.

    Returns:
        File name → what the manifest shall say of it.
    """
    io.make_directory(directory)
    folders = sorted({directory / parent for name in files for parent in Path(name).parents} - {directory})
    for folder in folders:
        io.make_directory(folder)
    entries = {name: write_content(directory / name, content) for name, content in files.items()}
    for folder in reversed(folders):
        io.sync_directory(folder)
    return entries


def write_content(path: Path, content: FileContent) -> FileEntry:
    """Write one file, and return what a manifest shall say of it."""
    with new_file(path) as file:
        if isinstance(content, bytes):
            file.write(content)
            arrays = {}
        elif isinstance(content, np.ndarray):
            write_npy(file, content)
            arrays = {"": entry_of(content)}
        else:
            write_npz(file, content)
            arrays = {name: entry_of(array) for name, array in content.items()}
    return FileEntry(file.size, file.sha256, arrays)
