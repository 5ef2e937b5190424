"""What a person wants to import, and the command or call that says so."""

import dataclasses
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
