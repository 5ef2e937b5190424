"""Every way recli can refuse, each with its exit code.

An error says what is wrong and where, and carries the command to try next. The exit codes are fixed for ever:
scripts branch on them (see the table in ``docs/exit-codes.md``).
"""

from collections.abc import Sequence
from typing import ClassVar


class RecliError(Exception):
    """The base of all expected failures. Raise a subclass: this one's exit code means a bug in recli."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, fix: str | None = None, candidates: Sequence[str] = ()) -> None:
        """Describe the failure.

        Args:
            message: what is wrong, and where, in one sentence.
            fix: the command to try next, as a user would type it.
            candidates: the nearest things that do exist, best first.
        """
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.candidates = tuple(candidates)


class UsageError(RecliError):
    """An option or argument is not one this command can take."""

    exit_code = 2


def require(holds: bool, message: str, *, fix: str | None = None) -> None:
    """Raise ``UsageError`` unless what a person asked for can be done."""
    if not holds:
        raise UsageError(message, fix=fix)


def require_one_of(option: str, value: str, choices: Sequence[str], *, fix: str | None = None) -> None:
    """Raise ``UsageError`` unless a value is one of the choices; those that are spelled like it are the candidates."""
    if value not in choices:
        from recli.core.spelling import near

        message = f"{option} must be one of {', '.join(choices)}, not {value}"
        raise UsageError(message, fix=fix, candidates=near(value, choices))


class InputDataError(RecliError):
    """Data from outside is not what it should be: the message names the file and the line."""

    exit_code = 3


class NotFoundError(RecliError):
    """No such dataset, model, version, title or id; or more than one and no way to choose."""

    exit_code = 4


class IntegrityError(RecliError):
    """A checksum does not match, or an artifact or archive is malformed."""

    exit_code = 5


class BusyError(RecliError):
    """Another process holds what this one needs."""

    exit_code = 6


class NetworkError(RecliError):
    """Nothing could be downloaded."""

    exit_code = 7


class StorageError(RecliError):
    """The disk is full, read-only, or refuses."""

    exit_code = 8


class TrainingDivergedError(RecliError):
    """The loss is not a finite number any more; nothing was published."""

    exit_code = 9


class GateFailedError(RecliError):
    """A check that was asked for does not hold; what it is about was shown all the same."""

    exit_code = 10
