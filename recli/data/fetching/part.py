"""What has come of a file that is being downloaded, kept so that a later attempt can go on with it."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Part:
    """What has come of a file, and which file it is a part of."""

    target: Path
    url: str
    """Without secrets."""

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def _note(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part.json")

    def note(self) -> dict[str, Any] | None:
        """Return what was noted when the part began; ``None`` where there is nothing to go on."""
        try:
            note = json.loads(self._note.read_bytes())
            known = isinstance(note, dict) and note.get("url") == self.url and self.path.stat().st_size > 0
            return note if known else None
        except (OSError, ValueError):
            return None

    def begin(self, validator: str | None, *, checkable: bool) -> None:
        """Note which version comes now, where the rest of it can be told from the rest of another file."""
        self._note.unlink(missing_ok=True)
        if validator is not None or checkable:
            self._note.write_text(json.dumps({"url": self.url, "validator": validator}), encoding="utf-8")

    def remove_unless_useful(self) -> None:
        """Remove what no later attempt could go on from."""
        if self.note() is None:
            with suppress(OSError):
                self.remove()

    def remove(self) -> None:
        """Forget it."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
