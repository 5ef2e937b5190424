"""Building beside the target, so that a target is old or new and never half."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from os import urandom
from pathlib import Path

from recli.store import io
from recli.store.content import write_content
from recli.store.layout import TEMP_PREFIX


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """Yield a new directory on the store's file system, and remove what is left in it, whatever happens."""
    path = root / f"{TEMP_PREFIX}{urandom(16).hex()}"
    try:
        io.make_directory(path)
        yield path
    finally:
        _discard(path)


def _discard(path: Path) -> None:
    """Remove a staging directory; one that stays is ignored by readers, so it is no reason to fail."""
    with suppress(OSError):
        try:
            io.remove_tree(path)
        except (KeyboardInterrupt, SystemExit):  # Ctrl-C or SIGTERM while tidying up: finish, then obey
            io.remove_tree(path)
            raise


def ensure_directory(path: Path) -> None:
    """Create a directory and those above it where they are missing; another process may do so at the same time."""
    missing = list(takewhile(lambda step: io.kind(step) == "missing", [path, *path.parents]))
    for step in reversed(missing):
        with suppress(FileExistsError):
            io.make_directory(step)
        io.sync_directory(step.parent)


def replace_file(root: Path, target: Path, content: bytes) -> None:
    """Write a small file, which then has the old content or the new one at any moment."""
    with staging(root) as temp:
        write_content(temp / target.name, content)
        io.replace(temp / target.name, target)
    io.sync_directory(target.parent)
