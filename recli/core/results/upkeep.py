"""What the commands return that keep the store up."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tagged:
    """An alias that was set or forgotten."""

    name: str
    """``dot@champion``."""
    ref: str | None
    """What it means now: ``dot:3``; ``None`` for nothing any more."""
    before: str | None
    """What it meant before; ``None`` for nothing."""


@dataclass(frozen=True)
class Checked:
    """One thing in the store, and whether it is as it was written."""

    kind: str
    """``model``, ``projection``, ``dataset``, ``checkpoint``, ``study`` or ``alias``."""
    name: str
    """``dot:3``, ``dot:3/tsne``, ``ml-100k``, ``dot@best``."""
    path: Path
    bytes: int
    reason: str
    """What is wrong with it; empty where nothing is."""
    fix: str
    """The command that helps; empty where there is none."""

    @property
    def status(self) -> str:
        """``ok`` or ``damaged``."""
        return "damaged" if self.reason else "ok"


@dataclass(frozen=True)
class Verification:
    """All that was checked."""

    checks: tuple[Checked, ...]

    @property
    def damaged(self) -> tuple[Checked, ...]:
        """What is not as it was written."""
        return tuple(check for check in self.checks if check.reason)


@dataclass(frozen=True)
class Removed:
    """A version that is gone, or would be."""

    ref: str
    bytes: int
    aliases: tuple[str, ...]
    """That went with it."""


@dataclass(frozen=True)
class Collected:
    """What gc removed, or would remove."""

    dry_run: bool
    keep_last: int
    removed: tuple[Removed, ...]
    held: tuple[str, ...]
    """Versions that stayed because another process reads them."""
    leftovers: tuple[tuple[Path, int], ...]
    """What killed processes left behind, and its bytes."""
    bytes: int
    """Of all of it."""


@dataclass(frozen=True)
class Exported:
    """A version written for other programs."""

    ref: str
    files: tuple[Path, ...]
    remarks: tuple[str, ...]
    """What a reader of the files should know."""
