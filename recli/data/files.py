"""A dataset as the files of an artifact, and back: arrays for the ratings, CSV for what people want to read."""

import csv
import gc
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from recli.core.artifact import ArtifactReader, Files
from recli.core.dataset import NO_YEAR, Dataset, ItemTable, UserTable
from recli.core.errors import IntegrityError
from recli.core.ratings import Ratings, RatingScale
from recli.core.reference import renewal
from recli.core.vocabulary import Id, Vocabulary
from recli.data.ids import LARGEST_INTEGER, Ids, parse_ids

_RATING_COLUMNS = ("user_nums", "item_nums", "values", "timestamps")
_ITEM_COLUMNS = ["item_id", "title", "year", "release_date", "genres", "url", "ratings", "mean_rating"]
_USER_ID = "user_id"
_FOLDS = "folds.npz"
_GENRE_SEPARATOR = "|"
# What the record says about the rows themselves; the rest of it is Dataset.source.
_COUNTED = ("counts", "scale", "fingerprint")

Cell = int | float | str
Number = TypeVar("Number", np.int32, np.float32)


def dataset_files(dataset: Dataset) -> Files:
    """Return a dataset's files: arrays under ``ratings/``, ``items.csv``, ``users.csv``; its folds if it has some."""
    arrays = {_array_file(column): getattr(dataset.ratings, column) for column in _RATING_COLUMNS}
    files: Files = {**arrays, "items.csv": items_csv(dataset.items), "users.csv": users_csv(dataset.users)}
    return {**files, _FOLDS: dataset.folds} if dataset.folds else files


def dataset_record(dataset: Dataset) -> dict[str, Any]:
    """Return what ``dataset.json`` says: the source's record, then counts, rating scale and fingerprint."""
    return {
        **dataset.source,
        "counts": {"users": len(dataset.users), "items": len(dataset.items), "ratings": len(dataset.ratings)},
        "scale": {"low": dataset.scale.low, "high": dataset.scale.high},
        "fingerprint": dataset.fingerprint,
    }


def load_dataset(reader: ArtifactReader) -> Dataset:
    """Read a dataset back; its ratings stay memory-mapped.

    Raises:
        IntegrityError: a file or the record is malformed.
    """
    name, about = reader.manifest.name, reader.manifest.about
    items = items_from_csv(reader.read_bytes("items.csv"))
    users = users_from_csv(reader.read_bytes("users.csv"))
    with _malformed(f"dataset {name}", fix=renewal(name)):
        # asarray: a view without the overhead that np.memmap adds to every slice.
        ratings = Ratings(**{column: np.asarray(reader.read_array(_array_file(column))) for column in _RATING_COLUMNS})
        if not np.isfinite(ratings.values).all():
            raise ValueError("a rating is no finite number")
        _require_range(ratings.user_nums, len(users))
        _require_range(ratings.item_nums, len(items))
        return Dataset(
            name=name,
            users=users,
            items=items,
            ratings=ratings,
            scale=RatingScale(float(about["scale"]["low"]), float(about["scale"]["high"])),
            fingerprint=str(about["fingerprint"]),
            source={key: value for key, value in about.items() if key not in _COUNTED},
            folds=_folds(reader, len(ratings)),
        )


def _folds(reader: ArtifactReader, n: int) -> dict[str, NDArray[np.int32]]:
    """Read the publisher's folds; none where the source had none, or an earlier recli fetched it."""
    if _FOLDS not in reader.manifest.files:
        return {}
    folds = reader.read_arrays(_FOLDS)
    for name, rows in folds.items():
        ascends = rows.dtype == np.int32 and rows.ndim == 1 and len(rows) and (np.diff(rows) > 0).all()
        if not (ascends and rows[0] >= 0 and rows[-1] < n):
            raise ValueError(f"the fold {name} is no ascending list of rows")
    return folds


def items_csv(items: ItemTable) -> bytes:
    """Write an item table as CSV, one row an item in num order.

    Genres are joined by ``|``; what is not known is empty. Ids that are text must not all look like integers:
    ``parse_ids`` decides by their look when they are read.
    """
    ids: list[Id] = items.vocabulary.ids.tolist()
    rows = (
        (
            item_id,
            items.titles[num],
            items.year(num) or "",
            items.release_dates[num],
            _GENRE_SEPARATOR.join(items.genres[num]),
            items.urls[num],
            int(items.n_ratings[num]),
            _float_cell(items.mean_ratings[num]),
        )
        for num, item_id in enumerate(ids)
    )
    return _to_csv(_ITEM_COLUMNS, rows)


def items_from_csv(content: bytes) -> ItemTable:
    """Read what ``items_csv`` wrote, exactly.

    Raises:
        IntegrityError: it is malformed.
    """
    with _malformed("items.csv"):
        header, columns = _from_csv(content)
        if header != _ITEM_COLUMNS:
            raise ValueError(f"the columns are {header}")
        ids, titles, years, release_dates, genres, urls, n_ratings, mean_ratings = columns
        return ItemTable(
            vocabulary=Vocabulary(_ids(ids)),
            titles=titles,
            years=_numbers(years, lambda year: int(year) if year else NO_YEAR, np.int32),
            release_dates=release_dates,
            genres=_genres(genres),
            urls=urls,
            n_ratings=_numbers(n_ratings, int, np.int32),
            mean_ratings=_numbers(mean_ratings, lambda mean: float(mean) if mean else np.nan, np.float32),
        )


def users_csv(users: UserTable) -> bytes:
    """Write a user table as CSV, one row a user in num order: ``user_id``, then the metadata columns."""
    ids: list[Id] = users.vocabulary.ids.tolist()
    return _to_csv([_USER_ID, *users.columns], zip(ids, *users.columns.values(), strict=True))


def users_from_csv(content: bytes) -> UserTable:
    """Read what ``users_csv`` wrote, exactly.

    Raises:
        IntegrityError: it is malformed.
    """
    with _malformed("users.csv"):
        header, columns = _from_csv(content)
        if header[0] != _USER_ID or len(set(header)) != len(header):
            raise ValueError(f"the columns are {header}")
        return UserTable(
            vocabulary=Vocabulary(_ids(columns[0])), columns=dict(zip(header[1:], columns[1:], strict=True))
        )


def _ids(texts: Sequence[str]) -> Ids:
    """Return what ``parse_ids`` does, of positive integers in a tenth of its time: a tool reads 90,000 ids to show one.

    Digits alone, without a sign, that are read and written the same, have the one spelling that an integer may have.
    """
    digits = "".join(texts)
    if digits.isascii() and digits.isdigit() and all(texts) and max(map(len, texts)) < len(str(LARGEST_INTEGER)):
        found = np.fromiter(map(int, texts), np.int64, len(texts))
        if "".join(map(str, found.tolist())) == digits:
            return found
    return parse_ids(texts)


def _numbers(cells: Sequence[str], parse: Callable[[str], float], dtype: type[Number]) -> NDArray[Number]:
    """Parse each spelling once: of many items' years, counts and means there are far fewer than items."""
    found = {cell: parse(cell) for cell in set(cells)}
    return np.fromiter(map(found.__getitem__, cells), dtype, len(cells))


def _genres(cells: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Split cells, of which many are the same: those share what they are split into."""
    split = {cell: tuple(cell.split(_GENRE_SEPARATOR)) if cell else () for cell in set(cells)}
    return tuple(map(split.__getitem__, cells))


def _array_file(column: str) -> str:
    return f"ratings/{column}.npy"


def _float_cell(value: np.float32) -> Cell:
    # The shortest decimal that gives the same float32 back: float(value) would write 3.878318548202515 for 3.8783185.
    return "" if np.isnan(value) else float(str(value))


def _to_csv(header: Sequence[str], rows: Iterable[tuple[Cell, ...]]) -> bytes:
    # All text is quoted: csv's minimal quoting leaves a lone \r bare before Python 3.13, and cannot read it back.
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _from_csv(content: bytes) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the header and the columns; raises ``ValueError`` or ``csv.Error`` where there are none."""
    with _uncollected():
        return _columns(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


def _columns(lines: Iterable[list[str]]) -> tuple[list[str], list[tuple[str, ...]]]:
    header, *rows = list(lines) or [[]]
    if not header:
        raise ValueError("there is no header")
    if not set(map(len, rows)) <= {len(header)}:
        raise ValueError("a row has more or fewer cells than the header")
    # Every so many-th cell: unzipping as many arguments as there are rows takes three times as long.
    cells = list(chain.from_iterable(rows))
    return header, [tuple(cells[place :: len(header)]) for place in range(len(header))]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off looking for cycles: among so many new lists that finds none, and takes as long as making them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _require_range(nums: NDArray[np.int32], n: int) -> None:
    if len(nums) and not (nums.min() >= 0 and nums.max() < n):
        raise ValueError(f"a rating has a num outside 0 … {n - 1}")


@contextmanager
def _malformed(what: str, fix: str | None = None) -> Iterator[None]:
    """Turn what parsing raises on bad content into an ``IntegrityError``."""
    try:
        yield
    except (ValueError, TypeError, KeyError, OverflowError, csv.Error) as error:
        raise IntegrityError(f"{what} is malformed: {error}", fix=fix) from error
