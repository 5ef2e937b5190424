"""What ``models`` returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recli.core.run import Metrics


@dataclass(frozen=True)
class ModelListing:
    """One version in the store."""

    ref: str
    created: str
    dataset: str
    metrics: Metrics | None
    """On test rows; ``None`` for a corrupt version."""
    aliases: tuple[str, ...]
    bytes: int
    status: str
    """``ok`` or ``corrupt``."""
    reason: str
    """Why it is corrupt; empty for ``ok``."""
    path: Path


@dataclass(frozen=True)
class ModelDetails:
    """All that a version says about itself."""

    listing: ModelListing
    about: Mapping[str, Any]
    """``manifest.json`` without its files: parameters, dataset, split, fit, environment."""
    metrics: Mapping[str, Metrics]
    """Part of the split → errors; empty parts are left out."""
    baseline: Metrics
    """Of the bias model on the test rows."""
    arrays: tuple[tuple[str, str, tuple[int, ...]], ...]
    """(file or file/array, dtype, shape) of each stored array."""
