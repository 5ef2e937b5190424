"""Running a command on a pseudo-terminal, to see what a person would."""

import os
import pty
import subprocess
import sys


def on_a_terminal(argv: list[str], *, also_stdout: bool, **environment: str) -> tuple[int, str]:
    """Run a command with a terminal of 80 columns as its stderr; return its exit code and what reached the terminal.

    Args:
        argv: of recli.
        also_stdout: whether stdout is the terminal too; else it goes nowhere.
        environment: variables to set.
    """
    parent, child = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "recli", *argv],
        stdin=subprocess.DEVNULL,
        stdout=child if also_stdout else subprocess.DEVNULL,
        stderr=child,
        env=os.environ | {"COLUMNS": "80"} | environment,
    )
    os.close(child)
    received = bytearray()
    try:
        while chunk := os.read(parent, 65536):
            received += chunk
    except OSError:  # Linux says EIO, not end of file, when the last writer leaves
        pass
    os.close(parent)
    return running.wait(timeout=60), received.decode()
