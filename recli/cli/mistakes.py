"""What is wrong with a command line, in recli's own shape: the message, what was probably meant, and the fix."""

import re
from typing import Any

from recli.core.errors import UsageError

_MEANT = re.compile(r"\.?\s*(?:Did you mean|\(Possible options?:)\s+(?P<names>.+?)\s*[?)]+$")


def mistake(error: Any) -> UsageError:
    """Return Typer's complaint as a usage error; its guesses at commands and options become the candidates."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "recli"
    message = error.format_message()
    match = _MEANT.search(message)
    # Typer sorts the options it guesses by their letters; the nearest comes first.
    names = getattr(error, "possibilities", None) or (re.findall(r"[^\s,']+", match["names"]) if match else [])
    return UsageError(message[: match.start()] if match else message, fix=f"{command} --help", candidates=names)
