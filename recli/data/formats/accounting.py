"""Counts what becomes of each line of a file, so that none is lost silently."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from recli.core.results.importing import BadLine, FileCount

MOST_EXAMPLES = 5
"""Rejected lines that a message quotes."""
_MOST_QUOTED = 40
REASONS = {
    "fields": "more or fewer fields than the other lines",
    "quotes": "quotes that do not balance",
    "json": "a line that is no JSON object, or a value that no cell can hold",
    "encoding": "bytes that are no text in the file's encoding",
    "nul": "a NUL byte",
    "line end": "a carriage return within the line",
    "long": "a line that is too long",
    "blank": "a value that is blank",
    "number": "a value that is no number",
    "not finite": "NaN or infinity",
    "scale": "a rating outside the scale",
    "time": "a value that is no time",
    "id": "an id that cannot be one",
    "again": "an id that an earlier line has",
}
"""Why a line is rejected → in words."""


class Rejected(Exception):  # noqa: N818
    """A line cannot be taken."""

    def __init__(self, reason: str, problem: str, column: str = "") -> None:
        """Say why, by one of ``REASONS`` and in words, and which column is at fault."""
        super().__init__(problem)
        self.reason = reason
        self.problem = problem
        self.column = column


def quoted(text: str) -> str:
    """Return what a message repeats of a cell."""
    return repr(text if len(text) <= _MOST_QUOTED else text[: _MOST_QUOTED - 1] + "…")


@dataclass
class Accounting:
    """The count of one file, while it is read."""

    lines: int = 0
    """Lines of data that were met."""
    accepted: int = 0
    blank_lines: int = 0
    rejected_by: Counter[str] = field(default_factory=Counter)
    examples: list[BadLine] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Lines."""
        return self.rejected_by.total()

    def accept(self, n: int = 1) -> None:
        """Count lines that were taken."""
        self.lines += n
        self.accepted += n

    def reject(self, line: int, why: Rejected) -> None:
        """Count a line that was not."""
        self.lines += 1
        self.rejected_by[why.reason] += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(BadLine(line, why.column, why.reason, why.problem))

    def count(
        self, file: str, syntax: str, encoding: str, *, header: bool, columns: Mapping[str, str | None], sha256: str
    ) -> FileCount:
        """Return the whole count, once the file was read; no row is a duplicate yet."""
        return FileCount(
            file=file,
            format=syntax,
            encoding=encoding,
            header=header,
            columns=dict(columns),
            lines=self.lines,
            accepted=self.accepted,
            duplicates=0,
            blank_lines=self.blank_lines,
            rejected_by=dict(self.rejected_by),
            examples=tuple(self.examples),
            sha256=sha256,
        )
