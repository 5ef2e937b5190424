"""What ``evaluate`` returns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import RecliError
from recli.core.judgement import Calibration, DistributionMetrics, RankingReport, Slice, Verdicts
from recli.core.ratings import RatingScale
from recli.core.run import Metrics

NOT_CALIBRATED = Calibration(False, ())
"""Of what nobody asked."""


@dataclass(frozen=True, eq=False)
class PredictionSample:
    """True against predicted stars, one row a rating of one part of a split."""

    part: str
    """``train`` or ``test``."""
    true: NDArray[np.float32]
    """(n,) stars."""
    predicted: NDArray[np.float32]
    """(n,) stars, clipped to the scale."""
    of: int | None = None
    """Rows of the part, where these n are every few of them; ``None`` where they are all."""


@dataclass(frozen=True, eq=False)
class Report:
    """One artifact judged on its own rows."""

    ref: str
    dataset: str
    scale: RatingScale
    metrics: Mapping[str, Metrics]
    """``train`` and ``test`` → errors of the model."""
    baseline: Mapping[str, Metrics]
    """``train`` and ``test`` → errors of the bias model."""
    samples: tuple[PredictionSample, ...]
    """One for ``train``, one for ``test``."""
    verdicts: Verdicts
    """On test rows, against the bias model."""
    distribution: DistributionMetrics | None
    """On test rows; ``None`` for a model that predicts one number."""
    ranking: RankingReport | None
    """On test rows; ``None`` where it was not asked for."""
    slices: Mapping[str, tuple[Slice, ...]]
    """``item_support``, ``user_activity`` and ``stars`` → errors on test rows by training ratings of the item, of the
    user, and by the rating given."""
    calibration: Calibration = NOT_CALIBRATED
    """On test rows."""


@dataclass(frozen=True, eq=False)
class EvaluateResult:
    """Versions judged."""

    reports: tuple[Report, ...]
    problems: tuple[RecliError, ...]
    """Why the latest version of a model could not be judged, where none was asked for by name."""
