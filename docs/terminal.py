"""What a command shows on a terminal, as text and as a picture."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

ROWS = 50
_MOST_LINES = 5000
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_NAMES = {"brown": "yellow"}  # what pyte calls it
_DIM, _GREY, _EXTENDED = 2, 90, {38, 48}


class _Screen(pyte.HistoryScreen):
    """A terminal that shows dim text as grey: pyte knows no dim."""

    def select_graphic_rendition(self, *attributes: int, **_: bool) -> None:
        if not _EXTENDED.intersection(attributes):  # whose 2 means another thing
            attributes = tuple(_GREY if code == _DIM else code for code in attributes)
        super().select_graphic_rendition(*attributes)


class Shown:
    """What stands on a terminal when a command has ended."""

    def __init__(self, lines: Sequence[Text]) -> None:
        """Take the lines, from the first to the last that is not blank."""
        self.lines = lines

    @property
    def text(self) -> str:
        """The lines without their colours."""
        return "\n".join(line.plain for line in self.lines)

    def svg(self, title: str, columns: int) -> str:
        """Return a picture of the terminal, with the command as its title; it loads nothing, no font either."""
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            console = Console(record=True, width=columns, file=nowhere, color_system="truecolor", force_terminal=True)
            for line in self.lines:
                console.print(line, no_wrap=True, crop=False, overflow="ignore")
            return _FONT_FACE.sub("", console.export_svg(title=title))


def run(argv: Sequence[str], *, columns: int, cwd: Path, environment: Mapping[str, str]) -> Shown:
    """Run a command on a terminal of its own.

    Args:
        argv: the command.
        columns: width of the terminal.
        cwd: where it runs.
        environment: variables to set beside this process's own.

    Raises:
        CalledProcessError: it failed.
    """
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    running = subprocess.Popen(
        argv,
        cwd=cwd,
        env=inherited | {"TERM": "xterm-256color", "PYTHONUTF8": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=child,
        stderr=child,
    )
    os.close(child)
    screen = _Screen(columns, ROWS, history=_MOST_LINES)
    stream = pyte.ByteStream(screen)
    while chunk := _read(parent):
        stream.feed(chunk)
    os.close(parent)
    shown = Shown(_lines(screen, columns))
    if code := running.wait():
        raise subprocess.CalledProcessError(code, argv, output=shown.text)
    return shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says EIO, not end of file, when the last writer leaves
        return b""


def _lines(screen: _Screen, columns: int) -> list[Text]:
    rows = [*screen.history.top, *(screen.buffer[row] for row in range(screen.lines))]
    lines = [_line(row[column] for column in range(columns)) for row in rows]
    while lines and not lines[-1].plain:
        lines.pop()
    return lines


def _line(cells: Iterable[pyte.screens.Char]) -> Text:
    line = Text()
    for style, alike in groupby(cells, key=_style):
        line.append("".join(cell.data for cell in alike), style)
    line.rstrip()
    return line


def _style(cell: pyte.screens.Char) -> Style:
    return Style(
        color=_colour(cell.fg),
        bgcolor=_colour(cell.bg),
        bold=cell.bold,
        italic=cell.italics,
        underline=cell.underscore,
        reverse=cell.reverse,
    )


def _colour(name: str) -> str | None:
    if name == "default":
        return None
    if re.fullmatch(r"[0-9a-f]{6}", name):
        return f"#{name}"
    return _NAMES.get(name, name.replace("bright", "bright_"))
