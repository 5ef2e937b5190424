"""Reads the few files that matter from a zip or a folder, and trusts neither.

Nothing is ever extracted to disk, so no name in an archive can choose a path to write to. A zip is held in memory and
bounded before it is opened; only members asked for by name are read, each bounded before it is inflated.
"""

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

from recli.core.errors import IntegrityError, NotFoundError, StorageError

MAX_ARCHIVE_BYTES = 24 << 20
"""A zip longer than this is refused: five times MovieLens 100K."""
_MAX_MEMBER_BYTES = 32 << 20
_MAX_ENTRIES = 1_000
_MAX_RATIO = 100
"""Deflate reaches 1000:1 on zeros; ratings and titles stay under 10:1."""
_LOCAL_HEADER_BYTES = 30
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# All that `zipfile` is known to raise on bytes that are no healthy zip: bad structure and checksums, bad deflate
# streams, early ends, unknown features, passwords, undecodable names and negative offsets.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_FIX = "recli fetch"


@dataclass(frozen=True)
class Layout:
    """Which files are read, and where they may lie."""

    names: frozenset[str]
    """Plain file names, all required."""
    folders: frozenset[str]
    """Folders inside the archive, without a slash at the end; ``""`` is its top."""
    optional: frozenset[str] = frozenset()
    """Plain file names that are read where they are there."""

    @property
    def wanted(self) -> frozenset[str]:
        """All the names."""
        return self.names | self.optional

    def name_of(self, path: str) -> str | None:
        """Return which of the wanted files a member is, or ``None`` for any other member."""
        folder, _, name = path.rpartition("/")
        wanted = name in self.wanted and folder in self.folders
        # "/u.data" splits like "u.data": only the plain path counts.
        return name if wanted and not path.startswith("/") else None

    def require_all(self, found: Iterable[str], label: str) -> None:
        """Raise ``IntegrityError`` that names what is missing."""
        missing = sorted(self.names.difference(found))
        if missing:
            raise IntegrityError(f"{label} has no {', '.join(missing)}", fix=_FIX)


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder or anything else that exists.

    Raises:
        NotFoundError: there is nothing.
        StorageError: it cannot be looked at.
    """
    with _reading(path):
        return stat.S_ISDIR(path.stat().st_mode)


def read_file(path: Path, max_bytes: int = MAX_ARCHIVE_BYTES) -> bytes:
    """Return the content of a regular file that is not too long.

    Raises:
        NotFoundError: there is no such file.
        IntegrityError: it is no regular file, or longer than ``max_bytes``.
        StorageError: it cannot be read.
    """
    with _reading(path):
        size = _regular_size(path)
        if size > max_bytes:
            raise IntegrityError(f"{path} is {size} bytes long: more than {max_bytes} are not read", fix=_FIX)
        return path.read_bytes()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 (hex) of a regular file of any length.

    Raises:
        NotFoundError: there is no such file.
        IntegrityError: it is no regular file.
        StorageError: it cannot be read.
    """
    with _reading(path):
        _regular_size(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _regular_size(path: Path) -> int:
    """Return a file's bytes; opening a pipe or a device could block for ever."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise IntegrityError(f"{path} is no regular file", fix=_FIX)
    return status.st_size


def read_folder(folder: Path, layout: Layout) -> dict[str, bytes]:
    """Return the wanted files of an unpacked archive, by plain name.

    Raises:
        IntegrityError: one is missing, too long, or no regular file.
        StorageError: one cannot be read.
    """
    found: dict[str, bytes] = {}
    for place in sorted(layout.folders):
        for name in layout.wanted.difference(found):
            with suppress(NotFoundError):
                found[name] = read_file(folder / place / name, _MAX_MEMBER_BYTES)
    layout.require_all(found, str(folder))
    return found


def read_zip(content: bytes, layout: Layout, label: str) -> dict[str, bytes]:
    """Return the wanted members of a zip, by plain name, each with its CRC checked.

    Args:
        content: the whole zip.
        layout: the members to read.
        label: what messages call the zip.

    Raises:
        IntegrityError: it is no zip, damaged, hostile, or lacks a member.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _choose(archive.infolist(), layout, label)
            return {name: archive.read(info) for name, info in members.items()}
    except _DAMAGE as error:
        raise IntegrityError(f"{label} is damaged, or no zip at all: {error}", fix=_FIX) from error


@contextmanager
def open_zip(path: Path, layout: Layout, label: str, *, max_member_bytes: int) -> Iterator[Mapping[str, BinaryIO]]:
    """Open the wanted members of a zip that lies on the disk, by plain name, to be read once, from their beginning.

    A member's CRC is checked where it ends.

    Raises:
        IntegrityError: it is no zip, damaged, hostile, or lacks a member; also where that is found on reading.
        StorageError: it cannot be read.
    """
    try:
        with ExitStack() as opened:
            with _reading(path):
                archive = opened.enter_context(zipfile.ZipFile(path))
            chosen = _choose(archive.infolist(), layout, label, max_member_bytes)
            yield {name: opened.enter_context(_opened(archive, info)) for name, info in chosen.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise IntegrityError(f"{label} is damaged, or no zip at all: {error}", fix=_FIX) from error


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    try:
        return cast(BinaryIO, archive.open(info))
    except (RuntimeError, ValueError) as error:  # a password; a name or an offset that cannot be
        raise zipfile.BadZipFile(str(error)) from error


def _choose(
    entries: list[zipfile.ZipInfo], layout: Layout, label: str, max_bytes: int = _MAX_MEMBER_BYTES
) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > _MAX_ENTRIES:
        raise IntegrityError(f"{label} has {len(entries)} entries: more than {_MAX_ENTRIES} are not read", fix=_FIX)
    chosen: dict[str, zipfile.ZipInfo] = {}
    for info in entries:
        name = layout.name_of(info.filename)
        if name is None:
            continue
        if name in chosen:
            raise IntegrityError(f"{label} has {name} twice", fix=_FIX)
        _require_plain(info, label, max_bytes)
        chosen[name] = info
    layout.require_all(chosen, label)
    _require_apart(chosen.values(), label)
    return chosen


def _require_plain(info: zipfile.ZipInfo, label: str, max_bytes: int) -> None:
    """Refuse what no honest ratings file is, before a byte of it is inflated."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.is_dir() or kind not in (0, stat.S_IFREG):
        raise IntegrityError(f"{label}: {info.filename} is a link or another special file", fix=_FIX)
    if info.compress_type not in _METHODS:
        raise IntegrityError(f"{label}: {info.filename} is compressed by method {info.compress_type}", fix=_FIX)
    if info.file_size > max_bytes or info.file_size > _MAX_RATIO * max(info.compress_size, 1):
        raise IntegrityError(
            f"{label}: {info.filename} would inflate from {info.compress_size} to {info.file_size} bytes", fix=_FIX
        )


def _require_apart(infos: Iterable[zipfile.ZipInfo], label: str) -> None:
    """Refuse members that share bytes: the trick of a bomb that passes every per-member limit."""
    for first, second in pairwise(sorted(infos, key=lambda info: info.header_offset)):
        if first.header_offset + _LOCAL_HEADER_BYTES + first.compress_size > second.header_offset:
            raise IntegrityError(f"{label}: {first.filename} and {second.filename} overlap", fix=_FIX)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Say in recli's errors what the system says of a path."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(f"there is no {path}", fix="recli fetch --from PATH") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise StorageError(f"cannot read {path}: {error}") from error
