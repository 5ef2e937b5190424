"""Where a download lies until it is whole: in the store, so that a later process can go on with what has come."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from recli.core.reference import is_name
from recli.store import io
from recli.store.layout import TEMP_PREFIX
from recli.store.reading import refuse_links
from recli.store.staging import ensure_directory

PREFIX = f"{TEMP_PREFIX}download-"
"""Of the folders' names; by its beginning gc knows them, and removes them a day after they were begun."""
_LOCK, _PART = "lock", ".part"


@contextmanager
def download_folder(root: Path, name: str) -> Iterator[Path | None]:
    """Yield a folder for one download, held for this process; ``None`` where another one downloads the same.

    It is removed when the block is left, unless that fails and leaves a file that ends in ``.part``.

    Args:
        root: of the store, made if it is missing.
        name: of what is downloaded.

    Raises:
        ValueError: no name for a folder.
        IntegrityError: a link stands there.
    """
    if not is_name(name):
        raise ValueError(f"no name for a download: {name!r}")
    folder, is_first = root / f"{PREFIX}{name}", io.kind(root) == "missing"
    refuse_links(root, (folder.name,), fix=None)
    lock, is_ours, is_done = -1, False, False
    try:
        ensure_directory(root)
        with suppress(FileExistsError):
            io.make_directory(folder)
        lock = io.create_or_open(folder / _LOCK)
        is_ours = io.lock(lock)
        if is_ours:
            _forget_what_is_odd(folder)
        yield folder if is_ours else None
        is_done = True
    finally:
        try:
            if is_ours and (is_done or not _has_part(folder)):
                io.remove_tree(folder)
            for path in (folder, *([root] if is_first else [])):
                with suppress(OSError):  # there is something in it
                    io.remove_empty(path)
        finally:
            if lock >= 0:
                io.close(lock)


def _forget_what_is_odd(folder: Path) -> None:
    """Remove what no download has left there: whoever writes into a link or a pipe writes elsewhere."""
    for name in io.list_directory(folder):
        path = folder / name
        if io.kind(path) == "directory":
            io.remove_tree(path)
        elif io.kind(path) != "file":
            io.remove_file(path)


def _has_part(folder: Path) -> bool:
    return any(name.endswith(_PART) for name in io.list_directory(folder))
