"""A report on the disk: the page last, so that it never shows pictures that are not there."""

from collections.abc import Mapping
from pathlib import Path

from recli.core.errors import StorageError
from recli.operations.files import write_file


def write_report(path: Path, page: str, pictures: Mapping[str, bytes]) -> None:
    """Write a page, and its pictures into the folder ``NAME_files`` beside it.

    Raises:
        StorageError: the disk is full, read-only or refuses.
    """
    folder = path.with_name(f"{path.name}_files")
    if pictures:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise StorageError(f"cannot write {folder}: {error.strerror}") from error
    for name, content in pictures.items():
        write_file(folder / name, content)
    write_file(path, page.encode("utf-8"))
