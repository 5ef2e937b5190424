"""What ``fetch`` returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class FetchResult:
    """A dataset that is in the store now."""

    dataset: str
    path: Path
    """Its directory."""
    users: int
    items: int
    ratings: int
    record: Mapping[str, Any]
    """``dataset.json``: source, url, licence, citation, sha256, notes, counts, scale."""
    already_there: bool
    """True where nothing was fetched: it was there, and every checksum held."""


@dataclass(frozen=True)
class DatasetListing:
    """One line of ``fetch --list``."""

    dataset: str
    title: str
    licence: str
    fetched: bool
    """Whether the store has it."""
    imported: bool = False
    """Whether it is one of the user's own, which nothing but the store has."""
