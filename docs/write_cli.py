"""Write docs/cli.md from the help of every command; a test fails when the two differ."""

import os
import subprocess
import sys
from pathlib import Path

import typer

from recli.cli.main import app

PAGE = Path(__file__).with_name("cli.md")


def commands() -> list[str]:
    """Return every command of the app, groups before what is in them; the empty one is ``recli`` itself."""
    found = [""]
    for name, command in getattr(typer.main.get_command(app), "commands", {}).items():
        found += [name, *(f"{name} {inner}" for inner in getattr(command, "commands", {}))]
    return found


def help_of(command: str) -> str:
    """Return a command's help as an 80-column terminal shows it."""
    environment = {"PATH": os.defpath, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    argv = [sys.executable, "-m", "recli", *command.split(), "--help"]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def page() -> str:
    """Return the whole page."""
    parts = ["# Commands", "", "Written by `make docs` from each command's `--help`.", ""]
    for command in commands():
        parts += [f"## `{('recli ' + command).strip()}`", "", "```text", help_of(command), "```", ""]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
