"""What ``recli export`` returns."""

from dataclasses import dataclass
from pathlib import Path

from recli.core.ratings import RatingScale


@dataclass(frozen=True)
class ExportedTable:
    """A table of a dataset that was written."""

    name: str
    """``ratings``, ``items`` or ``users``."""
    path: Path
    rows: int
    columns: tuple[str, ...]
    bytes: int


@dataclass(frozen=True)
class ExportResult:
    """A dataset written for other programs."""

    dataset: str
    format: str
    """``csv``, ``tsv``, each also with ``.gz`` or ``.zst``, or ``parquet``."""
    scale: RatingScale
    tables: tuple[ExportedTable, ...]
    remarks: tuple[str, ...]
    """What is not in the files."""
