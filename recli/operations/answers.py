"""A version that answers pairs of a user and an item, block by block."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from recli.core.dataset import ItemTable, UserTable
from recli.core.errors import NotFoundError
from recli.core.results.predict import BASELINE, MODEL, Prediction, StarsInterval, Tally
from recli.core.vocabulary import Id, Vocabulary
from recli.data.files import users_from_csv
from recli.data.pair_files import PairLine
from recli.models.predictor import Predictions, Predictor
from recli.models.recommender import UNKNOWN, Nums
from recli.operations.artifacts import USERS, latest_versions, load_predictor, open_items, open_version
from recli.operations.datasets import train_command
from recli.operations.given import Given
from recli.operations.held_out import PARTS
from recli.operations.naming import is_number
from recli.operations.verdicts import NOMINAL
from recli.store import Artifact, Store

BLOCK = 16_384
"""Pairs that are answered at once."""


@dataclass(frozen=True, eq=False)
class Asked:
    """m pairs to predict for."""

    user_nums: Nums
    item_nums: Nums
    """(m,); ``UNKNOWN`` where the version does not know the id."""
    unknown: Mapping[int, PairLine] = field(default_factory=dict)
    """Place of a pair with an unknown id → the pair as it is written."""

    def without_unknown(self) -> "Asked":
        """Return the others."""
        known = (self.user_nums != UNKNOWN) & (self.item_nums != UNKNOWN)
        return Asked(self.user_nums[known], self.item_nums[known])


@dataclass(frozen=True, eq=False)
class Answering:
    """A version, ready to answer."""

    artifact: Artifact
    users: UserTable
    items: ItemTable
    predictor: Predictor

    @classmethod
    def open(cls, store: Store, ref: str | None) -> "Answering":
        """Open a version; without a reference, the first model, in the registry's order, that has one.

        Raises:
            NotFoundError: there is no such version, or none at all.
            IntegrityError: it is damaged.
        """
        artifact = next(latest_versions(store), None) if ref is None else open_version(store, ref)
        if artifact is None:
            raise NotFoundError("no model has been trained yet", fix=train_command(store))
        users, (items, _) = users_from_csv(artifact.read_bytes(USERS)), open_items(artifact)
        return cls(artifact, users, items, load_predictor(artifact))

    def levels(self) -> tuple[float, ...] | None:
        """Return the stars of the model's distributions, ``None`` if it predicts one number."""
        nobody = np.empty(0, np.int32)
        found = self.predictor.model.distribution(nobody, nobody)
        return None if found is None else tuple(found.levels.tolist())

    def blocks(
        self, asked: Asked, given: Given, tally: Tally, *, answer_unknown: bool
    ) -> Iterator[tuple[Prediction, ...]]:
        """Yield predictions in the order of the pairs, and count them.

        Args:
            asked: the m pairs.
            given: what stands in the data set for them.
            tally: counts what is yielded.
            answer_unknown: let the baseline answer for unknown ids; else their predictions say nothing.
        """
        for start in range(0, len(asked.user_nums), BLOCK):
            places = np.arange(start, min(start + BLOCK, len(asked.user_nums)))
            users, items = asked.user_nums[places], asked.item_nums[places]
            answered = np.full(len(places), True) if answer_unknown else (users != UNKNOWN) & (items != UNKNOWN)
            predicted = self.predictor.predict(users[answered], items[answered])
            made = self._predictions(asked, given, places[answered], predicted)
            tally.pairs += len(places)
            tally.cold += predicted.cold + int(np.count_nonzero(~answered))
            tally.by_baseline += int(np.count_nonzero(predicted.by_baseline))
            tally.clipped += predicted.clipped
            tally.trained_on += int(np.count_nonzero(given.parts[places] == PARTS.index("train")))
            yield tuple(
                next(made) if answers else self._nothing(asked, place)
                for place, answers in zip(places.tolist(), answered.tolist(), strict=True)
            )

    def _predictions(self, asked: Asked, given: Given, places: Nums, predicted: Predictions) -> Iterator[Prediction]:
        bar = self.predictor.predict_baseline(asked.user_nums[places], asked.item_nums[places])
        columns = zip(
            places.tolist(),
            predicted.values.tolist(),
            _spreads(predicted),
            bar.values.tolist(),
            given.stars[places].tolist(),
            given.parts[places].tolist(),
            predicted.by_baseline.tolist(),
            strict=True,
        )
        for place, rating, (median, interval, distribution), baseline, stars, part, by_baseline in columns:
            user_id, item_id, title = self._names(asked, place)
            yield Prediction(
                user_id=user_id,
                item_id=item_id,
                title=title,
                rating=rating,
                median=median,
                interval=interval,
                distribution=distribution,
                baseline=baseline,
                source=BASELINE if by_baseline else MODEL,
                given=None if part == UNKNOWN else stars,
                part=None if part == UNKNOWN else PARTS[part],
            )

    def _nothing(self, asked: Asked, place: int) -> Prediction:
        return Prediction(*self._names(asked, place), *(None,) * 6)

    def _names(self, asked: Asked, place: int) -> tuple[Id, Id, str | None]:
        user, item = int(asked.user_nums[place]), int(asked.item_nums[place])
        written = asked.unknown.get(place)
        user_id = _id(self.users.vocabulary, user, written and written.user)
        item_id = _id(self.items.vocabulary, item, written and written.item)
        return user_id, item_id, None if item == UNKNOWN else self.items.titles[item]


_Spread = tuple[float | None, StarsInterval | None, tuple[float, ...] | None]


def _spreads(predicted: Predictions) -> Iterator[_Spread]:
    """Yield median, interval and distribution of each pair; nothing where there is none, or the baseline answers."""
    nothing: _Spread = (None, None, None)
    found, medians = predicted.distribution, predicted.medians
    if found is None or medians is None:
        yield from (nothing for _ in predicted.by_baseline)
        return
    low, high = found.interval(NOMINAL)
    columns = (predicted.by_baseline, medians, low, high, found.probability_within(low, high), found.probabilities)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for by_baseline, median, lowest, highest, holds, probabilities in rows:
        interval = StarsInterval(NOMINAL, lowest, highest, holds)
        yield nothing if by_baseline else (median, interval, tuple(probabilities))


def _id(vocabulary: Vocabulary, num: int, written: str | None) -> Id:
    if num != UNKNOWN or written is None:
        return vocabulary.id(num)
    return int(written) if vocabulary.is_integer and is_number(written) else written
