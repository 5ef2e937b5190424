"""Whom a model answers: a user of its dataset, somebody new with some ratings, or nobody in particular."""

import dataclasses
import shlex
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset
from recli.core.errors import IntegrityError, NotFoundError, UsageError
from recli.core.vocabulary import Id
from recli.data.rating_lists import RatingList
from recli.models import registry
from recli.models.predictor import Predictor, Support
from recli.models.recommender import UNKNOWN, Recommender
from recli.operations.artifacts import TEST_ROWS, read_rows
from recli.operations.naming import near_ids, range_of
from recli.store import Artifact


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody, and a predictor that knows them."""

    predictor: Predictor
    num: int
    """In the predictor; ``UNKNOWN`` for nobody in particular."""
    user_id: Id | None
    rated: dict[int, float]
    """Item num → stars, all that is known."""
    excluded: NDArray[np.int32]
    """Item nums that are not to be recommended."""

    @property
    def is_known(self) -> bool:
        """Whether the predictor learned anything of their taste."""
        return self.num != UNKNOWN and self.predictor.support.users[self.num] > 0


def known_user(artifact: Artifact, predictor: Predictor, dataset: Dataset, user_id: str, exclude: str) -> Person:
    """Find a user by the id that a person typed.

    Raises:
        NotFoundError: no user has it.
    """
    vocabulary = dataset.users.vocabulary
    num = vocabulary.parse(user_id)
    if num is None:
        raise NotFoundError(
            f"{dataset.name} has no user {user_id!r}{range_of(vocabulary)}",
            fix=f"recli recommend --user {shlex.quote(str(vocabulary.id(0)))}",
            candidates=near_ids(vocabulary, user_id),
        )
    rows = np.flatnonzero(dataset.ratings.user_nums == num)
    items, values = dataset.ratings.item_nums[rows], dataset.ratings.values[rows]
    trained = ~np.isin(rows, read_rows(artifact, TEST_ROWS, len(dataset.ratings)))
    excluded = {"rated": items, "trained": items[trained], "nothing": items[:0]}[exclude]
    rated = dict(zip(items.tolist(), values.tolist(), strict=True))
    return Person(predictor, num, vocabulary.id(num), rated, np.unique(excluded))


def new_person(predictor: Predictor, ratings: RatingList, exclude: str) -> Person:
    """Fold somebody's ratings into a model.

    Raises:
        UsageError: the model cannot learn a new user without a new fit.
        IntegrityError: its stored arrays are damaged.
    """
    items, values = ratings.item_nums, ratings.values
    excluded = items[:0] if exclude == "nothing" else np.unique(items)
    if len(items) == 0:
        return Person(predictor, UNKNOWN, None, {}, excluded)
    model = _folded(predictor, ratings)
    if model is None:
        name = predictor.model.config.model
        able = [other for other in registry.TO_RECOMMEND if registry.folds_in(other)]
        raise UsageError(
            f"{name} cannot take in a new person's ratings without a new fit; {', '.join(able)} can",
            fix="recli recommend --model bayes",
        )
    one = np.array([len(items)], np.int32)
    folded = dataclasses.replace(
        predictor,
        model=model,
        support=Support(one, predictor.support.items),
        baseline=predictor.baseline.fold_in(items, values),
        baseline_support=Support(one, predictor.baseline_support.items),
    )
    return Person(folded, 0, None, dict(zip(items.tolist(), values.tolist(), strict=True)), excluded)


def _folded(predictor: Predictor, ratings: RatingList) -> Recommender | None:
    try:
        with np.errstate(all="ignore"):  # whatever overflows shows in the answers
            return predictor.model.fold_in(ratings.item_nums, ratings.values)
    except np.linalg.LinAlgError as error:
        name = predictor.model.config.model
        raise IntegrityError(
            f"the stored arrays of {name} cannot take in a new person: {error}", fix="recli models list"
        ) from error
