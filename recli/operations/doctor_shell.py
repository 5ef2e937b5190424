"""What a terminal has around recli: its encoding and width, and completion at TAB in the person's shell."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from recli.core.results.doctor import Finding

_MARK = "recli completion"
"""What a start-up file that sets up completion says."""
_MOST_BYTES = 1 << 20
"""Of a start-up file that is read."""


def terminal() -> Iterator[Finding]:
    """Look at the terminal and the shell; nothing here is ever a problem."""
    encoding = (sys.stdout.encoding or "unknown").lower()
    fits = encoding.replace("-", "") == "utf8"
    fix = "" if fits else "set LANG=C.UTF-8, or PYTHONUTF8=1, to see letters instead of their codes"
    yield Finding("terminal", "encoding", "ok" if fits else "warning", encoding, fix)
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    columns = shutil.get_terminal_size().columns
    yield Finding("terminal", "look", "ok", f"{columns} columns, {'no colours' if plain else 'colours'}")
    yield _completion(Path(os.environ.get("SHELL", "")).name)


def _completion(shell: str) -> Finding:
    homes = _start_up_files(shell)
    if not homes:
        return Finding("terminal", "completion", "ok", f"bash, zsh and fish have it, not {shell or 'an unnamed shell'}")
    said = next((home for home in homes if _sets_up(home)), None)
    if said:
        return Finding("terminal", "completion", "ok", f"{shell}: {said} speaks of it")
    detail = f"{shell}: {homes[0]} does not speak of it; TAB completes commands, titles and ids once it does"
    line = f'eval "$(recli completion {shell})"'
    fix = f"recli completion fish > {homes[0]}" if shell == "fish" else f"add to {homes[0]}: {line}"
    return Finding("terminal", "completion", "warning", detail, fix)


def _start_up_files(shell: str) -> tuple[Path, ...]:
    """Return the files that can set completion up, the usual one first; none for other shells."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where nobody has one
    if shell == "bash":
        return home / ".bashrc", home / ".bash_profile", home / ".profile"
    if shell == "zsh":
        return (Path(os.environ.get("ZDOTDIR") or home) / ".zshrc",)
    if shell == "fish":
        fish = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "fish"
        return fish / "completions" / "recli.fish", fish / "config.fish"
    return ()


def _sets_up(path: Path) -> bool:
    """Tell whether a file speaks of recli's completion; one of recli's name does whatever it says."""
    with suppress(OSError):
        if path.is_file():  # a pipe would be waited for
            with path.open("rb") as file:
                return path.name == "recli.fish" or _MARK.encode() in file.read(_MOST_BYTES)
    return False
