"""What ``doctor`` returns."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    about: str
    """``python``, ``machine``, ``store``, ``settings`` or ``terminal``."""
    name: str
    status: Status
    """A warning can be lived with; a problem keeps something from working."""
    detail: str
    fix: str = ""
    """What to do; empty where nothing is to be done."""
    exit_code: int = 0
    """Of the error that a problem would end a command with; 0 for all else."""


@dataclass(frozen=True)
class Diagnosis:
    """All that was looked at."""

    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What keeps something from working."""
        return tuple(found for found in self.findings if found.status == "problem")
