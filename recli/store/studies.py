"""Studies of ``tune``: one growing file of JSON lines each, and one process at a time that writes to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recli.core.errors import BusyError
from recli.core.reference import is_name
from recli.store import io
from recli.store.layout import STUDIES
from recli.store.staging import ensure_directory

SUFFIX = ".jsonl"


@contextmanager
def study_file(root: Path, name: str, *, fresh: bool) -> Iterator[Path]:
    """Yield the file of a study, made if it is missing, held for this process until the block is left.

    A line that a killed process left half written is cut off. Unlike an artifact a study grows, so no checksum guards
    it; whoever reads it must take nothing in it for granted.

    Args:
        root: of the store.
        name: of the study.
        fresh: forget what is in it.

    Raises:
        ValueError: no name for a file.
        BusyError: another process is writing to it.
    """
    if not is_name(name):
        raise ValueError(f"no name for a study: {name!r}")
    ensure_directory(root / STUDIES)
    path = root / STUDIES / f"{name}{SUFFIX}"
    descriptor = io.create_or_open(path)
    try:
        if not io.lock(descriptor):
            raise BusyError(f"another process is tuning with {path}: wait for it, or end it")
        io.truncate(descriptor, 0 if fresh else io.whole_lines(path))
        yield path
    finally:
        io.close(descriptor)
