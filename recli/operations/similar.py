"""The nearest items of an item."""

import dataclasses
import shlex
from collections.abc import Callable

import numpy as np

from recli.analysis.similarity import top_n
from recli.core.dataset import ItemTable
from recli.core.errors import NotFoundError
from recli.core.results.similar import MIN_RATINGS, Neighbor, PairResult, SimilarResult
from recli.data.titles import STATS, TitleSearch, search_titles
from recli.operations.naming import find_items, near_ids, range_of, title_match, titles_of
from recli.operations.similarity import Similarity, list_method, open_similarity
from recli.store import Store


def similar_by_title(
    store: Store,
    query: str,
    *,
    model: str | None = None,
    method: str | None = None,
    n: int = 10,
    min_ratings: int = MIN_RATINGS,
) -> SimilarResult:
    """Return the nearest items of the item whose title answers the query best.

    Raises:
        NotFoundError: no title is near the query, no such version, or none with the method.
    """
    space = open_similarity(store, model, method)
    num = space.items.vocabulary.parse(query)
    try:
        found = _similar(lambda items: search_titles(items, query), space, n, min_ratings)
    except NotFoundError as error:
        if num is not None:
            error.fix, error.candidates = f"recli similar --id {shlex.quote(query)}", ()
        raise
    if num is None or found.query.item_id == space.items.vocabulary.id(num):
        return found
    return dataclasses.replace(found, has_the_id=title_match(space.items, num))


def similar_by_id(
    store: Store,
    item_id: str,
    *,
    model: str | None = None,
    method: str | None = None,
    n: int = 10,
    min_ratings: int = MIN_RATINGS,
) -> SimilarResult:
    """Return the nearest items of the item with an id, as a person types it.

    Raises:
        NotFoundError: no such item, no such version, or none with the method.
    """
    space = open_similarity(store, model, method)
    return _similar(lambda items: TitleSearch((_num(items, item_id),), True), space, n, min_ratings)


def pair(store: Store, a: str, b: str, *, model: str | None = None, method: str | None = None) -> PairResult:
    """Return the similarity of two items, each named by its id or, where no id is written so, by its title.

    Where no method is named, the cosine of their vectors is preferred: a list names an item's nearest alone.

    Raises:
        NotFoundError: an item or the version cannot be found, or the method's lists do not name one beside the other.
    """
    space = open_similarity(store, model, method, prefer_vectors=True)
    with titles_of(space.dataset):
        num_a, num_b = (find_items(space.items, text).nums[0] for text in (a, b))
    similarity = space.between(num_a, num_b)
    match_a, match_b = title_match(space.items, num_a), title_match(space.items, num_b)
    if similarity is None:
        raise NotFoundError(
            f"{space.ref} keeps the {space.length} nearest of an item by {space.method}, and neither"
            f" {match_a.title!r} nor {match_b.title!r} is among those of the other",
            fix=f"recli similar --id {match_a.item_id} --model {space.ref} --method {space.method}",
        )
    trained = bool(space.trained[[num_a, num_b]].all())
    listed = method or list_method(store, model)
    other = listed if listed != space.method else None
    return PairResult(space.ref, space.method, match_a, match_b, similarity, trained, other)


def _similar(find: Callable[[ItemTable], TitleSearch], space: Similarity, n: int, min_ratings: int) -> SimilarResult:
    with titles_of(space.dataset):
        search = find(space.items)
    query = search.nums[0]
    nums, similarities = space.near(query)
    trained = space.trained[nums] & (nums != query)
    enough = space.items.n_ratings >= min_ratings
    others = int(np.count_nonzero(space.trained & enough)) - int(space.trained[query] and enough[query])
    nearest = top_n(similarities, trained & enough[nums], n)
    return SimilarResult(
        ref=space.ref,
        method=space.method,
        query=title_match(space.items, query),
        matches=tuple(title_match(space.items, num) for num in search.nums),
        exact=search.exact,
        neighbors=tuple(
            _neighbor(space.items, rank, int(nums[place]), float(similarities[place]))
            for rank, place in enumerate(nearest.tolist(), 1)
        ),
        min_ratings=min_ratings,
        hidden=int(np.count_nonzero(space.trained & ~enough)) - int(space.trained[query] and not enough[query]),
        untrained=int(np.count_nonzero(~space.trained)) - int(not space.trained[query]),
        query_trained=bool(space.trained[query]),
        similarities=similarities[trained],
        most_stars=space.most_stars,
        cut_at=space.length if len(nearest) < min(n, others) else None,
    )


def _neighbor(items: ItemTable, rank: int, num: int, similarity: float) -> Neighbor:
    match = title_match(items, num)
    return Neighbor(rank, match.item_id, match.title, match.year, similarity, match.ratings)


def _num(items: ItemTable, item_id: str) -> int:
    num = items.vocabulary.parse(item_id)
    if num is None:
        raise NotFoundError(
            f"no item has the id {item_id!r}{range_of(items.vocabulary)}",
            fix=STATS,
            candidates=near_ids(items.vocabulary, item_id),
        )
    return num
