"""Files that a person asks for by path: outside the store, but old or new and never half all the same."""

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from recli.core.errors import StorageError


def check_destination(path: Path) -> None:
    """Refuse a path that could not be written, before the work whose result it is to hold.

    Raises:
        StorageError: its directory is missing or refuses files, or the path is a directory.
    """
    folder = path.absolute().parent
    try:
        path.resolve()
    except (OSError, RuntimeError):  # before Python 3.13 it raises RuntimeError
        raise StorageError(f"cannot write {path}: its symbolic links lead in a circle") from None
    if path.is_dir():
        raise StorageError(f"cannot write {path}: it is a directory")
    if not folder.is_dir():
        raise StorageError(
            f"cannot write {path}: there is no directory {folder}", fix=f"mkdir -p {shlex.quote(str(folder))}"
        )
    if not os.access(folder, os.W_OK):
        raise StorageError(f"cannot write {path}: {folder} refuses new files")


def write_file(path: Path, content: bytes) -> None:
    """Write a file through a temporary one beside it and one rename; a device or pipe is written as it is.

    Raises:
        StorageError: the disk is full, read-only or refuses.
    """
    write_chunks(path, (content,))


def write_chunks(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file as ``write_file`` does, piece by piece: what making a piece raises leaves no file behind.

    Raises:
        StorageError: the disk is full, read-only or refuses.
    """
    check_destination(path)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(chunks)
        else:
            _replace(path.resolve(), chunks)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}") from error


def _replace(path: Path, chunks: Iterable[bytes]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
