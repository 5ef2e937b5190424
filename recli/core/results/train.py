"""What ``train`` returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recli.core.run import Epoch, Metrics, ParameterCount


@dataclass(frozen=True)
class TrainResult:
    """A version that ``train`` published."""

    ref: str
    """``dot:3``."""
    model: str
    version: int
    path: Path
    dataset: str
    parameters: int
    """Trainable numbers in all."""
    layers: tuple[ParameterCount, ...]
    config: Mapping[str, Any]
    """Hyperparameters by name."""
    fit_seconds: float
    """Wall time of the fit, compiling included."""
    total_seconds: float
    """Wall time of the whole operation."""
    history: tuple[Epoch, ...]
    """Empty for models without epochs."""
    best_epoch: int | None
    """Epoch whose weights were kept; ``None`` for models without epochs."""
    stopped_early: bool
    metrics: Mapping[str, Metrics | None]
    """``train``, ``validation``, ``test`` → errors; ``None`` for a part without rows."""
    has_vectors: bool
    """Whether ``project`` can use it, and ``similar`` by the angle of vectors."""
    baseline: Metrics
    """Of the bias model on the same test rows."""
    has_neighbors: bool = False
    """Whether ``similar`` can use lists that the fit left."""
    resumed_after: int | None = None
    """Epochs or chains that an earlier process had done; ``None`` for a fit in one go."""
