"""What ``project`` returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import ItemTable

MAP_FORMATS = ("html", "csv", "png")
"""What a map can be written as: an interactive page, a table, a picture."""


@dataclass(frozen=True, eq=False)
class ItemMap:
    """Items as points in the plane."""

    ref: str
    """The version whose vectors were projected."""
    dataset: str
    method: str
    """``tsne``, ``umap`` or ``pca``."""
    settings: Mapping[str, Any]
    """The method's settings as used: perplexity, seed, …"""
    items: ItemTable
    trained: NDArray[np.bool_]
    """(n,) whether training saw the item; the others' vectors carry no information."""
    points: NDArray[np.float32]
    """(n, 2) in num order; the axes have no unit."""


@dataclass(frozen=True, eq=False)
class ProjectResult:
    """A map and the files it was written to."""

    map: ItemMap
    files: Mapping[str, Path]
    """Format (``html``, ``csv``, ``png``) → file."""
    from_cache: bool
    """True where the points had been computed before."""
