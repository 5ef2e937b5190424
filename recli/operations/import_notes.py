"""What a user of imported data should know of it."""

from collections.abc import Iterator

import numpy as np

from recli.core.dataset import Dataset
from recli.data.build import ItemRow, UserRow
from recli.data.formats.accounting import quoted
from recli.data.formats.folders import FolderFiles
from recli.data.formats.text.described import Described
from recli.data.formats.text.rating_files import RatingFile
from recli.data.formats.times import time_notes

_NOT_RATED = -1.0


def notes_of(
    ratings: RatingFile,
    items: Described[ItemRow] | None,
    users: Described[UserRow] | None,
    folder: FolderFiles | None,
    dataset: Dataset,
) -> Iterator[str]:
    """Yield a sentence for each thing that was decided where a file left it open.

    Args:
        ratings: as they were read.
        items: what describes them, if a file did.
        users: the same of users.
        folder: where the files were found, if in one.
        dataset: what they became.
    """
    if folder:
        yield folder.told()
    yield from _of_ratings(ratings)
    if items:
        yield from _of_items(items, dataset)
    for described in (items, users):
        if described and described.count.encoding == "latin-1":
            yield f"{described.count.file} is not UTF-8, and was read as latin-1"


def _of_ratings(ratings: RatingFile) -> Iterator[str]:
    if ratings.count.columns["timestamp"] is not None:
        yield from time_notes(ratings.ratings.timestamps, ratings.time_units)
    values = ratings.ratings.values
    if values.min() == _NOT_RATED:
        n = int(np.count_nonzero(values == _NOT_RATED))
        if n == np.count_nonzero(values < 0):
            what = f"{n:,} of {len(values):,} ratings are -1"
            yield f"{what}: if that means not rated, --scale and --on-bad skip drop them"


def _of_items(items: Described[ItemRow], dataset: Dataset) -> Iterator[str]:
    odd = items.odd_years
    if odd:
        what = f"cells of {items.count.file} that should be a year and are none"
        yield f"{what}: {len(odd):,} ({', '.join(map(quoted, odd[:3]))}); their items have no year"
    described = {str(row.item_id) for row in items.rows}
    rated = dataset.items.vocabulary.ids[dataset.items.n_ratings > 0].tolist()
    missing = sum(str(item_id) not in described for item_id in rated)
    if missing:
        yield f"{missing:,} of {len(rated):,} rated items are not in {items.count.file}: ids stand for titles"
