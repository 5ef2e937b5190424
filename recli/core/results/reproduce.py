"""What ``reproduce`` returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from recli.core.ratings import RatingScale
from recli.core.results.evaluate import PredictionSample
from recli.core.results.project import EmbeddingMap
from recli.core.results.similar import SimilarResult
from recli.core.results.stats import StatsResult
from recli.core.run import Epoch, Metrics

Kind = Literal["exact", "tolerance", "range"]
Status = Literal["pass", "fail", "noted", "skipped"]
Value = str | int | float
Section = Literal["Data", "Split", "Models", "Embeddings", "Maps", "Pictures"]


@dataclass(frozen=True)
class CheckResult:
    """One value of the notebook, recomputed."""

    section: Section
    name: str
    expected: Value | tuple[float, float]
    """What the notebook shows; of a range its two ends, both inside."""
    expected_text: str
    """The same to read."""
    found: Value | None
    """``None`` where nothing could be computed."""
    found_text: str
    status: Status
    kind: Kind
    source: str
    """``exact``, or for what training leaves to chance the notebook's own value, ``seed run: 0.903``."""
    note: str = ""
    """Why it does not hold or was not computed, where that is known."""


@dataclass(frozen=True)
class Curve:
    """How the loss of a network fell; what ``loss_plot`` reads of a training run."""

    ref: str
    model: str
    dataset: str
    config: Mapping[str, object]
    history: tuple[Epoch, ...]
    best_epoch: int | None
    stopped_early: bool
    fit_seconds: float


@dataclass(frozen=True, eq=False)
class Predicted:
    """True against predicted stars of a network; what ``predictions_plot`` reads of a report."""

    ref: str
    dataset: str
    scale: RatingScale
    metrics: Mapping[str, Metrics]
    """``train`` and ``test`` → errors of the model."""
    baseline: Mapping[str, Metrics]
    """``train`` and ``test`` → errors of the bias model."""
    samples: tuple[PredictionSample, ...]
    """One for ``train``, one for ``test``."""


@dataclass(frozen=True, eq=False)
class Drawable:
    """What the notebook's pictures show."""

    stats: StatsResult
    curves: Sequence[Curve]
    predictions: Sequence[Predicted]
    similar: SimilarResult
    """Of item 181 with every other item."""
    maps: Sequence[EmbeddingMap]


@dataclass(frozen=True)
class Picture:
    """A picture of the notebook, drawn."""

    name: str
    """``loss-dot``: its file's name without the suffix."""
    title: str
    caption: str
    """What there is to see, in a sentence or two."""
    png: bytes


@dataclass(frozen=True)
class Drawn:
    """All pictures, and what the interactive map has to say."""

    pictures: tuple[Picture, ...]
    hover: tuple[str, ...]
    """What the page of the first map shows of an item that is pointed at: ``id``, ``title``, …"""


@dataclass(frozen=True)
class ReproduceResult:
    """The notebook, recomputed."""

    dataset: str
    source: str
    """The source recorded when the dataset was fetched."""
    seed: int
    checks: tuple[CheckResult, ...]
    pictures: tuple[Picture, ...]
    refs: tuple[str, ...]
    """Versions published because the caller asked to keep the models."""
    seconds: float
    """Wall time of everything."""

    def count(self, status: Status) -> int:
        """Return how many checks ended so."""
        return sum(check.status == status for check in self.checks)

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.checks if check.status == "fail")
