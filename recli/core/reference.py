"""Names of artifacts, and references to their versions. Imports no numpy: every command line parses one."""

import re
from dataclasses import dataclass

from recli.core.errors import UsageError

DEFAULT_DATASET = "ml-100k"
"""What commands mean where no dataset is named."""

_RELEASES = ("1m", "10m", "20m", "25m", "32m", "latest-small", "latest")
FETCHED = frozenset(
    {
        DEFAULT_DATASET,
        "tiny",
        *(f"ml-{release}" for release in _RELEASES),
        *(f"synthetic-{size}" for size in ("100k", "1m", "10m", "32m")),
    }
)
"""The datasets that ``recli fetch`` gets; all others are imported."""

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_REF = re.compile(r"(?P<name>[^:@]+)(?::(?P<version>\d{1,9})|@(?P<alias>[^:@]+))?")


def is_name(text: str) -> bool:
    """Tell whether a text may name a dataset, a model or an alias (and so a directory)."""
    return NAME.fullmatch(text) is not None


def renewal(dataset: str) -> str:
    """Return the command that puts a dataset into the store anew."""
    return f"recli fetch {dataset} --force" if dataset in FETCHED else f"recli import RATINGS --name {dataset} --force"


@dataclass(frozen=True)
class ArtifactRef:
    """``dot:3`` is version 3 of ``dot``; ``dot@best`` what the alias says; ``dot`` is ``dot@latest``."""

    name: str
    """The model's name."""
    version: int | None = None
    """1, 2, … or ``None`` where an alias decides."""
    alias: str | None = None
    """``latest`` where the reference names neither version nor alias; ``None`` where it names a version."""

    @classmethod
    def parse(cls, text: str) -> "ArtifactRef":
        """Read a reference as a person types it.

        Raises:
            UsageError: the text is no reference.
        """
        match = _REF.fullmatch(text)
        if match is None or not is_name(match["name"]) or (match["alias"] is not None and not is_name(match["alias"])):
            raise UsageError(
                f"not a reference: {text!r}: write NAME, NAME:VERSION or NAME@ALIAS", fix="recli models list"
            )
        if match["version"] is not None:
            if int(match["version"]) == 0:
                raise UsageError(f"not a reference: {text!r}: versions start at 1", fix="recli models list")
            return cls(match["name"], version=int(match["version"]))
        return cls(match["name"], alias=match["alias"] or "latest")

    def __str__(self) -> str:
        return f"{self.name}:{self.version}" if self.version is not None else f"{self.name}@{self.alias}"
