"""Runs many commands for the price of one start: a process that has imported recli forks for each of them.

``python -m tests.e2e.forked`` reads commands as JSON, and writes what became of each.
"""

import contextlib
import dataclasses
import gc
import json
import os
import pty
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, TextIO

PROJECT = Path(__file__).parents[2]
ADDRESS_SPACE = 4 << 30
"""Bytes; so that what grows without end harms the test alone."""
SECONDS = 30
"""A command that waits longer, for a pipe or for ever, is killed by its alarm: exit code -14."""
TERMINAL, UNREAD, PIPE = "terminal", "unread", "pipe"


@dataclass(frozen=True)
class Command:
    """A command, and what surrounds it."""

    argv: Sequence[str]
    stdout: str = PIPE
    """``TERMINAL``, of stderr too; ``UNREAD``, a pipe that nobody reads any more; or a path."""
    environment: Mapping[str, str | None] = field(default_factory=dict)
    """Variables to set, or to take away."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Names of ``RLIMIT_…`` → bounds."""
    umask: int = 0o022
    cwd: str | None = None
    """Where it runs; a folder that is not there is made, and removed before the command begins."""
    clock: float = 0
    """Seconds by which the clock is wrong."""


@dataclass(frozen=True)
class Ended:
    """What became of a command."""

    code: int
    out: str
    err: str
    peak: int
    """Bytes of memory at most."""


def run_forked(
    commands: Sequence[Command | Sequence[str]], *, within: Sequence[str] = (), **environment: str
) -> list[Ended]:
    """Run commands of recli, each in a child of its own.

    Args:
        commands: they, or arguments alone.
        within: a command that runs all of them, as ``env`` would.
        environment: variables that Python has when it starts.
    """
    whole = [command if isinstance(command, Command) else Command(command) for command in commands]
    told = subprocess.run(
        [*within, sys.executable, "-m", "tests.e2e.forked"],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)} | environment,
        input=json.dumps([dataclasses.asdict(command) for command in whole]),
        stdout=subprocess.PIPE,
        encoding="ascii",
        check=True,
    )
    return [Ended(**ended) for ended in json.loads(told.stdout)]


def _run(command: Command) -> Ended:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        reader, writer = _stdout(command)
        child = os.fork()
        if child == 0:
            stdout = out.fileno() if writer is None else writer
            _become(command, stdout, stdout if command.stdout == TERMINAL else err.fileno())
        if writer is not None:
            os.close(writer)
        if reader is not None:
            out.write(_all_of(reader))
        _, status, used = os.wait4(child, 0)
        out.seek(0)
        err.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return Ended(code, out.read().decode(), err.read().decode(), used.ru_maxrss * 1024)


def _stdout(command: Command) -> tuple[int | None, int | None]:
    """Return what to read, and what the command writes to; ``None`` where a file takes it."""
    match command.stdout:
        case "pipe":
            return None, None
        case "terminal":
            return pty.openpty()
        case "unread":
            reader, writer = os.pipe()
            os.close(reader)
            return None, writer
        case path:
            return None, os.open(path, os.O_WRONLY)


def _all_of(terminal: int) -> bytes:
    """Return what comes until the last writer leaves, which Linux reports as EIO."""
    received = bytearray()
    with contextlib.suppress(OSError), os.fdopen(terminal, "rb", buffering=0) as screen:
        while chunk := screen.read(65536):
            received += chunk
    return bytes(received)


def _become(command: Command, out: int, err: int) -> NoReturn:
    from recli.cli.main import main

    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdout, sys.stderr = _anew(sys.stdout, 1), _anew(sys.stderr, 2)
    _surround(command)
    signal.alarm(SECONDS)
    sys.argv = ["recli", *(os.fsdecode(word.encode()) for word in command.argv)]
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  # as at the end of a process of its own
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        code = 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(code if isinstance(code, int) else 0)


def _anew(stream: TextIO, descriptor: int) -> TextIO:
    """Return a stream as Python makes them at its start, which knows what it writes to."""
    return open(descriptor, "w", encoding=stream.encoding, errors=stream.errors, closefd=False)


def _surround(command: Command) -> None:
    for name, value in command.environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    for name, limit in ({"AS": ADDRESS_SPACE} | dict(command.limits)).items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))
    os.umask(command.umask)
    if command.clock:
        _turn_clock(command.clock)
    if command.cwd is not None:
        there = Path(command.cwd)
        (gone := not there.exists()) and there.mkdir()
        os.chdir(there)
        gone and there.rmdir()


def _turn_clock(seconds: float) -> None:
    from datetime import datetime, timedelta, tzinfo

    import recli.store.publish
    import recli.store.removal

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=seconds)

    real = time.time
    time.time = lambda: real() + seconds
    recli.store.publish.datetime = recli.store.removal.datetime = Wrong  # type: ignore[misc]


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
    json.dump([dataclasses.asdict(_run(Command(**command))) for command in json.load(sys.stdin)], sys.stdout)
