"""Every way out of a command, as a message and an exit code."""

import errno
import io
import logging
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

from recli.cli.output import debugging, say
from recli.core.errors import RecliError, StorageError

INTERRUPTED, TERMINATED, PIPE_CLOSED = 130, 143, 141
_LONGEST = 600
"""Characters of a sentence: one that quotes a file must not fill the screen with what a stranger put into it."""
_STORAGE = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO,
    errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EMFILE, errno.ENFILE,
}  # fmt: skip
"""What the disk says where a person named a place that will not do; whatever else it says is recli's fault."""


@contextmanager
def exits() -> Iterator[None]:
    """Turn whatever a command raises into its exit code. ``RECLI_DEBUG`` adds the traceback, never another code."""
    try:
        yield
        sys.stdout.flush()
    except RecliError as error:
        _trace(error)
        report(error)
        raise SystemExit(error.exit_code) from error
    except KeyboardInterrupt as error:
        say("recli: interrupted")
        _advise(error)
        raise SystemExit(INTERRUPTED) from None
    except SystemExit as error:
        _advise(error)
        raise
    except OSError as error:
        raise SystemExit(_os_exit(error)) from error


@contextmanager
def resumable() -> Iterator[Callable[[int], None]]:
    """Yield what to call once there is something to go on from: whoever interrupts the block is then told how."""
    kept: list[int] = []
    try:
        yield kept.append
    except (KeyboardInterrupt, SystemExit) as error:
        if kept:
            again = [word for word in sys.argv[1:] if word != "--resume"]
            error.add_note(shlex.join(["recli", *again, "--resume"]))
        raise


def _advise(error: BaseException) -> None:
    """Tell the command that goes on with what was interrupted, if there is one."""
    for note in getattr(error, "__notes__", ()):
        say(f"  fix: {note}", fill=False)


def _trace(error: BaseException) -> None:
    if debugging():
        sys.__excepthook__(type(error), error, error.__traceback__)


def report(error: RecliError) -> None:
    """Say what is wrong, what exists instead, and what to try."""
    say(f"recli: error: {_shortened(error.message)}")
    if error.candidates:
        say(f"  did you mean: {_shortened(', '.join(error.candidates))}")
    if error.fix:
        say(f"  fix: {error.fix}", fill=False)


def _shortened(message: str) -> str:
    half = _LONGEST // 2
    return message if len(message) <= _LONGEST else f"{message[:half]} … {message[-half:]}"


def report_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say that recli is at fault; as ``sys.excepthook`` it is called for what no one expected, before exit 1."""
    _trace(error)
    say(f"recli: error: a bug in recli: {kind.__name__}: {error}")
    say("  fix: run it again with RECLI_DEBUG=1 and report what it prints")


def install() -> None:
    """Prepare the process: SIGTERM cleans up, warnings become plain lines on stderr, bugs are owned."""
    _open_standard_descriptors()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a stream that is not UTF-8 spells out what it lacks
    signal.signal(signal.SIGTERM, _terminate)
    sys.excepthook = report_bug
    log = logging.getLogger("recli")
    log.addHandler(_Lines())
    log.propagate = False


def _open_standard_descriptors() -> None:
    """Give back what a parent closed, as `cmd 2>&-` does, before a file of the store gets its number and its output."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


class _Lines(logging.Handler):
    """Writes records as lines that no terminal obeys."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


def _terminate(number: int, frame: FrameType | None) -> None:
    """Leave by an exception, so that what is half-done is cleaned up on the way out."""
    raise SystemExit(TERMINATED)


def _os_exit(error: OSError) -> int:
    if error.errno == errno.EPIPE:
        _drop_stdout()
        return PIPE_CLOSED
    if error.errno not in _STORAGE:
        raise error
    _trace(error)
    _drop_stdout()
    where = f"{error.filename}: " if error.filename else ""
    report(StorageError(f"{where}{error.strerror}"))
    return StorageError.exit_code


def _drop_stdout() -> None:
    """Send what is still buffered nowhere: it would raise again when Python closes stdout at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
