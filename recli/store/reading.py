"""Opening files of the store: no links, nothing but regular files, nothing larger than expected."""

from io import BufferedReader
from pathlib import Path

from recli.core.errors import IntegrityError
from recli.store import io
from recli.store.layout import MAX_RECORD, steps


def refuse_links(base: Path, parts: tuple[str, ...], fix: str | None) -> None:
    """Raise ``IntegrityError`` where a path inside the store goes through a link, which could lead anywhere."""
    for step in steps(base, parts):
        if io.kind(step) == "link":
            raise IntegrityError(f"{step} is a symbolic link: the store follows none", fix=fix)


def open_regular(base: Path, parts: tuple[str, ...], fix: str | None) -> BufferedReader:
    """Open a file of the store to be read.

    Raises:
        IntegrityError: it is missing, a link, behind a link, or no regular file (reading a pipe would wait for ever).
    """
    refuse_links(base, parts, fix)
    path = base.joinpath(*parts)
    if io.kind(path) not in ("file", "missing"):
        raise IntegrityError(f"{path} is not a file", fix=fix)
    try:
        return io.open_existing(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IntegrityError(f"{path} is missing", fix=fix) from error


def read_record(base: Path, parts: tuple[str, ...], fix: str | None) -> bytes:
    """Return all of a small file that describes the store or an artifact.

    Raises:
        IntegrityError: as ``open_regular``, or it is implausibly large.
    """
    with open_regular(base, parts, fix) as file:
        data = io.read(file, MAX_RECORD + 1)
    if len(data) > MAX_RECORD:
        raise IntegrityError(f"{base.joinpath(*parts)} is larger than {MAX_RECORD} bytes", fix=fix)
    return data
