"""Ratings, items and users from a path, whatever format lies there."""

from collections.abc import Callable, Mapping
from pathlib import Path

from recli.data.build import ItemRow, UserRow
from recli.data.formats.columnar.batches import ratings_of_batches
from recli.data.formats.columnar.described_batches import items_of_batches, users_of_batches
from recli.data.formats.columnar.parquet import is_parquet, open_parquet
from recli.data.formats.text.described import Described, read_items, read_users
from recli.data.formats.text.rating_files import RatingFile, Wanted, read_ratings
from recli.data.formats.text.streams import Progress


def read_any_ratings(
    path: Path, wanted: Wanted, tell: Callable[[Mapping[str, str | None]], None], progress: Progress | None = None
) -> RatingFile:
    """Read ratings from text or Parquet; as ``read_ratings``, and of Parquet progress is not told."""
    if is_parquet(path):
        return ratings_of_batches(open_parquet(path), wanted, tell)
    return read_ratings(path, wanted, tell, progress)


def read_any_items(path: Path, encoding: str | None) -> Described[ItemRow]:
    """Read items from text or Parquet; as ``read_items``."""
    return items_of_batches(open_parquet(path)) if is_parquet(path) else read_items(path, encoding)


def read_any_users(path: Path, encoding: str | None) -> Described[UserRow]:
    """Read users from text or Parquet; as ``read_users``."""
    return users_of_batches(open_parquet(path)) if is_parquet(path) else read_users(path, encoding)
