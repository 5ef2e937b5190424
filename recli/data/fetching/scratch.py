"""A folder for what is on its way: gone when the work is done, has failed, or was interrupted."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recli.core.errors import StorageError


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a temporary folder and remove it with all it holds.

    Raises:
        StorageError: it cannot be made.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="recli-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StorageError(f"cannot make a temporary folder: {error}") from error
    with folder as path:
        yield Path(path)
