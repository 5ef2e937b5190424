"""What ``import`` returns."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from recli.core.ratings import RatingScale


@dataclass(frozen=True)
class BadLine:
    """A line that was rejected."""

    line: int
    """Where it begins in the file, from 1."""
    column: str
    """Name of the column that is at fault; empty where it is the line as a whole."""
    reason: str
    """One of ``recli.data.formats.accounting.REASONS``."""
    problem: str
    """In words; what it quotes of the line is data."""


@dataclass(frozen=True)
class FileCount:
    """What became of the lines of a file: accepted + rejected = lines."""

    file: str
    """As the person named it."""
    format: str
    """``CSV``, ``TSV``, ``;``, ``::``, ``|``, ``spaces``, ``JSON lines``, ``Parquet`` or ``frame``."""
    encoding: str
    """``utf-8`` or ``latin-1``."""
    header: bool
    """Whether the first line names the columns; it is not counted."""
    columns: Mapping[str, str | None]
    """What recli reads, ``user`` → the column it reads that from, by its name or by its place from 1."""
    lines: int
    """Lines of data; a quoted cell that holds line ends is part of one."""
    accepted: int
    duplicates: int
    """Of the accepted: rows that another row of the same user and item replaces."""
    blank_lines: int
    """Not counted as lines."""
    rejected_by: Mapping[str, int]
    """Reason → lines."""
    examples: tuple[BadLine, ...]
    """The first rejected lines, a few."""
    sha256: str
    """Hex, of the whole file as it lies on the disk; empty for what lies in memory."""

    @property
    def unit(self) -> str:
        """What is counted: lines of text, or rows of a table."""
        return "row" if self.format in ("Parquet", "frame") else "line"

    def where(self, number: int) -> str:
        """Return the place of a line or row, for messages."""
        return f"{self.file}: row {number:,}" if self.unit == "row" else f"{self.file}:{number}"

    @property
    def rejected(self) -> int:
        """Lines."""
        return sum(self.rejected_by.values())

    def record(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        told = asdict(self)
        return {**told, "rejected": self.rejected, "rejected_by": dict(self.rejected_by), "columns": dict(self.columns)}


@dataclass(frozen=True)
class ImportResult:
    """A dataset of one's own that is in the store now."""

    dataset: str
    path: Path
    """Its directory."""
    users: int
    items: int
    ratings: int
    scale: RatingScale
    scale_given: bool
    """Whether a person said the scale; else it was read off the ratings."""
    counts: FileCount
    """Of the ratings."""
    items_file: FileCount | None
    users_file: FileCount | None
    notes: tuple[str, ...]
    """What a user of the data should know."""
