"""What training on several folds returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recli.core.run import Metrics


@dataclass(frozen=True)
class FoldDone:
    """News of one fit, while the others go on."""

    split: str
    """``kfold:5/2``"""
    done: int
    """Folds finished, this one included; they finish in any order."""
    total: int
    rmse: float
    """On the fold's test rows, stars."""
    seconds: float
    """Wall time since the first fit began."""


@dataclass(frozen=True)
class Fold:
    """One fold, fitted, judged and published."""

    split: str
    """``kfold:5/2``"""
    ref: str
    """``dot:3``"""
    metrics: Mapping[str, Metrics | None]
    """``train``, ``validation``, ``test`` → errors; ``None`` for a part without rows."""
    test: Metrics
    """Errors on the test rows."""
    baseline: Metrics
    """Of the bias model on the same test rows."""


@dataclass(frozen=True)
class CrossvalResult:
    """Several versions of one model, each kept from its own rows."""

    model: str
    dataset: str
    config: Mapping[str, Any]
    """Hyperparameters by name."""
    folds: tuple[Fold, ...]
    """At least two, in the order they were asked for."""
    mean: Mapping[str, float]
    """Name of an error → its mean over the folds' test rows, each fold counting the same."""
    sd: Mapping[str, float]
    """Name of an error → its standard deviation over the folds, by folds - 1."""
    baseline_mean: Mapping[str, float]
    """The same mean of the bias model."""
    baseline_sd: Mapping[str, float]
    """The same standard deviation of the bias model."""
    seconds: float
    """Wall time of the whole operation."""
    before: str | None = None
    """The version that the model's name meant before, ``dot:1``; ``None`` where it had none."""
