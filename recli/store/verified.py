"""Large files that were hashed once and have not been touched since: a hint, which spares looking at all bytes again.

``models list`` checks every version, and of fifty with hundreds of megabytes each the hashes would take a minute.
Loading a version never asks here, nor does ``models verify``: what is used is hashed, whatever this says.
"""

import json
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from recli.core.artifact import FileEntry
from recli.core.errors import IntegrityError
from recli.store import io
from recli.store.layout import VERIFIED
from recli.store.reading import read_record
from recli.store.staging import replace_file

LARGE = 1 << 20
"""Bytes from which a file is remembered: smaller ones are hashed in a moment."""
_SETTLED = 2 * 10**9
"""Nanoseconds for which a file must not have changed before it was hashed: within a tick of the clock, or while it is
read, it could change again without a trace in its times."""


class Verified:
    """What is remembered of the files of one store."""

    def __init__(self, root: Path, known: dict[str, list[object]]) -> None:
        self._root = root
        self._known = known
        self._used: dict[str, list[object]] = {}

    @classmethod
    def read(cls, root: Path) -> "Verified":
        """Read the hint; one that is missing or malformed knows nothing."""
        known: object = {}
        with suppress(IntegrityError, OSError, ValueError, RecursionError):
            known = json.loads(read_record(root, (VERIFIED,), fix=None))
        return cls(root, known if isinstance(known, dict) else {})

    def has(self, path: Path, entry: FileEntry) -> bool:
        """Tell whether a file was found to be what an entry says, and has the size, times and inode it had then."""
        name, stamp = self._name(path), io.stamp(path)
        if entry.size < LARGE or stamp is None or self._known.get(name) != _record(entry, stamp):
            return False
        self._used[name] = _record(entry, stamp)
        return True

    def add(self, path: Path, entry: FileEntry, before: tuple[int, ...] | None, began: int) -> None:
        """Remember a file that was found to be what an entry says.

        Args:
            path: of the file.
            entry: what it is.
            before: ``io.stamp`` of the file before it was read.
            began: when that was, nanoseconds since 1970.
        """
        if entry.size < LARGE or before is None or before != io.stamp(path):
            return
        if io.changed(before) + _SETTLED < began:
            self._used[self._name(path)] = _record(entry, before)

    def write(self, *, whole: bool) -> None:
        """Keep what was learned, if the store can be written; after a look at the ``whole`` store, nothing else."""
        found = self._used if whole else self._known | self._used
        if found != self._known:
            with suppress(OSError):
                replace_file(self._root, self._root / VERIFIED, json.dumps(found).encode())

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def now() -> int:
    """Return the time, nanoseconds since 1970."""
    return time.time_ns()


def _record(entry: FileEntry, stamp: tuple[int, ...]) -> list[object]:
    """Return what is remembered: all that the manifest says of the file, in short, and the file's stamp."""
    arrays = sorted((name, dtype, list(shape)) for name, (dtype, shape) in entry.arrays.items())
    said = sha256(json.dumps([entry.size, entry.sha256, arrays]).encode()).hexdigest()
    return [said, *stamp]
