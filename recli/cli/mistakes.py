"""What is wrong with a command line, in recli's own shape: the message, what was probably meant, and the fix."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from recli.core.errors import UsageError
from recli.operations.complete import dataset_names

_MEANT = re.compile(r"\.?\s*(?:Did you mean|\(Possible options?:)\s+(?P<names>.+?)\s*[?)]+$")
_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((?P<words>.*)\)$")
_OTHER_WORDS = dict.fromkeys(("--k", "-k", "--top", "--limit", "--count", "--number", "--num"), "-n")
"""What other programs call an option of recli that shares no letter with it."""


def mistake(error: Any, program: Any, argv: Sequence[str]) -> UsageError:
    """Return Typer's complaint as a usage error; its guesses at commands and options become the candidates.

    Args:
        error: the complaint.
        program: recli, as Typer has made it.
        argv: what was typed behind ``recli``.
    """
    command, words = _command(program, argv)
    name = " ".join(["recli", *words])
    message = error.format_message()
    match = _MEANT.search(message)
    if type(error).__name__ == "NoSuchOption":  # Typer has no public name for it
        option = error.option_name
        fix = _moved(command, argv, option, len(words))
        if fix and getattr(command, "commands", None):
            return UsageError(f"{option} goes behind the command", fix=fix)
        names = _meant_options(command, option) or list(error.possibilities or ())
        return UsageError(f"No such option: {option}", fix=fix or f"{name} --help", candidates=[] if fix else names)
    fix = None
    extra = _EXTRA.search(message)
    if extra:
        fix = _with_extra(command, argv, extra["words"].split(), error.ctx)
    elif message.startswith("Missing"):
        fix = _example(command, name)
    names = re.findall(r"[^\s,']+", match["names"]) if match else []
    return UsageError(message[: match.start()] if match else message, fix=fix or f"{name} --help", candidates=names)


def _command(program: Any, argv: Sequence[str]) -> tuple[Any, list[str]]:
    """Return the command that a line names first of all, and its words."""
    command: Any = program
    words: list[str] = []
    for word in argv:
        inner = getattr(command, "commands", {}).get(word)
        if inner is None:
            break
        command, words = inner, [*words, word]
    return command, words


def _moved(command: Any, argv: Sequence[str], option: str, start: int) -> str | None:
    """Return the line with an option where it belongs: behind the command, or as the argument that it names."""
    group = getattr(command, "commands", None)
    if group:
        at = next((place for place in range(start, len(argv)) if argv[place] in group), None)
        if at is None:
            return None
        return shlex.join(["recli", *argv[:start], *argv[at:], *argv[start:at]])
    if any(f"--{param.name}" == option for param in command.params if param.param_type_name == "argument"):
        words = (word.removeprefix(f"{option}=") for word in argv if word != option)
        return shlex.join(["recli", *words])
    return None


def _meant_options(command: Any, option: str) -> list[str]:
    """Return the options whose words begin as one does that is not there: --lr and --rate are --learning-rate."""
    if option in _OTHER_WORDS and _OTHER_WORDS[option] in list(_options(command)):
        return [_OTHER_WORDS[option]]
    typed = option.lstrip("-").replace("_", "-")
    found = []
    for name in _options(command):
        words = name.lstrip("-").split("-")
        initials = "".join(word[:1] for word in words)
        if len(typed) > 1 and (typed == initials or any(word.startswith(typed) for word in words)):
            found.append(name)
    return found


def _options(command: Any) -> Iterator[str]:
    for param in command.params:
        if param.param_type_name == "option":
            yield from param.opts


def _with_extra(command: Any, argv: Sequence[str], extra: Sequence[str], context: Any) -> str | None:
    """Return the line with words that are too many where they belong: in a title's quotes, behind --dataset."""
    given = context.params if context else {}
    if "--dataset" in list(_options(command)):
        names = [one.value for one in dataset_names(Path(given.get("artifacts") or "artifacts"))]
        if extra[0] in names and argv.count(extra[0]) == 1:
            at = argv.index(extra[0])
            return shlex.join(["recli", *argv[:at], "--dataset", *argv[at:]])
    title = given.get("query")
    if title and argv.count(title) == 1:
        at = argv.index(title)
        words = " ".join([title, *extra])
        if words == " ".join(argv[at : at + 1 + len(extra)]):
            return shlex.join(["recli", *argv[:at], words, *argv[at + 1 + len(extra) :]])
    return None


def _example(command: Any, name: str) -> str | None:
    """Return the first of a command's examples that shows it."""
    lines = (line.strip() for line in (command.epilog or "").splitlines())
    return next((line for line in lines if line.startswith(f"{name} ")), None)
