"""Where a download lies until it is whole: in the store, so that a later process can go on with what has come."""

from contextlib import suppress
from pathlib import Path

from recli.core.reference import is_name
from recli.store import io
from recli.store.layout import TEMP_PREFIX
from recli.store.reading import refuse_links
from recli.store.staging import ensure_directory

PREFIX = f"{TEMP_PREFIX}download-"
"""Of the folders' names; by its beginning gc knows them, and removes them a day after they were begun."""
_LOCK = "lock"


class DownloadFolder:
    """A folder for one download, held for this process."""

    def __init__(self, root: Path, name: str) -> None:
        """Make the folder, or take the one that is there.

        Args:
            root: of the store.
            name: of what is downloaded.

        Raises:
            ValueError: no name for a folder.
            IntegrityError: a link stands there.
        """
        if not is_name(name):
            raise ValueError(f"no name for a download: {name!r}")
        self._root, self._folder = root, root / f"{PREFIX}{name}"
        self._is_first = io.kind(root) == "missing"
        refuse_links(root, (self._folder.name,), fix=None)
        ensure_directory(self._folder)
        self._held = io.Held(io.create_or_open(self._folder / _LOCK))
        self._is_ours = io.lock(self._held.descriptor)
        if self._is_ours:
            self._forget_what_is_odd()

    @property
    def path(self) -> Path | None:
        """The folder; ``None`` where another process is downloading the same."""
        return self._folder if self._is_ours else None

    def _forget_what_is_odd(self) -> None:
        """Remove what no download has left there: whoever writes into a link or a pipe writes elsewhere."""
        for name in io.list_directory(self._folder):
            path = self._folder / name
            if io.kind(path) == "directory":
                io.remove_tree(path)
            elif io.kind(path) != "file":
                io.remove_file(path)

    def leave(self, *, is_done: bool) -> None:
        """Let go of the folder, and remove it unless there is something in it to go on with."""
        try:
            if self._is_ours and (is_done or io.list_directory(self._folder) == [_LOCK]):
                io.remove_tree(self._folder)
                if self._is_first:
                    with suppress(OSError):  # another process has begun to use it
                        io.remove_empty(self._root)
        finally:
            self._held.close()
