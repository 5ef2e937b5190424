"""Getting a person's own ratings into the store."""

import dataclasses
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError, require, require_one_of
from recli.core.reference import is_name
from recli.core.results.importing import BadLine, FileCount, ImportResult
from recli.data.build import ItemRow, UserRow, assemble
from recli.data.catalogue import catalogue
from recli.data.columns import parse_columns
from recli.data.described import Described, read_items, read_users
from recli.data.files import dataset_files, dataset_record
from recli.data.rating_files import RatingFile, Wanted, read_ratings
from recli.data.scales import detect_scale, parse_scale
from recli.data.sniffing import FIXES
from recli.data.streams import Progress
from recli.store import Store

ON_BAD = ("fail", "skip")
ENCODINGS = ("utf-8", "latin-1")

Tell = Callable[[Mapping[str, str | None]], None]


@dataclass(frozen=True)
class Request:
    """What a person wants to import, and how."""

    ratings: Path
    """``-`` is standard input."""
    name: str
    """What commands will call the dataset."""
    items: Path | None = None
    users: Path | None = None
    columns: str | None = None
    """``user=…,item=…,rating=…,timestamp=…``: names, or places from 1; ``None`` to guess."""
    scale: str | None = None
    """``LO:HI``; ``None`` to read it off the ratings."""
    encoding: str | None = None
    """``None`` for UTF-8, or latin-1 where a file in GroupLens' layout is not UTF-8."""
    on_bad: str = "fail"
    """``fail``, or ``skip`` and count the lines that cannot be taken."""
    force: bool = False
    """Whether to replace a dataset of that name."""

    def command(self, **changes: Any) -> str:
        """Return the command line of this request with other options, to try next."""
        changed = dataclasses.replace(self, **changes)
        said = {"items": changed.items, "users": changed.users, "name": changed.name, "columns": changed.columns,
                "scale": changed.scale, "encoding": changed.encoding,
                "on-bad": None if changed.on_bad == "fail" else changed.on_bad}  # fmt: skip
        words = [word for key, value in said.items() if value is not None for word in (f"--{key}", str(value))]
        return shlex.join(["recli", "import", str(self.ratings), *words, *(["--force"] if changed.force else [])])


def import_ratings(
    store: Store, request: Request, *, tell: Tell = lambda _: None, progress: Progress | None = None
) -> ImportResult:
    """Read ratings, and what describes items and users, and publish them as a dataset in one step.

    Args:
        store: where it goes.
        request: what to import.
        tell: is told which columns are read, before they are.
        progress: is told how many bytes of the ratings were read, and of how many; equal numbers when all were.

    Raises:
        UsageError: the name is taken or none, or an option is malformed.
        NotFoundError: a file is not there, or its columns cannot be told apart.
        InputDataError: a file has lines that cannot be taken, and those are not to be skipped; or nothing is left.
        StorageError: the store cannot be written to.
    """
    _check(store, request)
    read = _read(request, tell, progress)
    for count in read.counts():
        _require_good(count, request)
    scale = detect_scale(read.ratings.ratings.values) if request.scale is None else parse_scale(request.scale)
    dataset = assemble(
        request.name, read.ratings.ratings, read.item_rows(), read.user_rows(), scale=scale, source={}, latest_only=True
    )
    read = read.without(len(read.ratings.ratings.values) - len(dataset.ratings))
    notes = tuple(_notes(read, dataset))
    dataset = dataclasses.replace(dataset, source=_source(read, notes))
    artifact = store.publish_dataset(request.name, dataset_files(dataset), dataset_record(dataset))
    return ImportResult(
        dataset=request.name,
        path=artifact.path,
        users=len(dataset.users),
        items=len(dataset.items),
        ratings=len(dataset.ratings),
        scale=scale,
        scale_given=request.scale is not None,
        counts=read.ratings.count,
        items_file=read.items.count if read.items else None,
        users_file=read.users.count if read.users else None,
        notes=notes,
    )


@dataclass(frozen=True)
class _Read:
    """What the files hold."""

    ratings: RatingFile
    items: Described[ItemRow] | None
    users: Described[UserRow] | None

    def counts(self) -> list[FileCount]:
        return [part.count for part in (self.ratings, self.items, self.users) if part]

    def item_rows(self) -> Sequence[ItemRow]:
        return self.items.rows if self.items else ()

    def user_rows(self) -> Sequence[UserRow]:
        return self.users.rows if self.users else ()

    def without(self, duplicates: int) -> "_Read":
        """Return the same, with so many rows counted as duplicates."""
        count = dataclasses.replace(self.ratings.count, duplicates=duplicates)
        return dataclasses.replace(self, ratings=dataclasses.replace(self.ratings, count=count))


def _check(store: Store, request: Request) -> None:
    """Refuse what cannot be, before a file is read."""
    require_one_of("--on-bad", request.on_bad, ON_BAD)
    if request.encoding is not None:
        require_one_of("--encoding", request.encoding, ENCODINGS)
    name = request.name
    require(
        is_name(name),
        f"--name {name!r} is no name: up to 64 lower-case letters, digits, '.', '_' and '-', a letter or digit first",
        fix=request.command(name="mine"),
    )
    known = name in {one.name for one in catalogue()}
    require(not known, f"{name} is what recli fetch {name} gets: choose another name", fix=request.command(name="mine"))
    if store.root.exists():
        there = name in store.dataset_names() and not request.force
        require(
            not there, f"there is a dataset {name} already: replace it, or choose another --name",
            fix=request.command(force=True),
        )  # fmt: skip
        store.prepare()  # one that cannot be written to should say so before anything is read


def _read(request: Request, tell: Tell, progress: Progress | None) -> _Read:
    wanted = Wanted(
        columns=parse_columns(request.columns) if request.columns else {},
        scale=parse_scale(request.scale) if request.scale else None,
        encoding=request.encoding or "utf-8",
        columns_fix=request.command(columns="user=COLUMN,item=COLUMN,rating=COLUMN"),
    )
    return _Read(
        items=read_items(request.items, request.encoding) if request.items else None,
        users=read_users(request.users, request.encoding) if request.users else None,
        ratings=read_ratings(request.ratings, wanted, tell, progress),
    )


def _require_good(count: FileCount, request: Request) -> None:
    """Refuse a file that has lines which cannot be taken, unless they are to be skipped and others are left."""
    if not count.rejected or (request.on_bad == "skip" and count.accepted):
        return
    first, *others = count.examples
    what = f"{count.rejected:,} of {count.lines:,} lines cannot be taken"
    also = "".join(f"; line {bad.line}: {_in_words(bad)}" for bad in others)
    fix: str | None = request.command(on_bad="skip")
    if request.on_bad == "skip":
        what, fix = f"no line of {count.lines:,} can be taken", None
    if "encoding" in count.rejected_by and request.encoding is None:
        fix = request.command(encoding="latin-1")
    message = f"{count.file}:{first.line}: {_in_words(first)} ({what}{also})"
    raise InputDataError(message, fix=fix or FIXES.get(first.reason))


def _in_words(bad: BadLine) -> str:
    return f"column {bad.column}: {bad.problem}" if bad.column else bad.problem


def _notes(read: _Read, dataset: Dataset) -> Iterator[str]:
    if read.ratings.in_milliseconds:
        yield "times are in milliseconds in the file, and in seconds in the dataset"
    if read.items:
        described = {str(row.item_id) for row in read.items.rows}
        rated = dataset.items.vocabulary.ids[dataset.items.n_ratings > 0].tolist()
        missing = sum(str(item_id) not in described for item_id in rated)
        if missing:
            yield f"{missing:,} of {len(rated):,} rated items are not in {read.items.count.file}: ids stand for titles"
    for count in read.counts()[1:]:
        if count.encoding == "latin-1":
            yield f"{count.file} is not UTF-8, and was read as latin-1"


def _source(read: _Read, notes: Sequence[str]) -> dict[str, Any]:
    """Return what ``dataset.json`` says of where the dataset came from."""
    return {
        "title": f"Ratings imported from {Path(read.ratings.count.file).name}",
        "source": f"file {Path(read.ratings.count.file).name}",
        "url": None,
        "official": False,
        "synthetic": False,
        "licence": None,
        "citation": "",
        "sha256": {Path(count.file).name: count.sha256 for count in read.counts()},
        "zip_sha256": None,
        "notes": list(notes),
        "import": [count.record() for count in read.counts()],
    }
