"""Metadata as numbers: categories as columns of 0 and 1, quantities on a common scale. Shared by models that use it."""

import logging
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR
from recli.core.metadata import Metadata
from recli.core.ratings import Ratings

log = logging.getLogger("recli")

Value = TypeVar("Value", int, str)

MAX_CATEGORIES = 50
"""Different texts of a column that still become a column of features each."""
MOST_GENRES, MOST_PERIODS, MOST_USER_CATEGORIES = 64, 64, 256
"""Columns that genres, periods of release and all texts about users become at most: the most frequent. Free tags come
by the thousand, and a column costs as much where it describes two items as where it describes all."""
LEAST_ITEMS = 2
"""A genre of fewer items tells nothing of another."""
YEARS_PER_BIN = 5
BINS = 8
"""Bins of equal share that a quantity of users is cut into, where it is wanted as categories."""
LARGEST = 1e30
"""A number further from 0 measures nothing, and differences of such numbers may not fit into 32 bits."""
QUANTILES = 100
"""Points at which the distribution of a quantity is stored."""


@dataclass(frozen=True, eq=False)
class Features:
    """Columns that describe n things."""

    matrix: NDArray[np.float32]
    """(n, d)"""
    names: tuple[str, ...]
    """(d,) what each column says: ``genre=Drama``, ``age``."""


def item_features(metadata: Metadata, *, year_bins: bool = False) -> Features:
    """Return a column of 0 and 1 for each genre, and with ``year_bins`` one for each five years of release.

    Genres of a single item are left out. Of the others, and of the periods, the most frequent 64 become columns.
    """
    genres = {genre: column for column, genre in enumerate(_genres(metadata))}
    has = np.zeros((len(metadata.years), len(genres)), np.bool_)
    for num, given in enumerate(metadata.genres):
        has[num, [genres[genre] for genre in given if genre in genres]] = True
    columns: dict[str, NDArray[np.generic]] = {f"genre={genre}": has[:, column] for genre, column in genres.items()}
    if year_bins:
        bins = metadata.years // YEARS_PER_BIN * YEARS_PER_BIN
        known = _most_frequent(bins[metadata.years != NO_YEAR].tolist(), MOST_PERIODS)
        columns |= {f"year={start}-{start + YEARS_PER_BIN - 1}": bins == start for start in known}
    return _stacked(columns, len(metadata.years))


def item_quantities(metadata: Metadata) -> Features:
    """Return the release year, NaN where unknown."""
    return _stacked({"year": np.where(metadata.years == NO_YEAR, np.nan, metadata.years)}, len(metadata.years))


def popularity(train: Ratings, n_items: int) -> Features:
    """Return each item's number of training rows; NaN without any, for a new item may become anything."""
    counts = np.bincount(train.item_nums, minlength=n_items)
    return _stacked({"popularity": np.where(counts == 0, np.nan, counts)}, n_items)


def user_features(metadata: Metadata, n_users: int, *, bins: bool = False) -> Features:
    """Return a column of 0 and 1 for each text of a column that has few: gender and occupation, but no zip code.

    Of all texts and bins the most frequent 256 become columns.

    Args:
        metadata: what is known.
        n_users: rows to return.
        bins: also a column for each eighth of a column of numbers.
    """
    columns: dict[str, NDArray[np.generic]] = {}
    for name, texts in metadata.user_columns.items():
        values = _numbers(texts)
        if values is not None and bins:
            columns |= _bins(name, values)
        elif values is None:
            columns |= {f"{name}={text}": np.array([t == text for t in texts]) for text in _categories(texts)}
    counts = {name: int(np.count_nonzero(column)) for name, column in columns.items()}
    kept = set(sorted(counts, key=lambda name: -counts[name])[:MOST_USER_CATEGORIES])
    return _stacked({name: column for name, column in columns.items() if name in kept}, n_users)


def user_quantities(metadata: Metadata, n_users: int) -> Features:
    """Return the columns that are numbers, such as age; NaN where unknown."""
    found = {name: _numbers(texts) for name, texts in metadata.user_columns.items()}
    return _stacked({name: values for name, values in found.items() if values is not None}, n_users)


def widths(metadata: Metadata) -> tuple[int, int]:
    """Return how many columns describe a user and an item: categories, without bins, and quantities. Makes none."""
    quantities = [_numbers(texts) is not None for texts in metadata.user_columns.values()]
    texts = [texts for texts, number in zip(metadata.user_columns.values(), quantities, strict=True) if not number]
    categories = sum(len(_categories(column)) for column in texts)
    return sum(quantities) + min(categories, MOST_USER_CATEGORIES), len(_genres(metadata)) + 1


def fit_quantiles(quantities: NDArray[np.float32], seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Learn the distribution of each quantity by scikit-learn's ``QuantileTransformer``.

    Args:
        quantities: (n, k); NaN where unknown.
        seen: (n,) which of the n things training rows hold: the others are not looked at.

    Returns:
        (q, k) quantiles at equal distances from the 0th to the 100th; 0 where no value is known.
    """
    if quantities.shape[1] == 0:
        return np.zeros((1, 0), np.float32)
    # A column of nothing but NaN has no quantiles: scikit-learn warns, and everything scales to 0 anyway.
    known = ~np.isnan(quantities[seen]).all(axis=0)
    rows = np.where(known, quantities[seen], np.float32(0))
    from sklearn.preprocessing import QuantileTransformer

    transformer = QuantileTransformer(n_quantiles=min(QUANTILES, len(rows)), subsample=None)
    return transformer.fit(rows).quantiles_.astype(np.float32)


def scale(quantities: NDArray[np.float32], quantiles: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, k) shares of the distribution below each quantity, from -1 for none to 1 for all; 0 where unknown.

    The same numbers as ``2 * QuantileTransformer.transform - 1``: a run of equal quantiles maps to its middle.
    """
    shares = np.linspace(0, 1, len(quantiles))
    scaled = np.zeros(quantities.shape, np.float32)
    for k, (column, points) in enumerate(zip(quantities.T, quantiles.T, strict=True)):
        if points[0] == points[-1]:
            continue  # one value, which tells nothing
        upper = np.interp(column, points, shares)
        lower = np.interp(-column, -points[::-1], -shares[::-1])
        scaled[:, k] = np.nan_to_num(upper - lower - 1)
    return scaled


def lacking(metadata: Metadata) -> list[str]:
    """Return which inputs nothing is known about."""
    inputs = {
        "genres": any(metadata.genres),
        "release years": bool((metadata.years != NO_YEAR).any()),
        "user columns": any(any(texts) for texts in metadata.user_columns.values()),
    }
    return [name for name, known in inputs.items() if not known]


def say_lacking(metadata: Metadata, model: str) -> None:
    """Warn of the inputs that nothing is known about, if there are any; tell who asks of genres that are left out."""
    missing = lacking(metadata)
    if missing:
        log.warning("%s trains without what the data set lacks: %s", model, ", ".join(missing))
    given, kept = len({genre for genres in metadata.genres for genre in genres}), len(_genres(metadata))
    if kept < given:
        log.info("%s reads %s of %s genres: the most frequent, of two items at least", model, f"{kept:,}", f"{given:,}")


def _genres(metadata: Metadata) -> list[str]:
    """Return the genres that become columns, in their order."""
    each = (genre for given in metadata.genres for genre in set(given))
    return _most_frequent(each, MOST_GENRES, at_least=LEAST_ITEMS)


def _most_frequent(values: Iterable[Value], n: int, *, at_least: int = 1) -> list[Value]:
    """Return, sorted, the n values that come most often; of equally frequent ones those that sort first."""
    counts = Counter(values)
    frequent = sorted((value for value, count in counts.items() if count >= at_least), key=lambda v: (-counts[v], v))
    return sorted(frequent[:n])


def _numbers(texts: Sequence[str]) -> NDArray[np.float32] | None:
    """Return (n,) numbers, NaN for an empty text, or ``None`` where a text is none that measures."""
    if not any(texts) or any(_is_code(text) for text in texts):
        return None
    try:
        values = np.array([float(text) if text else math.nan for text in texts])
    except ValueError:
        return None
    return None if (np.abs(values) > LARGEST).any() or np.isnan(values).all() else values.astype(np.float32)


def _is_code(text: str) -> bool:
    """Whether it has digits without being a quantity, as the zip code 02139."""
    return len(text) > 1 and text[0] == "0" and text.isdigit()


def _categories(texts: Sequence[str]) -> list[str]:
    """Return the different texts where they come again and again: on average each at least twice, and few enough."""
    known = [text for text in texts if text]
    different = sorted(set(known))
    return different if len(different) <= min(MAX_CATEGORIES, max(2, len(known) // 2)) else []


def _bins(name: str, values: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[:-1]))
    bins = np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right") - 1)
    return {f"{name}>={edge:g}": bins == k for k, edge in enumerate(edges)}


def _stacked(columns: dict[str, NDArray[np.generic]], n: int) -> Features:
    matrix = np.stack(list(columns.values()), axis=1) if columns else np.zeros((n, 0))
    return Features(matrix.astype(np.float32), tuple(columns))
