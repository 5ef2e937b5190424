"""Files that a person asks for by path: outside the store, but old or new and never half all the same."""

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
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
    write_together({path: chunks})


def write_together(contents: Mapping[Path, Iterable[bytes]]) -> None:
    """Write files as ``write_chunks`` does; the first gets its name when all of them are whole.

    Raises:
        StorageError: the disk is full, read-only or refuses.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, chunks in contents.items():
            check_destination(path)
            with _refusals(path):
                if path.exists() and not path.is_file():
                    with path.open("wb") as file:
                        file.writelines(chunks)
                else:
                    _stage(path, chunks, staged)
        for path, temporary in staged.items():
            with _refusals(path):
                temporary.replace(path.resolve())
    finally:
        for temporary in staged.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


@contextmanager
def directory(path: Path) -> Iterator[None]:
    """Make a directory, if it is not there, for files that the block writes; it goes where the block fails.

    Raises:
        StorageError: it cannot be made.
    """
    made = not path.is_dir()
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make {path}: {error.strerror}") from error
    try:
        yield
    except BaseException:
        if made:
            with suppress(OSError):
                path.rmdir()
        raise


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}") from error


def _stage(path: Path, chunks: Iterable[bytes], staged: dict[Path, Path]) -> None:
    """Write a file beside its name, through a link beside what that means."""
    target = path.resolve()
    temporary = staged[path] = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.writelines(chunks)
        file.flush()
        os.fsync(file.fileno())
