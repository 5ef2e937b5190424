"""Runs many commands for the price of one start: a process that has imported recli forks for each of them.

``python -m tests.e2e.forked`` reads a list of argument lists as JSON, and writes what became of each.
"""

import contextlib
import gc
import json
import os
import pty
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

PROJECT = Path(__file__).parents[2]
ADDRESS_SPACE = 4 << 30
"""Bytes; so that what grows without end harms the test alone."""
SECONDS = 30
"""A command that waits longer, for a pipe or for ever, is killed by its alarm: exit code -14."""


@dataclass(frozen=True)
class Ended:
    """What became of a command."""

    code: int
    out: str
    err: str
    peak: int
    """Bytes of memory at most."""


def run_forked(
    commands: Sequence[Sequence[str]], *, terminal: bool = False, cwd: Path = PROJECT, **environment: str
) -> list[Ended]:
    """Run commands of recli, each in a child of its own.

    Args:
        commands: arguments of each.
        terminal: whether stdout and stderr are a terminal; all that reaches it is then in ``out``.
        cwd: where they run.
        environment: variables to set.
    """
    argv = [sys.executable, "-m", "tests.e2e.forked", *(["terminal"] if terminal else [])]
    told = subprocess.run(
        argv, cwd=cwd, env=os.environ | {"PYTHONPATH": str(PROJECT), **environment},
        input=json.dumps(commands), capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return [Ended(**ended) for ended in json.loads(told.stdout)]


def _run(argv: list[str], *, terminal: bool = False) -> dict[str, int | str]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        parent, screen = pty.openpty() if terminal else (-1, -1)
        child = os.fork()
        if child == 0:
            _become(argv, *((screen, screen) if terminal else (out.fileno(), err.fileno())))
        if terminal:
            os.close(screen)
            out.write(_all_of(parent))
        _, status, used = os.wait4(child, 0)
        out.seek(0)
        err.seek(0)
        return {
            "code": os.waitstatus_to_exitcode(status),
            "out": out.read().decode(),
            "err": err.read().decode(),
            "peak": used.ru_maxrss * 1024,
        }


def _all_of(terminal: int) -> bytes:
    """Return what comes until the last writer leaves, which Linux reports as EIO."""
    received = bytearray()
    with contextlib.suppress(OSError), os.fdopen(terminal, "rb", buffering=0) as screen:
        while chunk := screen.read(65536):
            received += chunk
    return bytes(received)


def _become(argv: list[str], out: int, err: int) -> NoReturn:
    from recli.cli.main import main

    os.dup2(out, 1)
    os.dup2(err, 2)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    signal.alarm(SECONDS)
    sys.argv = ["recli", *argv]
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  # as at the end of a process of its own
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


def _warm() -> None:
    """Import what the commands import and build their parsers, so that no child has to."""
    import tomllib  # noqa: F401

    import rich.table  # noqa: F401
    import typer

    import recli.cli.main
    import recli.cli.progress
    import recli.operations.evaluate
    import recli.operations.fetch
    import recli.operations.predict
    import recli.operations.similar
    import recli.operations.stats
    import recli.operations.upkeep
    import recli.render.fetch
    import recli.render.similar

    built = typer.main.get_command(recli.cli.main.app)
    typer.main.get_command = lambda app: built
    gc.freeze()


if __name__ == "__main__":
    _warm()
    json.dump([_run(argv, terminal="terminal" in sys.argv) for argv in json.load(sys.stdin)], sys.stdout)
