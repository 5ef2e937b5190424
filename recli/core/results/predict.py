"""What ``predict`` returns."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from recli.core.ratings import RatingScale
from recli.core.results.similar import TitleMatch
from recli.core.vocabulary import Id

MODEL, BASELINE = "model", "baseline"
"""Who answers."""
COLD = ("error", "baseline", "skip", "nan")
"""What can be done with an id that the model does not know."""


@dataclass(frozen=True)
class StarsInterval:
    """A central interval of a predicted distribution."""

    level: float
    """Probability that it holds at least; levels are discrete, so it mostly holds more."""
    low: float
    high: float
    """Stars, both inclusive."""
    holds: float
    """Probability that it holds by the model's word."""


@dataclass(frozen=True)
class Prediction:
    """What one user would give one item."""

    user_id: Id
    item_id: Id
    title: str | None
    """``None`` for an item that the model does not know."""
    rating: float | None
    """Stars within the scale; ``None`` where an id is unknown and nothing is to be said."""
    median: float | None
    """Of the distribution: the stars with the least absolute error."""
    interval: StarsInterval | None
    distribution: tuple[float, ...] | None
    """Probability of each level; with median and interval, ``None`` for a model that predicts one number, and where the
    baseline answers."""
    baseline: float | None
    """Stars by the bias baseline."""
    source: str | None
    """``model``, ``baseline``, or ``None`` where nothing is said."""
    given: float | None = None
    """Stars that the user has given the item in the data set; ``None`` where they have not, or it is gone."""
    part: str | None = None
    """Where that rating stood: ``train``, ``validation`` or ``test``; predicting a training row proves nothing."""

    @property
    def trained_on(self) -> bool | None:
        """Whether the rating was one that the model learned from; ``None`` where there is none."""
        return None if self.part is None else self.part == "train"


@dataclass
class Tally:
    """Counts of a run, complete once its blocks have been read."""

    pairs: int = 0
    """Predicted, or answered by empty cells."""
    cold: int = 0
    """Of them, those whose user or item training never saw, or that are unknown."""
    by_baseline: int = 0
    """Of the cold, those that the baseline answers."""
    clipped: int = 0
    unknown: int = 0
    """With an id that the model does not know, those skipped too."""
    skipped: int = 0
    trained_on: int = 0
    """Pairs that were training rows."""


@dataclass(frozen=True, eq=False)
class PredictResult:
    """Predictions by one version, block by block."""

    ref: str
    scale: RatingScale
    levels: tuple[float, ...] | None
    """Stars of the model's distributions; ``None`` for a model that predicts one number."""
    blocks: Iterator[tuple[Prediction, ...]]
    """In the order of the pairs; to be read once."""
    cold: str
    """What was done with unknown ids: one of ``COLD``."""
    no_dataset: str | None = None
    """Why the stars given are not known, where the data set is gone or is another one by now."""
    matches: tuple[TitleMatch, ...] = ()
    """Items whose title matched, the one used first; empty where an id was given."""
    exact: bool = True
    """False where nothing contained the title and the nearest spelling was taken."""
    tally: Tally = field(default_factory=Tally)
