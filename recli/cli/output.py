"""Where output goes: data to stdout in the shape its reader needs, everything else to stderr."""

import contextlib
import logging
import os
import sys
from typing import TYPE_CHECKING

from recli.core.errors import UsageError
from recli.core.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from recli.render.view import View

log = logging.getLogger("recli")


class Output:
    """The way out of one command."""

    def __init__(self, *, json: bool, quiet: bool, verbose: bool) -> None:
        """Choose the shape.

        Raises:
            UsageError: ``--json`` and ``--quiet`` together.
        """
        if json and quiet:
            raise UsageError("--json and --quiet exclude each other: one prints all, the other only the thing itself")
        self.json = json
        self.quiet = quiet
        log.setLevel(logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING)

    def emit(self, view: "View") -> None:
        """Write a result: an object, the bare thing, a table for people, or TSV where no person reads."""
        from recli.render.view import json_text, quiet_text, tsv_text

        if self.json:
            sys.stdout.write(json_text(view))
        elif self.quiet:
            sys.stdout.write(quiet_text(view))
        elif sys.stdout.isatty():
            stdout_console().print(view.terminal(), crop=False)
        else:
            if view.subject:
                say(view.subject)
            sys.stdout.write(tsv_text(view))
        sys.stdout.flush()
        self._remark(view)

    @property
    def plain(self) -> bool:
        """Whether rows go out as they are: to no terminal, and asked for in no other shape."""
        return not (self.json or self.quiet or sys.stdout.isatty())

    def stream(self, pieces: "Iterable[str]") -> None:
        """Write rows as they are made: there may be more than fit into memory."""
        sys.stdout.writelines(pieces)
        sys.stdout.flush()

    def remark(self, notes: "Iterable[str]") -> None:
        """Write to stderr what a reader of the result should know."""
        for note in () if self.quiet else notes:
            say(note)

    def _remark(self, view: "View") -> None:
        if self.quiet:
            return
        self.remark(view.notes)
        if view.next and sys.stderr.isatty():
            say(f"next: {view.next}")


def say(text: str) -> None:
    """Write a line to stderr, filled by words on a terminal; where nobody reads it, the exit code still tells."""
    line = visible(text)
    with contextlib.suppress(OSError):
        sys.stderr.write((_filled(line) if sys.stderr.isatty() else line) + "\n")
        sys.stderr.flush()


def _filled(line: str) -> str:
    import shutil
    import textwrap

    columns = shutil.get_terminal_size().columns
    return textwrap.fill(line, columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def stdout_console() -> "Console":
    """Return a console that never reads text as markup, emoji or something to highlight."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False, soft_wrap=False)


def stderr_console() -> "Console":
    """Return the same for progress."""
    from rich.console import Console

    return Console(stderr=True, markup=False, emoji=False, highlight=False)


def debugging() -> bool:
    """Tell whether ``RECLI_DEBUG`` asks for tracebacks."""
    return os.environ.get("RECLI_DEBUG", "") not in ("", "0")
