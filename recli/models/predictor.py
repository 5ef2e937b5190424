"""Predictions fit to show and to judge: none missing, none outside the scale, and both counted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import IntegrityError
from recli.core.ratings import RatingScale
from recli.models.batches import TABLE, batches
from recli.models.bias import BiasModel
from recli.models.recommender import UNKNOWN, Nums, RatingDistribution, Recommender, Stars, TrainingData


@dataclass(frozen=True, eq=False)
class Predictions:
    """Stars for m pairs."""

    values: Stars
    """(m,) within the rating scale."""
    medians: Stars | None
    """(m,) median of the predicted distribution of stars; ``None`` for a model that predicts one number."""
    cold: int
    """Pairs whose user or item training never saw: the baseline's answer, or one from metadata alone."""
    clipped: int
    """Pairs whose value was outside the scale and was moved to its edge."""
    distribution: RatingDistribution | None
    """By the model, for m pairs; it means nothing in those that the baseline answers."""
    by_baseline: NDArray[np.bool_]
    """(m,) whether the baseline answers."""


@dataclass(frozen=True, eq=False)
class Support:
    """How often each user and each item stood in the rows that a model learned from."""

    users: NDArray[np.int32]
    """(n_users,) rows."""
    items: NDArray[np.int32]
    """(n_items,) rows."""

    @classmethod
    def of(cls, data: TrainingData) -> "Support":
        """Count the training rows."""
        users = np.bincount(data.train.user_nums, minlength=data.n_users)
        items = np.bincount(data.train.item_nums, minlength=data.n_items)
        return cls(users.astype(np.int32), items.astype(np.int32))

    def is_cold(self, user_nums: Nums, item_nums: Nums) -> NDArray[np.bool_]:
        """Return (m,) whether the model has never seen the user or the item of a pair."""
        unseen_user = (user_nums == UNKNOWN) | (self.users[user_nums] == 0)
        return unseen_user | (item_nums == UNKNOWN) | (self.items[item_nums] == 0)


@dataclass(frozen=True, eq=False)
class Predictor:
    """A trained model with what it needs to answer for any pair."""

    model: Recommender
    support: Support
    """Of the model's training rows."""
    baseline: BiasModel
    """Answers where the model is cold."""
    baseline_support: Support
    """Of the baseline's training rows: those of the model and those that watched it."""
    scale: RatingScale

    def predict(self, user_nums: Nums, item_nums: Nums) -> Predictions:
        """Predict (m,) pairs by the model, and those it cannot answer by the baseline.

        A model without metadata cannot answer for what training never saw; no model answers for ``UNKNOWN``.

        Raises:
            IntegrityError: an answer is no finite number.
        """
        return self._predict(self.model, self.support, user_nums, item_nums)

    def predict_baseline(self, user_nums: Nums, item_nums: Nums) -> Predictions:
        """Predict (m,) pairs by the bias baseline alone."""
        return self._predict(self.baseline, self.baseline_support, user_nums, item_nums)

    def scores(self, user_nums: Nums) -> Stars:
        """Return (u, n_items) by which to rank all items for each of u users, higher first.

        A user whom training never saw gets the items by popularity, their training rows; an item it never saw stands
        last, ``-inf``, unless metadata let the model answer.

        Raises:
            IntegrityError: another score is no finite number.
        """
        items = np.arange(len(self.support.items), dtype=np.int32)
        per_block = max(1, TABLE // max(1, len(items)))
        blocks = [user_nums[start : start + per_block] for start in range(0, len(user_nums), per_block)]
        with np.errstate(all="ignore"):  # whatever overflows shows in the scores
            scores = np.concatenate([np.empty((0, len(items)), np.float32)]
                                    + [self.model.score_table(block, items) for block in blocks])  # fmt: skip
        _require_finite(scores)
        scores[self._is_new(user_nums)] = self.support.items
        if not self.model.answers_unseen:
            scores[:, self.support.items == 0] = -np.inf
        return scores

    def _is_new(self, user_nums: Nums) -> NDArray[np.bool_]:
        """Return (u,) whether training never saw a user."""
        return (user_nums == UNKNOWN) | (self.support.users[user_nums] == 0)

    def _predict(self, model: Recommender, support: Support, user_nums: Nums, item_nums: Nums) -> Predictions:
        with np.errstate(all="ignore"):  # whatever overflows shows in the answers
            values, distribution = _answers(model, user_nums, item_nums)
        medians = None if distribution is None else distribution.median()
        cold = support.is_cold(user_nums, item_nums)
        unanswered = cold & ((user_nums == UNKNOWN) | (item_nums == UNKNOWN)) if model.answers_unseen else cold
        values[unanswered] = self.baseline.predict(user_nums[unanswered], item_nums[unanswered])
        if medians is not None:
            medians[unanswered] = values[unanswered]
            medians, _ = self.scale.clip(medians)
        _require_finite(values)
        values, clipped = self.scale.clip(values)
        return Predictions(values, medians, int(np.count_nonzero(cold)), clipped, distribution, unanswered)


def _require_finite(answers: Stars) -> None:
    if not np.isfinite(answers).all():
        raise IntegrityError(
            "the model's stored arrays give answers that are no finite numbers", fix="recli models list"
        )


def _answers(model: Recommender, user_nums: Nums, item_nums: Nums) -> tuple[Stars, RatingDistribution | None]:
    """Return (m,) predicted stars, and the distribution whose mean they are, where the model has one."""
    pairs = list(batches(user_nums, item_nums))
    found = [part for part in (model.distribution(*batch) for batch in pairs) if part is not None]
    if not found:
        return np.concatenate([model.predict(*batch) for batch in pairs]), None
    joined = RatingDistribution(found[0].levels, np.concatenate([part.probabilities for part in found]))
    return joined.mean(), joined
