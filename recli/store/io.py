"""Every touch of the disk: one small function each, so that tests can make any of them fail.

These functions raise ``OSError`` as the system does. ``storage_errors``, at the edge of the store, is the one place
that turns what nobody handled into a sentence for a person.
"""

import errno
import hashlib
import os
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import StorageError

Kind = Literal["missing", "directory", "file", "link", "other"]

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full (quota used up)",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
}
_FULL = (errno.ENOSPC, errno.EDQUOT)
_CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP)

# From <linux/fs.h>, <fcntl.h> and Darwin's <stdio.h>; Python names none of them.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Raise ``StorageError`` for any ``OSError`` of the block; ``path`` is named where the system names none."""
    try:
        yield
    except OSError as error:
        raise _storage_error(error, path) from error


def _storage_error(error: OSError, path: Path) -> StorageError:
    reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
    fix = f"df -h {shlex.quote(str(path))}" if error.errno in _FULL else "export RECLI_ARTIFACTS=DIRECTORY"
    return StorageError(f"{error.filename or path}: {reason}", fix=fix)


def kind(path: Path) -> Kind:
    """Tell what stands at a path, without following a link."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    if stat.S_ISDIR(mode):
        return "directory"
    if stat.S_ISREG(mode):
        return "file"
    return "link" if stat.S_ISLNK(mode) else "other"


def size(path: Path) -> int:
    """Return the bytes of a file, without following a link."""
    return path.lstat().st_size


def stamp(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a regular file is written or replaced: device, inode, size, and its two times in ns."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def changed(of: tuple[int, ...]) -> int:
    """Return when the file of a stamp last changed, content or name: nanoseconds since 1970, which no program sets."""
    return of[4]


def list_directory(path: Path) -> list[str]:
    """Return the names in a directory, sorted."""
    return sorted(child.name for child in path.iterdir())


def make_directory(path: Path) -> None:
    """Create one directory."""
    path.mkdir()


def create(path: Path) -> int:
    """Open a file to be written from its start, and return the descriptor."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)


def create_or_open(path: Path) -> int:
    """Open a file to be read and written, made if it is missing; ``ELOOP`` where it is a link."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)


def lock(descriptor: int) -> bool:
    """Take a file for this process until it closes it, or ends; tell whether no other process had it."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Held:
    """A file that stays open, with the lock on it, until nobody needs this object any more or the process ends."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()

    def __reduce__(self) -> tuple[type["Held"], tuple[int]]:
        return Held, (-1,)  # a descriptor means nothing in another process: a copy holds nothing


def open_to_share(path: Path) -> Held:
    """Open a file to be held together with others; ``ELOOP`` where it is a link."""
    return Held(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK))


def open_to_lock(path: Path) -> Held:
    """Open a file to be locked: NFS grants an exclusive lock only to those that may write."""
    return Held(os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK))


def share(descriptor: int) -> None:
    """Hold a file together with other readers, once no process has it for itself."""
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_SH)


def truncate(descriptor: int, size: int) -> None:
    """Cut an open file to a number of bytes."""
    os.ftruncate(descriptor, size)


def whole_lines(path: Path) -> int:
    """Return the bytes of a file up to the end of its last whole line."""
    return path.read_bytes().rfind(b"\n") + 1


def write(descriptor: int, data: memoryview) -> int:
    """Write as much as the system takes, and return how many bytes that were."""
    return os.write(descriptor, data)


def sync(descriptor: int) -> None:
    """Wait until a file's content is on the disk."""
    os.fsync(descriptor)


def close(descriptor: int) -> None:
    """Close a descriptor."""
    os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Wait until a directory's entries are on the disk, on file systems that can promise it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)


def rename(source: Path, target: Path) -> None:
    """Move a directory to a free path; ``EEXIST`` or ``ENOTEMPTY`` where a directory with content stands there."""
    source.rename(target)


def replace(source: Path, target: Path) -> None:
    """Move a file over another in one step."""
    source.replace(target)


def exchange(one: Path, other: Path) -> None:
    """Swap two directories in one step; ``ENOSYS``, ``EINVAL`` or ``ENOTSUP`` where the system cannot."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = libc.renamex_np(first, second, ctypes.c_uint(_RENAME_SWAP))
    elif hasattr(libc, "renameat2"):
        failed = libc.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, ctypes.c_uint(_RENAME_EXCHANGE))
    else:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(other))
    if failed:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(other))


def remove_file(path: Path) -> None:
    """Remove a file or a link, if it is there."""
    path.unlink(missing_ok=True)


def modified(path: Path) -> float:
    """Return when something in a directory, or a file, last changed: seconds since 1970."""
    return path.lstat().st_mtime


def remove_empty(path: Path) -> None:
    """Remove a directory that holds nothing; ``ENOTEMPTY`` where it does."""
    path.rmdir()


def remove_tree(path: Path) -> None:
    """Remove a directory with all it holds, if it is there."""
    import shutil

    with suppress(FileNotFoundError):
        shutil.rmtree(path)


def open_existing(path: Path) -> BufferedReader:
    """Open a file to be read; ``ELOOP`` where it is a link."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def open_size(file: BufferedReader) -> int:
    """Return the bytes of an open file."""
    return os.fstat(file.fileno()).st_size


def read(file: BufferedReader, count: int) -> bytes:
    """Return the next ``count`` bytes, fewer at the end of the file."""
    return file.read(count)


def digest(file: BufferedReader) -> str:
    """Return the SHA-256 of what is left of a file, in hex."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def map_array(file: BufferedReader, dtype: np.dtype[Any], shape: tuple[int, ...], offset: int) -> NDArray[Any]:
    """Map part of a file into memory, read-only; the mapping outlives the open file."""
    return np.memmap(file, dtype=dtype, mode="r", offset=offset, shape=shape)
