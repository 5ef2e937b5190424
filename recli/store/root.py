"""The store as a whole: its ``FORMAT``, and whether it can be written to."""

import re
from pathlib import Path

from recli.core.errors import IntegrityError
from recli.store import io
from recli.store.content import write_content
from recli.store.layout import FORMAT, FORMAT_NUMBER
from recli.store.reading import read_record
from recli.store.staging import ensure_directory, replace_file, staging

_NUMBER = re.compile(r"[0-9]{1,9}")
_PROBE = bytes(4096)


def check_format(root: Path) -> None:
    """Refuse a store that this recli cannot read; one without ``FORMAT`` is empty or new.

    Raises:
        IntegrityError: a newer recli wrote it, or ``FORMAT`` is malformed.
    """
    path = root / FORMAT
    if io.kind(path) == "missing":
        return
    text = read_record(root, (FORMAT,), fix=None).decode("ascii", "replace").strip()
    if _NUMBER.fullmatch(text) is None:
        raise IntegrityError(f"{path} holds no format number: {text[:20]!r} where recli writes {FORMAT_NUMBER}")
    if int(text) != FORMAT_NUMBER:
        raise IntegrityError(
            f"the store {root} has format {text}, and this recli reads format {FORMAT_NUMBER}",
            fix="python -m pip install --upgrade recli",
        )


def create_store(root: Path) -> None:
    """Make a directory a store, if it is none yet."""
    check_format(root)
    ensure_directory(root)
    if io.kind(root / FORMAT) == "missing":
        replace_file(root, root / FORMAT, f"{FORMAT_NUMBER}\n".encode())


def prove_writable(root: Path) -> None:
    """Write and remove something, so that a full or read-only disk fails now and not after an hour of training."""
    with staging(root) as temp:
        write_content(temp / "probe", _PROBE)
        io.remove_tree(temp)
