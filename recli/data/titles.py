"""Finding items by what a person types."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from recli.core.dataset import NO_YEAR, ItemTable
from recli.core.errors import NotFoundError, UsageError
from recli.core.text import spoken, visible

_YEAR = re.compile(r" \(\d{4}\)$")
_DATED = re.compile(r"\(\d{4}\)\s*$")

_TYPED_YEAR = re.compile(r"\s*[(\[]?\b\d{4}\b[)\]]?$")
"""A year behind a title, in brackets or not: it says nothing about how the title is spelt."""

CLOSE = 80.0
"""Similarity, of 100, from which a spelling counts as meant: one slip in a word of five letters reaches it."""
MOST_QUOTED = 60
"""Characters of a query that an error repeats."""
MOST_CANDIDATES = 8
"""Items to choose from where several are meant."""
N_CANDIDATES = 3
"""Titles to suggest where none matches."""
ALIKE = 70.0
"""Similarity, of 100, below which a title is not suggested: nobody meant it."""
STATS = "recli stats --popularity"
"""Lists titles and ids."""


@dataclass(frozen=True)
class TitleSearch:
    """Items that answer a query, best first."""

    nums: tuple[int, ...]
    exact: bool
    """False where no title contains the query and the nearest spellings were taken."""


def search_titles(items: ItemTable, query: str) -> TitleSearch:
    """Find the items whose title contains the query, whatever its case, accents and place of the article.

    A title that is the query (but for its year) comes first, then the most rated. Where no title contains the query,
    titles that are spelled nearly so are taken, nearest first.

    Raises:
        UsageError: the query is empty.
        NotFoundError: no title is near; the candidates are the nearest.
    """
    asked = _keys(query)
    if not asked[0]:
        raise UsageError("the title to search for is empty", fix='recli similar "Star Trek"')
    keys = _Keys.of(items)
    if found := keys.having(asked):
        whole, ratings = keys.whole(found, asked), items.n_ratings.tolist()
        return TitleSearch(tuple(sorted(found, key=lambda num: (num not in whole, -ratings[num], num))), True)
    return _near(items, keys, asked[-1])


@dataclass(frozen=True, eq=False)
class _Keys:
    """Titles as they are compared. Of many, most are ASCII and end in no article: they are looked at in C."""

    written: list[str]
    """(n,) folded."""
    said: dict[int, str]
    """Num of an item whose article stands last → its title, folded, as spoken."""

    @classmethod
    def of(cls, items: ItemTable) -> "_Keys":
        written = [_folded(title) for title in map(_dated, items.titles, items.years.tolist())]
        spelled = ((num, spoken(key)) for num, key in enumerate(written) if ", " in key)
        return cls(written, {num: key for num, key in spelled if key is not None})

    def having(self, asked: tuple[str, ...]) -> list[int]:
        """Return the nums, ascending, of the titles that contain one of some texts, written or spoken."""
        found = {num for one in asked for num, key in enumerate(self.written) if one in key}
        return sorted(found | {num for num, key in self.said.items() if any(one in key for one in asked)})

    def whole(self, nums: list[int], asked: tuple[str, ...]) -> set[int]:
        """Return those of some nums whose whole title, but for its year, is one of some texts."""
        return {num for num in nums if any(_is_whole(key, asked) for key in self.of_item(num))}

    def of_item(self, num: int) -> tuple[str, ...]:
        """Return what an item's title is compared by: written and, where that is another, spoken."""
        return (self.written[num], self.said[num]) if num in self.said else (self.written[num],)


def items_titled(items: ItemTable, text: str) -> tuple[int, ...]:
    """Return the nums of the items whose whole title a text is, but for its year; the most rated first, or none."""
    asked, keys = _keys(text), _Keys.of(items)
    found = keys.whole(keys.having(asked), asked)
    return tuple(sorted(found, key=lambda num: (-items.n_ratings[num], num)))


def choose_item(items: ItemTable, text: str) -> int:
    """Return the num of the one item that a person means by its id, its title, or a part that no other title has.

    Raises:
        UsageError: the text is empty.
        NotFoundError: no title contains it, or several do and none is it; the candidates say their ids.
    """
    num = items.vocabulary.parse(text)
    if num is not None:
        return num
    search = search_titles(items, text)
    asked = _keys(text)
    whole = [
        num for num in search.nums if search.exact and any(_is_whole(key, asked) for key in _keys(_of(items, num)))
    ]
    fitting = whole or search.nums
    if len(fitting) == 1 and search.exact:
        return fitting[0]
    candidates = [f"{items.vocabulary.id(num)} = {visible(_of(items, num))}" for num in fitting[:MOST_CANDIDATES]]
    what = f"{len(fitting)} titles are like" if search.exact else "no title contains"
    raise NotFoundError(f"{what} {_shortened(text)!r}: say which by its id", candidates=candidates)


def _of(items: ItemTable, num: int) -> str:
    """Return an item's title as it is shown and compared."""
    return _dated(items.titles[num], int(items.years[num]))


def _dated(title: str, year: int) -> str:
    """Return a title with its year, which may be all in which two differ, unless it carries one."""
    return title if year == NO_YEAR or _DATED.search(title) else f"{title} ({year})"


def _is_whole(key: str, asked: tuple[str, ...]) -> bool:
    return key in asked or _YEAR.sub("", key) in asked


def _near(items: ItemTable, keys: _Keys, asked: str) -> TitleSearch:
    titles = [_YEAR.sub("", keys.said.get(num, key)) for num, key in enumerate(keys.written)]
    scores = _spelling_scores(titles, _TYPED_YEAR.sub("", asked) or asked)
    order = np.lexsort((-items.n_ratings, -scores)).tolist()
    close = tuple(num for num in order if scores[num] >= CLOSE)
    if not close:
        nearest = [visible(items.titles[num]) for num in order[:N_CANDIDATES] if scores[num] >= ALIKE]
        raise NotFoundError(f"no title is like {_shortened(asked)!r}", candidates=nearest, fix=STATS)
    return TitleSearch(close, False)


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_QUOTED else text[: MOST_QUOTED - 1] + "…"


def _spelling_scores(keys: list[str], asked: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Score each key, 0 to 100: likeness of the whole, or (a little less) of its best stretch of the query's length."""
    from rapidfuzz import fuzz, process

    whole = process.cdist([asked], keys, scorer=fuzz.ratio, dtype=np.float64)[0]
    stretch = process.cdist([asked], keys, scorer=fuzz.partial_ratio, dtype=np.float64)[0]
    # A stretch of a title shorter than the query says nothing about the query's rest.
    long_enough = np.array([len(key) >= len(asked) for key in keys])
    return np.maximum(whole, np.where(long_enough, 0.95 * stretch, 0))


def _keys(title: str) -> tuple[str, ...]:
    """Return a title folded as written and, where its article stands last, as spoken: "the empire strikes back"."""
    written = _folded(title)
    said = spoken(written)
    return (written,) if said is None else (written, said)


def _folded(text: str) -> str:
    """Drop case, accents and doubled spaces."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.casefold().split())
