"""The best items for a person, or for everybody."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset, ItemTable
from recli.core.errors import UsageError, require
from recli.core.results.recommend import AllUsers, GivenRating, Reason, RecommendResult, UserRow
from recli.core.vocabulary import Id
from recli.data.rating_lists import RatingList, read_file, read_options, understand
from recli.models import registry
from recli.operations.artifacts import TEST_ROWS, read_rows
from recli.operations.datasets import train_command
from recli.operations.held_out import dataset_of
from recli.operations.naming import titles_of
from recli.operations.people import Person, known_user, new_person
from recli.operations.record import RunRecord
from recli.operations.shelf import Shelf, Wish
from recli.store import Artifact, Store

N_REASONS = 3
"""Ratings that are named as arguing for an item."""
USERS_AT_ONCE = 512


def recommend_to_user(
    store: Store, user_id: str, *, model: str | None = None, wish: Wish | None = None
) -> RecommendResult:
    """Return the best items for a user of the version's dataset.

    Raises:
        NotFoundError: no such user or version, or the dataset is gone.
        InputDataError: the dataset has changed since the version was trained.
        UsageError: reasons are wanted, and the model's score is no sum over ratings.
        IntegrityError: the version is damaged.
    """
    wish = wish or Wish()
    shelf = Shelf.open(store, model)
    dataset = dataset_of(store, shelf.artifact, {})
    person = known_user(shelf.artifact, shelf.predictor, dataset, user_id, wish.exclude)
    return _result(store, shelf, person, (), wish)


def recommend_to_new(
    store: Store,
    rates: Sequence[str] = (),
    ratings_file: Path | None = None,
    *,
    model: str | None = None,
    wish: Wish | None = None,
) -> RecommendResult:
    """Return the best items for somebody new, by their ratings; without any, the most rated items.

    Args:
        store: holds the version.
        rates: ``TITLE=STARS`` each, by title or id.
        ratings_file: CSV or TSV of titles or ids and stars.
        model: reference; by default the model that ranks best among those that take in new people.
        wish: what the list is to be like.

    Raises:
        InputDataError: a rating or the file is not what it should be.
        NotFoundError: a title is not there or not the only one; no such version.
        UsageError: the model cannot take in a new person, or give the reasons wanted.
    """
    wish = wish or Wish()
    statements = read_options(rates) + (read_file(ratings_file) if ratings_file is not None else [])
    shelf = Shelf.open(store, model, new=bool(statements))
    with titles_of(RunRecord.read(shelf.artifact.manifest).dataset.name):
        ratings = understand(statements, shelf.items, shelf.predictor.scale)
    person = new_person(shelf.predictor, ratings, wish.exclude)
    return _result(store, shelf, person, _given(shelf.items, ratings), wish)


def recommend_to_all(store: Store, *, model: str | None = None, wish: Wish | None = None) -> AllUsers:
    """Return the best items for every user of the version's dataset, made while they are read.

    Raises:
        NotFoundError: no such version, or the dataset is gone.
        InputDataError: the dataset has changed since the version was trained.
        UsageError: reasons are wanted, which take a moment for each item.
    """
    wish = wish or Wish()
    require(not wish.explain, "--explain is for one person, not for --all-users")
    shelf = Shelf.open(store, model)
    dataset = dataset_of(store, shelf.artifact, {})
    pairs = hidden_pairs(shelf.artifact, dataset, wish.exclude)
    blocks = _blocks(shelf, pairs, dataset.users.vocabulary.ids.tolist(), wish)
    return AllUsers(shelf.artifact.ref, len(dataset.users), wish.exclude, blocks)


def hidden_pairs(artifact: Artifact, dataset: Dataset, exclude: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return (m,) users and (m,) items that are not to be recommended to them; ``exclude`` is of ``EXCLUDABLE``."""
    hidden = np.ones(len(dataset.ratings), np.bool_)
    if exclude == "trained":
        hidden[read_rows(artifact, TEST_ROWS, len(dataset.ratings))] = False
    elif exclude == "nothing":
        hidden[:] = False
    return dataset.ratings.user_nums[hidden], dataset.ratings.item_nums[hidden]


def _result(store: Store, shelf: Shelf, person: Person, given: tuple[GivenRating, ...], wish: Wish) -> RecommendResult:
    who = np.array([person.num], np.int32)
    scores = person.predictor.scores(who)[0]
    allowed = wish.filter.allows(shelf.items)
    allowed[person.excluded] = False
    chosen = shelf.choose(scores, allowed, wish)
    stars = person.predictor.predict(np.repeat(who, len(chosen)), chosen).values
    if wish.explain and person.is_known and not registry.explains(shelf.artifact.manifest.name):
        raise _inexplicable(store, shelf, person, given)
    reasons = [_reasons(shelf.items, person, num) for num in chosen.tolist()] if wish.explain else None
    return RecommendResult(
        ref=shelf.artifact.ref,
        user_id=person.user_id,
        given=given,
        by_popularity=not person.is_known,
        excluded=wish.exclude,
        n_excluded=len(person.excluded),
        items=tuple(shelf.described(chosen, scores[chosen], stars, reasons)),
        asked=wish.n,
        explainable=registry.explains(shelf.artifact.manifest.name),
    )


def _blocks(
    shelf: Shelf, hidden: tuple[NDArray[np.int32], NDArray[np.int32]], ids: list[Id], wish: Wish
) -> Iterator[list[UserRow]]:
    """Yield the lines of some users after those of others."""
    users, items = hidden
    items = items[np.argsort(users, kind="stable")]
    ends = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=len(ids)))])
    allowed = wish.filter.allows(shelf.items)
    for start in range(0, len(ids), USERS_AT_ONCE):
        block = np.arange(start, min(start + USERS_AT_ONCE, len(ids)), dtype=np.int32)
        scores = shelf.predictor.scores(block)
        lists = []
        for user, own in zip(block.tolist(), scores, strict=True):
            mine = allowed.copy()
            mine[items[ends[user] : ends[user + 1]]] = False
            lists.append(shelf.choose(own, mine, wish))
        yield _user_rows(shelf, block, ids, scores, lists)


def _user_rows(
    shelf: Shelf,
    block: NDArray[np.int32],
    ids: list[Id],
    scores: NDArray[np.float32],
    lists: list[NDArray[np.int32]],
) -> list[UserRow]:
    """Predict the stars of all lists of a block at once, and describe them."""
    lengths = [len(own) for own in lists]
    stars = shelf.predictor.predict(np.repeat(block, lengths), np.concatenate(lists)).values
    per_user = np.split(stars, np.cumsum(lengths)[:-1])
    return [
        UserRow(ids[user], item)
        for user, own, row, ratings in zip(block.tolist(), lists, scores, per_user, strict=True)
        for item in shelf.described(own, row[own], ratings)
    ]


def _given(items: ItemTable, ratings: RatingList) -> tuple[GivenRating, ...]:
    pairs = zip(ratings.item_nums.tolist(), ratings.values.tolist(), strict=True)
    return tuple(
        GivenRating(items.vocabulary.id(num), items.titles[num], items.year(num), stars) for num, stars in pairs
    )


def _inexplicable(store: Store, shelf: Shelf, person: Person, given: Sequence[GivenRating]) -> UsageError:
    """Return the refusal of reasons, with a trained model that has some, or else how to train one."""
    name = shelf.artifact.manifest.name
    able = [other for other in registry.TO_RECOMMEND if registry.explains(other) and store.versions(other)]
    rates = [word for rating in given for word in ("--rate", f"{rating.item_id}={rating.stars:g}")]
    who = rates if person.user_id is None else ["--user", str(person.user_id)]
    fix = shlex.join(["recli", "recommend", *who, "--model", *able[:1], "--explain"])
    return UsageError(
        f"--explain: the scores of {name} are no sum over ratings", fix=fix if able else train_command(store, "ease")
    )


def _reasons(items: ItemTable, person: Person, num: int) -> tuple[Reason, ...]:
    """Return what argues most for an item.

    Raises:
        UsageError: the model's score is no sum over the person's ratings.
    """
    if not person.is_known:
        return ()
    argued = person.predictor.model.contributions(person.num, num)
    if argued is None:
        raise UsageError(f"--explain: the scores of {person.predictor.model.config.model} are no sum over ratings")
    rated, shares = argued
    total = float(np.maximum(shares, 0).sum())
    best = [place for place in np.argsort(-shares, kind="stable")[:N_REASONS].tolist() if shares[place] > 0]
    nums = rated.tolist()
    return tuple(
        Reason(
            items.vocabulary.id(nums[place]),
            items.titles[nums[place]],
            items.year(nums[place]),
            person.rated.get(nums[place]),
            float(shares[place]) / total,
        )
        for place in best
    )
