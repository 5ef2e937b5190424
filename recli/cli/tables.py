"""``--out FILE`` of rows: checked before the work, written piece by piece."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from recli.core.errors import UsageError

_SEPARATORS = {"csv": ",", "tsv": "\t", "": ","}
"""By the end of a name; a device or a pipe mostly has none."""


@dataclass(frozen=True)
class TableFile:
    """A file that can be written."""

    path: Path
    separator: str

    def save(self, pieces: Iterable[str]) -> None:
        """Write it in UTF-8: old or new, never half."""
        from recli.operations.files import write_chunks

        write_chunks(self.path, (piece.encode() for piece in pieces))


def open_table(path: Path | None) -> TableFile | None:
    """Check where rows are to go; ``None`` where no file is asked for.

    Raises:
        UsageError: the name ends in no format that recli writes.
        StorageError: no file can be written there.
    """
    if path is None:
        return None
    from recli.operations.files import check_destination

    fmt = path.suffix.lower().removeprefix(".")
    if fmt not in _SEPARATORS:
        raise UsageError(f"--out {path}: recli writes .csv and .tsv files")
    check_destination(path)
    return TableFile(path, _SEPARATORS[fmt])
