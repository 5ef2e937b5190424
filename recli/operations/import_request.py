"""What a person wants to import, the command or call that says so, and when it is refused."""

import dataclasses
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recli.core.errors import InputDataError, RecliError
from recli.core.results.importing import BadLine, FileCount
from recli.data.formats.text.sniffing import FIXES


@dataclass(frozen=True)
class Request:
    """What a person wants to import, and how."""

    ratings: Path
    """``-`` is standard input."""
    name: str
    """What commands will call the dataset."""
    items: Path | None = None
    users: Path | None = None
    columns: str | None = None
    """``user=…,item=…,rating=…,timestamp=…``: names, or places from 1; ``None`` to guess."""
    scale: str | None = None
    """``LO:HI``; ``None`` to read it off the ratings."""
    encoding: str | None = None
    """``None`` for UTF-8, or latin-1 where a file in GroupLens' layout is not UTF-8."""
    on_bad: str = "fail"
    """``fail``, or ``skip`` and count the lines that cannot be taken."""
    force: bool = False
    """Whether to replace a dataset of that name."""

    def command(self, **changes: Any) -> str:
        """Return the command line of this request with other options, to try next."""
        changed = dataclasses.replace(self, **changes)
        said = {"items": changed.items, "users": changed.users, "name": changed.name, "columns": changed.columns,
                "scale": changed.scale, "encoding": changed.encoding,
                "on-bad": None if changed.on_bad == "fail" else changed.on_bad}  # fmt: skip
        words = [word for key, value in said.items() if value is not None for word in (f"--{key}", str(value))]
        return shlex.join(["recli", "import", str(self.ratings), *words, *(["--force"] if changed.force else [])])


@dataclass(frozen=True)
class FrameRequest(Request):
    """The same of a frame, which has no path."""

    def command(self, **changes: Any) -> str:
        """Return the call with other arguments, to try next."""
        changed = dataclasses.replace(self, **changes)
        said = {
            "name": changed.name,
            "columns": changed.columns,
            "scale": changed.scale,
            "on_bad": changed.on_bad if changed.on_bad != "fail" else None,
            "force": changed.force or None,
        }
        words = [f"{key}={value!r}" for key, value in said.items() if value is not None]
        return f"import_frame(store, frame, {', '.join(words)})"


@contextmanager
def with_fix(request: Request, without: str | None) -> Iterator[None]:
    """Name the command that helps, where the reader of a file cannot: it knows the file, not what was asked for."""
    try:
        yield
    except RecliError as error:
        if error.fix == FIXES["encoding"]:
            error.fix = request.command(encoding="latin-1")
        error.fix = error.fix or without
        raise


def require_good(count: FileCount, request: Request) -> None:
    """Refuse a file that has lines which cannot be taken, unless they are to be skipped and others are left.

    Raises:
        InputDataError: so it is; it names the first of them.
    """
    if not count.rejected or (request.on_bad == "skip" and count.accepted):
        return
    first, *others = count.examples
    what = f"{count.rejected:,} of {count.lines:,} {count.unit}s cannot be taken"
    also = "".join(f"; {count.unit} {bad.line}: {_in_words(bad)}" for bad in others)
    fix: str | None = request.command(on_bad="skip")
    if request.on_bad == "skip":
        what, fix = f"no {count.unit} of {count.lines:,} can be taken", None
    if count.unit == "line" and "encoding" in count.rejected_by and request.encoding is None:
        fix = request.command(encoding="latin-1")
    message = f"{count.where(first.line)}: {_in_words(first)} ({what}{also})"
    raise InputDataError(message, fix=fix or (FIXES.get(first.reason) if count.unit == "line" else None))


def _in_words(bad: BadLine) -> str:
    return f"column {bad.column}: {bad.problem}" if bad.column else bad.problem
