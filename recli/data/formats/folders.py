"""A folder of files that belong together: which are the ratings, and which describe items and users."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recli.core.errors import InputDataError, NotFoundError
from recli.data.delimited import STDIN, path_text
from recli.data.formats.columnar.parquet import is_parquet

_PACKED = ("", ".gz", ".zst")
_OTHERS = ("tsv", "jsonl", "parquet")
_MOST_CANDIDATES = 8
_RECBOLE = ".inter"


@dataclass(frozen=True)
class Kind:
    """Names of files that belong together."""

    name: str
    ratings: str
    items: Sequence[str]
    """Of which one is there, or none."""
    users: str


_KINDS = (
    Kind("MovieLens 100K", "u.data", ("u.item",), "u.user"),
    Kind("MovieLens 1M", "ratings.dat", ("movies.dat",), "users.dat"),
    Kind("MovieLens 20M", "ratings.csv", ("movies.csv", "items.csv"), "users.csv"),
    *(
        Kind(f"ratings.{suffix}", f"ratings.{suffix}", (f"movies.{suffix}", f"items.{suffix}"), f"users.{suffix}")
        for suffix in _OTHERS
    ),
)


@dataclass(frozen=True)
class FolderFiles:
    """What a folder holds."""

    ratings: Path
    items: Path | None = None
    users: Path | None = None
    kind: str = ""
    """Whose layout it is; empty where the folder is one table in parts."""

    def told(self) -> str:
        """Say what is taken."""
        names = ", ".join(path_text(Path(path.name)) for path in (self.ratings, self.items, self.users) if path)
        return f"taken from the folder: {names} (the layout of {self.kind})"


def files_of(path: Path) -> FolderFiles:
    """Return what is to be read where a person says a path: it, or what its folder holds; as ``find_files``."""
    return find_files(path) if str(path) != STDIN and path.is_dir() else FolderFiles(path)


def find_files(folder: Path) -> FolderFiles:
    """Find the files of a folder in GroupLens' layout or RecBole's, plain or packed, or in parts of Parquet.

    Links are followed to files; pipes, devices and links that lead nowhere are refused, not waited for.

    Raises:
        NotFoundError: there are none, or of more than one kind; the candidates are what there is.
        InputDataError: one of them is no regular file, or the folder cannot be read.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise InputDataError(f"cannot read {folder}: {error.strerror}") from error
    found = list(_found(folder, names))
    if len(found) > 1:
        raise NotFoundError(
            f"{folder}: more than one file could be the ratings",
            candidates=[str(one.ratings) for one in found][:_MOST_CANDIDATES],
            fix=f"recli import {shlex.quote(str(found[0].ratings))} --name NAME",
        )
    if found:
        return found[0]
    if is_parquet(folder):
        return FolderFiles(folder)
    files = [name for name in names if not name.startswith(".")]
    raise NotFoundError(
        f"{folder}: a folder without u.data, ratings.dat, ratings.csv, a file in .inter or parts in .parquet",
        candidates=files[:_MOST_CANDIDATES],
        fix=f"recli import {shlex.quote(str(folder / 'FILE'))} --name NAME",
    )


def _found(folder: Path, names: Sequence[str]) -> Iterator[FolderFiles]:
    there = set(names)
    for kind in (*_KINDS, *_recbole(names)):
        ratings = _one(folder, there, (kind.ratings,))
        if ratings is not None:
            yield FolderFiles(ratings, _one(folder, there, kind.items), _one(folder, there, (kind.users,)), kind.name)


def _recbole(names: Sequence[str]) -> list[Kind]:
    """Return RecBole's atomic files of a folder: one name, and an ending for each."""
    endings = tuple(_RECBOLE + packed for packed in _PACKED)
    stems = dict.fromkeys(name[: name.rindex(_RECBOLE)] for name in names if name.endswith(endings))
    return [Kind("RecBole", f"{stem}{_RECBOLE}", (f"{stem}.item",), f"{stem}.user") for stem in stems]


def _one(folder: Path, there: set[str], names: Sequence[str]) -> Path | None:
    """Return the first of some names that is there, plain before packed."""
    for name in (name + packed for name in names for packed in _PACKED):
        if name not in there:
            continue
        path = folder / name
        if not path.is_file():
            raise InputDataError(f"{path} is no regular file, nor a link to one")
        return path
    return None
