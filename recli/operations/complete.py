"""What could stand where the cursor is: names, references, titles and ids of a store.

A shell asks at every TAB, so this imports the standard library only, and looks at directories instead of opening
artifacts: nothing is verified. Whatever is damaged is not offered.
"""

import csv
import operator
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from recli.core.errors import UsageError
from recli.core.reference import DEFAULT_DATASET, ArtifactRef, is_name
from recli.core.text import spoken

MOST = 50
"""Titles and ids that one answer offers: more is nothing that anybody reads."""
MODEL_NAMES = ("bayes", "dot", "deep", "ease", "elsa", "ranker", "hybrid", "bpr", "als", "bias")
"""The registry's, in its order: where no model is named, the earliest is taken that can do what a command needs."""
_MAX_BYTES = 64 << 20
DATASETS, MODELS, ALIASES, LATEST, REMOVED = "datasets", "models", "aliases", "latest", "REMOVED"
"""As ``store.layout`` has them, whose package imports numpy."""
_NONE = "-"
"""No dataset, model or version is called so."""
VERSION = re.compile(r"[0-9]{4,9}")


@dataclass(frozen=True)
class Candidate:
    """Something that could stand there."""

    value: str
    help: str = ""


def dataset_names(root: Path) -> list[Candidate]:
    """Return the names of the datasets."""
    return [Candidate(name) for name in _directories(root / DATASETS) if is_name(name)]


def known_datasets() -> list[Candidate]:
    """Return the names of the datasets that can be fetched."""
    from recli.data.fetching.catalogue import catalogue

    return [Candidate(known.name, known.title) for known in catalogue()]


def genres(root: Path, typed: str, model: str | None, dataset: str | None) -> list[Candidate]:
    """Return the genres of items."""
    cells = {row[0] for row in _rows(_home(root, model, dataset) / "items.csv", "genres")}
    return [Candidate(genre) for genre in sorted({own for cell in cells for own in cell.split("|") if own})]


def terms() -> list[Candidate]:
    """Return what ``recli explain`` explains."""
    from recli.core.glossary import TERMS

    return [Candidate(term.name) for term in TERMS]


def references(root: Path) -> list[Candidate]:
    """Return ``dot``, ``dot:3`` and ``dot@best`` of every model, the newest versions first."""
    found = []
    for model in filter(is_name, _directories(root / MODELS)):
        home = root / MODELS / model
        aliases = [name for name in _files(home / ALIASES) if is_name(name)]
        found.append(Candidate(model, "the latest version"))
        found += [Candidate(f"{model}:{version}") for version in reversed(_versions(home))]
        found += [Candidate(f"{model}@{alias}") for alias in aliases]
    return found


def aliases(root: Path) -> list[Candidate]:
    """Return ``dot@best`` of every model; not ``dot@latest``, which nobody gave and nobody can take."""
    return [one for one in references(root) if "@" in one.value and not one.value.endswith(f"@{LATEST}")]


def titles(root: Path, typed: str, model: str | None, dataset: str | None) -> list[Candidate]:
    """Return the titles that begin with a text; where none does, those with such a word.

    Case, accents and the place of the article do not matter. The most rated come first. They are those of the model
    or dataset that the line names, else of any.
    """
    wanted = folded(typed)
    word = re.compile(r"(?<!\w)" + re.escape(wanted))
    begins: list[tuple[str, str]] = []
    has: list[tuple[str, str]] = []
    for title, ratings in _rows(_home(root, model, dataset) / "items.csv", "title", "ratings"):
        found = folded(title)
        said = spoken(title) if ", " in title else None  # most have no article to move: a look costs nothing
        if found.startswith(wanted):
            begins.append((title, ratings))
        elif said and folded(said).startswith(wanted):
            begins.append((said, ratings))
        elif wanted in found:
            has.append((title, ratings))
    return _most_rated(begins) or _most_rated([one for one in has if word.search(folded(one[0]))])


def _most_rated(titles: list[tuple[str, str]]) -> list[Candidate]:
    """Return those of some titles, each with its ratings, that can be typed."""
    chosen: dict[str, None] = {}
    for title, _ in sorted(titles, key=lambda one: _n_ratings(one[1]), reverse=True):
        if len(chosen) == MOST:
            break
        if _can_be_typed(title):
            chosen[title] = None
    return [Candidate(title) for title in chosen]


def item_ids(root: Path, typed: str, model: str | None, dataset: str | None) -> list[Candidate]:
    """Return the ids of items that begin with a text, with their titles."""
    rows = _rows(_home(root, model, dataset) / "items.csv", "item_id", "title")
    return list(islice((Candidate(*row) for row in rows if row[0].startswith(typed)), MOST))


def user_ids(root: Path, typed: str, model: str | None, dataset: str | None) -> list[Candidate]:
    """Return the ids of users that begin with a text."""
    rows = _rows(_home(root, model, dataset) / "users.csv", "user_id")
    return list(islice((Candidate(*row) for row in rows if row[0].startswith(typed)), MOST))


def folded(text: str) -> str:
    """Return a text without case and accents."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def _can_be_typed(title: str) -> bool:
    r"""Tell whether a title can stand on a command line: not where it would be an option, or holds more than ``\n``."""
    return title.replace("\n", "").isprintable() and not title.startswith("-")


def _n_ratings(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _home(root: Path, model: str | None, dataset: str | None) -> Path:
    """Return the directory of the version or dataset whose items and users are meant."""
    if model:
        return _version(root, model)
    names = [candidate.value for candidate in dataset_names(root)]
    trained = [name for name in MODEL_NAMES if _versions(root / MODELS / name)]
    if dataset is None and trained:
        return _version(root, trained[0])
    chosen = next((name for name in (dataset, DEFAULT_DATASET, *names) if name in names), _NONE)
    return root / DATASETS / chosen


def _version(root: Path, text: str) -> Path:
    with suppress(UsageError):
        ref = ArtifactRef.parse(text)
        home, number = root / MODELS / ref.name, ref.version
        if ref.alias and ref.alias != LATEST:
            number = int(_text(home / ALIASES / ref.alias).partition("\n")[0])
        return home / f"{number or max(_versions(home), default=0):04d}"
    return root / MODELS / _NONE


def _versions(home: Path) -> list[int]:
    names = filter(VERSION.fullmatch, _directories(home))
    return [int(name) for name in names if not (home / name / REMOVED).exists()]


def _directories(path: Path) -> list[str]:
    return sorted(entry.name for entry in _entries(path) if entry.is_dir(follow_symlinks=False))


def _files(path: Path) -> list[str]:
    return sorted(entry.name for entry in _entries(path) if entry.is_file(follow_symlinks=False))


def _entries(path: Path) -> list["os.DirEntry[str]"]:
    with suppress(OSError), os.scandir(path) as found:
        return list(found)
    return []


def _text(path: Path) -> str:
    if not stat.S_ISREG(path.lstat().st_mode) or path.lstat().st_size > _MAX_BYTES:  # reading a pipe would wait
        raise OSError(f"{path} is no file to read")
    return path.read_text(encoding="utf-8", errors="replace")


def _rows(path: Path, *columns: str) -> Iterator[tuple[str, ...]]:
    """Yield the cells of some columns, empty where the file has no such column; a row of another length is left out."""
    with suppress(OSError, csv.Error):
        rows = csv.reader(_text(path).splitlines(keepends=True))
        header = next(rows, [])
        cells = operator.itemgetter(*(header.index(name) if name in header else -1 for name in columns))
        for row in rows:
            if len(row) == len(header):
                found = cells([*row, ""])
                yield found if len(columns) > 1 else (found,)
