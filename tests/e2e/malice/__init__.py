"""Files made to harm, and what the command that meets one must say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A command on a malicious file."""

    name: str
    argv: tuple[str, ...]
    words: str
    """A regular expression that its error has."""
    code: int = 5
