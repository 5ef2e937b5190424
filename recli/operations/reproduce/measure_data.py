"""What the notebook shows of the data and of its split, measured."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset, ItemTable
from recli.core.results.stats import StatsResult
from recli.core.split import Split
from recli.core.vocabulary import Id, Vocabulary
from recli.data.splits import rows_by_item
from recli.operations.reproduce.checking import Found, Missing

ALWAYS_EMPTY = 1
"""Columns of ``u.item`` that are empty in every line and that recli does not keep: the video release date."""
ODD_NEIGHBORS = (1681, 1550, 1431, 1339, 1483)
"""Items that the notebook's run found beside Star Wars and Star Trek, for want of ratings."""
NO_SUCH_ITEM = Missing("there is no such item")


def measure_data(data: Dataset, stats: StatsResult) -> dict[str, Found]:
    """Return every value of the section Data by its key."""
    items, per_user = data.items, stats.ratings_per_user
    seen = {name: getattr(stats.rating, name) for name in ("mean", "std", "min", "q25", "median", "q75", "max")}
    return {
        **_rows(data),
        **_item_table(items),
        "years of dates": sum(date.split("-")[-1] == str(y) for date, y in _pairs(items)),
        "without year": _joined(items.vocabulary.id(num) for num in np.flatnonzero(items.years == 0).tolist()),
        "year marker": str(stats.missing_year_marker),
        "users": _span(data.users.vocabulary),
        "items": _span(items.vocabulary),
        "ratings": len(data.ratings),
        **seen,
        **{f"stars {int(stars)}": n for stars, n in stats.rating_counts.items()},
        "mean popularity": stats.mean_popularity,
        "mean year": Missing("no item has a year") if stats.mean_year_marked is None else stats.mean_year_marked,
        "least seen": int(per_user.min),
        "median seen": per_user.median,
        "most seen": int(per_user.max),
        **{
            f"popular {rank}": f"{item.item_id} {item.title}, {item.ratings}"
            for rank, item in enumerate(stats.popularity, 1)
        },
        **_titles(items),
    }


def _rows(data: Dataset) -> dict[str, Found]:
    users, items, ratings = data.users.vocabulary.ids, data.items.vocabulary.ids, data.ratings
    head = ratings.take(np.arange(min(5, len(ratings))))
    columns = (users[head.user_nums], items[head.item_nums], head.values.astype(int), head.timestamps)
    merged = rows_by_item(ratings)
    first = data.items.vocabulary.num(1)
    raters = users[ratings.user_nums[merged[ratings.item_nums[merged] == first][:5]]]
    kept = _kept_columns(data.items)
    return {
        **{f"row {i}": "/".join(map(str, row)) for i, row in enumerate(zip(*columns, strict=True))},
        # The notebook's release year, user, rating and time come beside the item's own first five.
        "merged": f"{len(merged):,} × {kept + ALWAYS_EMPTY + 4}",
        "first raters": _joined(raters.tolist()),
    }


def _item_table(items: ItemTable) -> dict[str, Found]:
    genres = {genre for own in items.genres for genre in own}
    head = range(min(5, len(items)))
    return {
        **{f"item {num + 1}": ", ".join(filter(None, (items.titles[num], items.release_dates[num]))) for num in head},
        "item columns": _kept_columns(items) + ALWAYS_EMPTY + len(genres),
        "genres": len(genres),
    }


def _kept_columns(items: ItemTable) -> int:
    """Count id, title, release date and link, as far as an item has one."""
    return 1 + sum(any(column) for column in (items.titles, items.release_dates, items.urls))


def _titles(items: ItemTable) -> dict[str, Found]:
    trek = [num for num, title in enumerate(items.titles) if "Star Trek" in title]
    own = {id_: items.vocabulary.num(id_) for id_ in (246, 268, *ODD_NEIGHBORS)}
    titles = {items.titles[num] for id_, num in own.items() if id_ in (246, 268) and num is not None}
    return {
        "row 49 of items": items.vocabulary.ids[49].item() if len(items) > 49 else NO_SUCH_ITEM,
        "trek ids": _joined(items.vocabulary.id(num) for num in trek),
        "trek ratings": _joined(items.n_ratings[trek].tolist()),
        "odd ratings": _joined(items.n_ratings[num] for id_ in ODD_NEIGHBORS if (num := own[id_]) is not None),
        "doubled": sum(n == 2 for n in Counter(items.titles).values()),
        "title of 246": " and ".join(sorted(titles)),
        "not ascii": sum(not title.isascii() for title in items.titles),
    }


def measure_split(data: Dataset, rows: Split) -> dict[str, Found]:
    """Return every value of the section Split by its key."""
    from sklearn.model_selection import train_test_split

    ratings = data.ratings
    trained = np.concatenate([rows.train, rows.validation])
    cold = ~np.isin(ratings.item_nums[rows.test], ratings.item_nums[trained])
    theirs = train_test_split(rows_by_item(ratings), test_size=0.2, random_state=0)
    unsorted, _ = train_test_split(np.arange(len(ratings)), test_size=0.2, random_state=0)
    same = np.array_equal(theirs[0], trained) and np.array_equal(theirs[1], rows.test)
    stars = ratings.values.astype(np.float64)
    return {
        "train rows": len(trained),
        "validation rows": len(rows.validation),
        "test rows": len(rows.test),
        "test users": len(np.unique(ratings.user_nums[rows.test])),
        "cold items": len(np.unique(ratings.item_nums[rows.test][cold])),
        "cold rows": int(np.count_nonzero(cold)),
        "as sklearn": "yes" if same else "no",
        "zero mse": float(np.mean(stars[trained] ** 2)),
        "zero mae": float(np.mean(stars[trained])),
        "unsorted mse": float(np.mean(stars[unsorted] ** 2)),
    }


def _pairs(items: ItemTable) -> list[tuple[str, int]]:
    """Return date and year of the items that have a date."""
    years: NDArray[np.int32] = items.years
    return [(date, year) for date, year in zip(items.release_dates, years.tolist(), strict=True) if date]


def _span(vocabulary: Vocabulary) -> str:
    ids: Sequence[Id] = vocabulary.ids.tolist()
    return f"{ids[0]}–{ids[-1]}" if len(ids) == ids[-1] else f"{ids[0]}–{ids[-1]}, {len(ids)} of them"


def _joined(values: Iterable[object]) -> str:
    return " ".join(map(str, values))
