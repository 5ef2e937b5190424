"""Answering a shell that asks what could stand at its cursor. It asks with a script of ``render/completion.py``."""

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from recli.cli.settings import read_settings
from recli.cli.words import bash_words, split_line
from recli.core.errors import RecliError
from recli.core.gate import METRICS
from recli.operations import complete
from recli.operations.complete import Candidate

ASKED = "_RECLI_COMPLETE"
"""The variable that holds the shell's name where it asks."""
_BY = ("mae", "rmse", "median_mae", "ndcg")
CHOICES = {
    "MODEL": complete.MODEL_NAMES,
    "mae|mse|ordinal": ("mae", "mse", "ordinal"),
    "mae|rmse|median_mae|ndcg": _BY,
    "tsne|umap|pca": ("tsne", "umap", "pca"),
    "bash|zsh|fish": ("bash", "zsh", "fish"),
    "fail|skip": ("fail", "skip"),
    "utf-8|latin-1": ("utf-8", "latin-1"),
    "FORMAT": ("csv", "csv.gz", "csv.zst", "tsv", "tsv.gz", "tsv.zst", "parquet"),
    "csv|parquet": ("csv", "parquet"),
    "ratings|items|users": ("ratings", "items", "users"),
    "method": ("metadata", "ratings", "vectors"),
    "split": (
        "random", "user", "user:last:1", "time", "kfold:5", "kfold:10", "u1", "u2", "u3", "u4", "u5", "ua", "ub",
    ),
    "cold": ("error", "baseline", "skip", "nan"),
    "exclude": ("rated", "trained", "nothing"),
    "color": ("popularity", "mean", "year", "genre", "gender", "age", "occupation"),
    "EXPR": METRICS,
}  # fmt: skip
"""What a parameter of this metavar or else of this name may be."""
FILES = {"FILE", "FILE|DIR", "PATH|URL", "RATINGS"}

Source = Callable[[Path, str, str | None, str | None], list[Candidate]]
_TITLES = ("TITLE", "ID|TITLE", "A B", "TITLE=STARS")
_GO_ON = ("TITLE=STARS", "EXPR")
"""What a chosen word is only the beginning of."""
SOURCES: dict[str, Source] = {
    "REF": lambda root, *_: complete.references(root),
    "REF...": lambda root, *_: complete.references(root),
    "REF REF...": lambda root, *_: complete.references(root),
    "MODEL@NAME": lambda root, *_: complete.aliases(root),
    "DATASET": lambda root, *_: complete.dataset_names(root),
    "dataset": lambda root, *_: complete.dataset_names(root),
    "genre": complete.genres,
    "TERM": lambda *_: complete.terms(),
    "item_id": complete.item_ids,
    "user": complete.user_ids,
    **dict.fromkeys(_TITLES, complete.titles),
}
"""Where what stands for a parameter of this metavar or else of this name comes from."""


def _fetchable(*_: object) -> list[Candidate]:
    return complete.known_datasets()


def answer(command: Any) -> None:
    """Write what the shell asks for, or nothing: no store and no line is so broken that TAB may print an error."""
    shell, words = os.environ.pop(ASKED), sys.argv[1:]
    try:
        with redirect_stderr(io.StringIO()):
            told = "\0".join(_told(command, shell, words))
    except (Exception, SystemExit):  # noqa: BLE001
        told = ""
    sys.stdout.buffer.write(told.encode("utf-8", "replace"))
    sys.stdout.flush()


def _told(command: Any, shell: str, words: list[str]) -> list[str]:
    """Return how the shell is to take the candidates, and them."""
    if shell == "bash":
        typed = split_line(words[0], words[1])
        args, current = [word.text for word in typed[1:-1]], typed[-1].text
    else:
        args, current = words[:-1], split_line(words[-1])[-1].text if shell == "fish" else words[-1]
    mode, found = candidates(command, args, current)
    if shell == "bash":
        return [mode, *bash_words(typed[-1], [one.value for one in found])]
    if shell == "zsh":
        return [mode, *(part for one in found for part in (one.value, _shown(one)))]
    return [mode, *(f"{one.value}\t{_line(one.help)}" for one in found if "\t" not in one.value)]


def _shown(one: Candidate) -> str:
    return _line(f"{one.value}  -- {one.help}" if one.help else one.value)


def _line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def candidates(command: Any, args: Sequence[str], typed: str) -> tuple[str, list[Candidate]]:
    """Return what could stand at the cursor.

    Args:
        command: recli, as Typer has made it.
        args: words before the cursor's, without ``recli``.
        typed: of the cursor's word.

    Returns:
        ``files``, ``dirs``, or else words: ``nospace`` where they go on, ``menu`` where one does not begin with what is
        typed; and the candidates, which are whole words.
    """
    # Typer has no public name for what finds the parameter at the cursor.
    from typer._click import shell_completion as click  # noqa: TID251

    before = list(args)
    context = click._resolve_context(command, {"default_map": _configured(command)}, "recli", before)
    at, value = click._resolve_incomplete(context, before, typed)
    start = typed[: len(typed) - len(value)]  # --method= of --method=rat
    metavar, name = getattr(at, "metavar", None) or "", at.name or ""
    if metavar in FILES:
        return "files", []
    if metavar == "DIR":
        return "dirs", []
    found = _values(at, context, metavar, name, value)
    mode = "nospace" if metavar in _GO_ON else "words"
    if not all(complete.folded(one.value).startswith(complete.folded(value)) for one in found):
        mode += " menu"
    return mode, [Candidate(start + one.value, one.help) for one in found]


def _configured(command: Any) -> dict[str, Any]:
    """Return what a file says; commands and options are offered whatever is wrong with it."""
    try:
        return read_settings(command).defaults()
    except (RecliError, OSError):
        return {}


def _values(at: Any, context: Any, metavar: str, name: str, value: str) -> list[Candidate]:
    choices = CHOICES.get(metavar) or CHOICES.get(name)
    source = SOURCES.get(metavar) or SOURCES.get(name)
    if metavar == "DATASET" and context.info_name == "fetch":
        source = _fetchable
    if not hasattr(at, "metavar"):
        items = [Candidate(item.value, item.help or "") for item in at.shell_complete(context, value)]
    elif choices:
        items = [Candidate(choice) for choice in choices]
    elif source:
        given = context.params
        root = Path(given.get("artifacts") or "artifacts")
        items = source(root, value, given.get("model"), given.get("dataset"))
    else:
        items = []
    if metavar in _TITLES:
        end = "=" if metavar == "TITLE=STARS" else ""
        return [Candidate(one.value + end) for one in items]
    return [one for one in items if one.value.startswith(value)]
