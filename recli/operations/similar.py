"""The nearest items of an item."""

from collections.abc import Callable

import numpy as np

from recli.analysis.similarity import cosines, top_n
from recli.core.dataset import ItemTable
from recli.core.errors import NotFoundError
from recli.core.results.similar import MIN_RATINGS, Neighbor, PairResult, SimilarResult, TitleMatch
from recli.data.titles import TitleSearch, search_titles
from recli.operations.artifacts import ItemVectors, open_vectors
from recli.store import Store


def similar_by_title(
    store: Store, query: str, *, model: str | None = None, n: int = 10, min_ratings: int = MIN_RATINGS
) -> SimilarResult:
    """Return the nearest items of the item whose title answers the query best.

    Raises:
        NotFoundError: no title is near the query, no such version, or none with item vectors.
    """
    return _similar(store, lambda items: search_titles(items, query), model, n, min_ratings)


def similar_by_id(
    store: Store, item_id: str, *, model: str | None = None, n: int = 10, min_ratings: int = MIN_RATINGS
) -> SimilarResult:
    """Return the nearest items of the item with an id, as a person types it.

    Raises:
        NotFoundError: no such item, no such version, or none with item vectors.
    """
    return _similar(store, lambda items: TitleSearch((_num(items, item_id),), True), model, n, min_ratings)


def pair(store: Store, a: str, b: str, *, model: str | None = None) -> PairResult:
    """Return the cosine of two items, each named by its id or, where no id is written so, by its title.

    Raises:
        NotFoundError: an item or the version cannot be found.
    """
    _, space = open_vectors(store, model)
    num_a, num_b = (_num_or_title(space.items, text) for text in (a, b))
    similarity = cosines(space.vectors[num_a], space.vectors[[num_b]])[0]
    trained = bool(space.trained[[num_a, num_b]].all())
    return PairResult(space.ref, _match(space.items, num_a), _match(space.items, num_b), float(similarity), trained)


def _similar(
    store: Store, find: Callable[[ItemTable], TitleSearch], model: str | None, n: int, min_ratings: int
) -> SimilarResult:
    _, space = open_vectors(store, model)
    search = find(space.items)
    query = search.nums[0]
    similarities = cosines(space.vectors[query], space.vectors)
    trained = space.trained.copy()
    trained[query] = False
    enough = space.items.n_ratings >= min_ratings
    nearest = top_n(similarities, trained & enough, n)
    return SimilarResult(
        ref=space.ref,
        query=_match(space.items, query),
        matches=tuple(_match(space.items, num) for num in search.nums),
        exact=search.exact,
        neighbors=tuple(_neighbor(space, rank, num, similarities[num]) for rank, num in enumerate(nearest.tolist(), 1)),
        min_ratings=min_ratings,
        hidden=int(np.count_nonzero(trained & ~enough)),
        untrained=int(np.count_nonzero(~space.trained)) - int(not space.trained[query]),
        query_trained=bool(space.trained[query]),
        similarities=similarities[trained],
    )


def _neighbor(space: ItemVectors, rank: int, num: int, similarity: np.float32) -> Neighbor:
    match = _match(space.items, num)
    return Neighbor(rank, match.item_id, match.title, match.year, float(similarity), match.ratings)


def _match(items: ItemTable, num: int) -> TitleMatch:
    return TitleMatch(items.vocabulary.id(num), items.titles[num], items.year(num), int(items.n_ratings[num]))


def _num_or_title(items: ItemTable, text: str) -> int:
    num = items.vocabulary.parse(text)
    return num if num is not None else search_titles(items, text).nums[0]


def _num(items: ItemTable, item_id: str) -> int:
    num = items.vocabulary.parse(item_id)
    if num is None:
        raise NotFoundError(
            f"no item has the id {item_id!r}", fix="recli similar TITLE", candidates=_near_ids(items, item_id)
        )
    return num


def _near_ids(items: ItemTable, item_id: str) -> list[str]:
    import difflib

    return difflib.get_close_matches(item_id, [str(id_) for id_ in items.vocabulary.ids.tolist()])
