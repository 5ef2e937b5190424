"""Getting a person's own ratings into the store."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recli.core.errors import require, require_one_of
from recli.core.reference import is_name
from recli.core.results.importing import FileCount, ImportResult
from recli.data.build import ItemRow, UserRow, assemble
from recli.data.fetching.catalogue import catalogue
from recli.data.files import dataset_files, dataset_record
from recli.data.formats.columnar.batches import Batches, ratings_of_batches
from recli.data.formats.columnar.described_batches import items_of_batches, users_of_batches
from recli.data.formats.columnar.frames import frame_batches
from recli.data.formats.columnar.parquet import is_parquet
from recli.data.formats.columns import ANY_COLUMNS, parse_columns
from recli.data.formats.folders import FolderFiles, files_of
from recli.data.formats.layouts import Row
from recli.data.formats.reading import read_any_items, read_any_ratings, read_any_users
from recli.data.formats.scales import detect_scale, parse_scale
from recli.data.formats.text.described import Described
from recli.data.formats.text.rating_files import RatingFile, Wanted
from recli.data.formats.text.streams import Progress
from recli.operations.import_notes import notes_of
from recli.operations.import_request import FrameRequest, Request, require_good, with_fix
from recli.store import Store

ON_BAD = ("fail", "skip")
ENCODINGS = ("utf-8", "latin-1")

Tell = Callable[[Mapping[str, str | None]], None]


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
    return _publish(store, request, _read(request, tell, progress))


def import_frame(
    store: Store,
    frame: Any,
    *,
    name: str,
    items: Any = None,
    users: Any = None,
    columns: str | Mapping[str, str] | None = None,
    scale: str | tuple[float, float] | None = None,
    on_bad: str = "fail",
    force: bool = False,
) -> ImportResult:
    """Publish ratings that are in memory as a dataset: the one that a file of the same rows makes.

    Args:
        store: where it goes.
        frame: a row a rating: a pandas ``DataFrame``, a pyarrow ``Table``, anything with ``__arrow_c_stream__``, or a
            mapping of names to columns of equal length. An index is no column.
        name: what commands will call it.
        items: such a frame of ids, titles, years and genres, or a path, as ``--items`` takes it.
        users: such a frame of ids and whatever else, or a path, as ``--users`` takes it.
        columns: ``user``, ``item``, ``rating``, ``timestamp`` → a column's name; ``None`` to guess by the usual names.
        scale: lowest and highest rating; ``None`` to read it off the ratings.
        on_bad: ``fail``, or ``skip`` and count the rows that cannot be taken.
        force: whether to replace a dataset of that name.

    Raises:
        UsageError: the name is taken or none, or it is no frame.
        NotFoundError: its columns cannot be told apart.
        InputDataError: rows cannot be taken, and those are not to be skipped; or nothing is left.
        StorageError: the store cannot be written to.
    """
    said = ",".join(f"{role}={column}" for role, column in columns.items()) if isinstance(columns, Mapping) else columns
    bounds = scale if scale is None or isinstance(scale, str) else "{:g}:{:g}".format(*scale)
    request = FrameRequest(Path("frame"), name, columns=said, scale=bounds, on_bad=on_bad, force=force)
    _check(store, request)
    wanted = _wanted(request)
    if isinstance(columns, Mapping):
        wanted = dataclasses.replace(wanted, columns=columns)  # a name may hold the signs of --columns
    read = _Read(
        items=_described(items, "items", read_any_items, items_of_batches),
        users=_described(users, "users", read_any_users, users_of_batches),
        ratings=ratings_of_batches(frame_batches(frame, "frame"), wanted),
    )
    return _publish(store, request, read)


def _described(
    source: Any,
    name: str,
    of_path: Callable[[Path, str | None], Described[Row]],
    of_batches: Callable[[Batches], Described[Row]],
) -> Described[Row] | None:
    if source is None:
        return None
    return of_path(Path(source), None) if isinstance(source, str | Path) else of_batches(frame_batches(source, name))


def _publish(store: Store, request: Request, read: "_Read") -> ImportResult:
    for count in read.counts():
        require_good(count, request)
    scale = detect_scale(read.ratings.ratings.values) if request.scale is None else parse_scale(request.scale)
    dataset = assemble(
        request.name, read.ratings.ratings, read.item_rows(), read.user_rows(), scale=scale, source={}, latest_only=True
    )
    read = read.with_duplicates(len(read.ratings.ratings.values) - len(dataset.ratings))
    notes = tuple(notes_of(read.ratings, read.items, read.users, read.folder, dataset))
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
    folder: FolderFiles | None = None
    """In which they were found."""

    def counts(self) -> list[FileCount]:
        return [part.count for part in (self.ratings, self.items, self.users) if part]

    def item_rows(self) -> Sequence[ItemRow]:
        return self.items.rows if self.items else ()

    def user_rows(self) -> Sequence[UserRow]:
        return self.users.rows if self.users else ()

    def with_duplicates(self, n: int) -> "_Read":
        """Return the same, with so many rows counted as duplicates."""
        count = dataclasses.replace(self.ratings.count, duplicates=n)
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


def _wanted(request: Request) -> Wanted:
    return Wanted(
        columns=parse_columns(request.columns) if request.columns else {},
        scale=parse_scale(request.scale, request.command(scale="1:5")) if request.scale else None,
        encoding=request.encoding or "utf-8",
        columns_fix=request.command(columns=ANY_COLUMNS),
    )


def _read(request: Request, tell: Tell, progress: Progress | None) -> _Read:
    found = files_of(request.ratings)
    items, users = request.items or found.items, request.users or found.users
    paths = [path for path in (found.ratings, items, users) if path]
    require(
        request.encoding is None or not all(map(is_parquet, paths)),
        "--encoding is of files of text, and Parquet is none",
        fix=request.command(encoding=None),
    )
    with with_fix(request, request.command(items=None) if request.items else None):
        described_items = read_any_items(items, request.encoding) if items else None
    with with_fix(request, request.command(users=None) if request.users else None):
        described_users = read_any_users(users, request.encoding) if users else None
    with with_fix(request, None):
        ratings = read_any_ratings(found.ratings, _wanted(request), tell, progress)
    return _Read(
        items=described_items,
        users=described_users,
        ratings=ratings,
        folder=dataclasses.replace(found, items=items, users=users) if found.kind else None,
    )


def _source(read: _Read, notes: Sequence[str]) -> dict[str, Any]:
    """Return what ``dataset.json`` says of where the dataset came from."""
    file = Path(read.ratings.count.file).name
    return {
        "title": f"Ratings imported from {'memory' if read.ratings.count.format == 'frame' else file}",
        "source": "a frame" if read.ratings.count.format == "frame" else f"file {file}",
        "url": None,
        "official": False,
        "synthetic": False,
        "licence": None,
        "citation": "",
        "sha256": {Path(count.file).name: count.sha256 for count in read.counts() if count.sha256},
        "zip_sha256": None,
        "notes": list(notes),
        "import": [count.record() for count in read.counts()],
    }
