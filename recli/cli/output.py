"""Where output goes: data to stdout in the shape its reader needs, everything else to stderr."""

import contextlib
import logging
import os
import shlex
import sys
from typing import TYPE_CHECKING, TextIO

from recli.core.errors import UsageError
from recli.core.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import Console

    from recli.render.view import View

_WIDEST = 10_000
"""Columns: whatever ``COLUMNS`` says, no line is filled up further."""

log = logging.getLogger("recli")


class Output:
    """The way out of one command."""

    def __init__(
        self,
        *,
        json: bool = False,
        csv: bool = False,
        tsv: bool = False,
        raw: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        again: "Callable[[str], str]" = str,
    ) -> None:
        """Choose the shape; none asked for is a table on a terminal and TSV elsewhere.

        Raises:
            UsageError: two shapes are asked for.
        """
        shapes = {"--json": json, "--csv": csv, "--tsv": tsv, "--quiet": quiet}
        asked = [option for option, given in shapes.items() if given]
        if len(asked) > 1:
            raise UsageError(f"{' and '.join(asked)} exclude each other: an answer has one shape")
        self.again = again
        """Completes the command to try next."""
        self.json = json
        self.quiet = quiet
        self.raw = raw
        self.separator = "," if csv else "\t" if tsv or not (json or quiet or sys.stdout.isatty()) else None
        """Between the cells of rows that go out as they are; ``None`` where they do not."""
        log.setLevel(logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING)

    def emit(self, view: "View") -> None:
        """Write a result: an object, the bare thing, rows, or a table for people."""
        from recli.render.view import csv_text, json_text, quiet_text, tsv_text

        if self.json:
            sys.stdout.write(json_text(view))
        elif self.quiet:
            sys.stdout.write(quiet_text(view))
        elif self.separator is None:
            stdout_console().print(view.terminal(), crop=False)
        else:
            if view.subject:
                say(view.subject)
            sys.stdout.write(tsv_text(view) if self.separator == "\t" else csv_text(view, raw=self.raw))
        sys.stdout.flush()
        self._remark(view)

    def stream(self, pieces: "Iterable[str]") -> None:
        """Write rows as they are made: there may be more than fit into memory."""
        sys.stdout.writelines(pieces)
        sys.stdout.flush()

    def stream_bytes(self, pieces: "Iterable[bytes]") -> None:
        """Write a file's content as it is made, for whoever reads stdout."""
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()

    def remark(self, notes: "Iterable[str]") -> None:
        """Write to stderr what a reader of the result should know."""
        for note in () if self.quiet else notes:
            say(note)

    def _remark(self, view: "View") -> None:
        if self.quiet:
            return
        self.remark(view.notes)
        if view.words and self.separator is None and not self.json and sys.stderr.isatty():
            first, *others = view.words
            say(f"words: recli explain {shlex.quote(first)}" + (f", or {', '.join(others)}" if others else ""))
        if view.next and sys.stderr.isatty():
            say(f"next: {self.again(view.next)}", fill=False)


def say(text: str, *, fill: bool = True) -> None:
    """Write a line to stderr, filled by words on a terminal; where nobody reads it, the exit code still tells.

    Not filled is what somebody copies: a terminal that wraps it itself gives it back as one line.
    """
    line = visible(text)
    with contextlib.suppress(OSError):
        sys.stderr.write((_filled(line) if fill and sys.stderr.isatty() else line) + "\n")
        sys.stderr.flush()


def _filled(line: str) -> str:
    import textwrap

    columns = _columns(sys.stderr) or 80
    return textwrap.fill(line, columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _columns(stream: "TextIO") -> int | None:
    """Return what ``COLUMNS`` says, else how wide the terminal is; ``None`` where there is none.

    Rich takes 80 where ``TERM`` is dumb, whatever ``COLUMNS`` says, and Python asks stdout, which may be a file.
    """
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said):
        return min(int(said), _WIDEST)
    with contextlib.suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns or None
    return None


def stdout_console() -> "Console":
    """Return a console that never reads text as markup, emoji or something to highlight."""
    from rich.console import Console

    width, height = _size(sys.stdout)
    return Console(markup=False, emoji=False, highlight=False, soft_wrap=False, width=width, height=height)


def stderr_console() -> "Console":
    """Return the same for progress."""
    from rich.console import Console

    width, height = _size(sys.stderr)
    return Console(stderr=True, markup=False, emoji=False, highlight=False, width=width, height=height)


def _size(stream: "TextIO") -> tuple[int | None, int | None]:
    """Return a size for Rich where it would not look itself."""
    is_dumb = os.environ.get("TERM", "").lower() in ("dumb", "unknown")
    columns = _columns(stream)
    return (columns, 25) if columns and (is_dumb or columns == _WIDEST) else (None, None)


def debugging() -> bool:
    """Tell whether ``RECLI_DEBUG`` asks for tracebacks."""
    return os.environ.get("RECLI_DEBUG", "") not in ("", "0")
