"""What ``compare`` returns."""

from dataclasses import dataclass

from recli.core.judgement import Difference
from recli.core.run import Metrics

BY = ("mae", "rmse", "median_mae", "ndcg")
"""Metrics to compare by, the default first."""
HIGHER_IS_BETTER = ("ndcg",)


@dataclass(frozen=True)
class Compared:
    """One row of a comparison."""

    ref: str
    """Of the artifact; for the bias baseline, of the artifact that brought it."""
    is_baseline: bool
    left_out: int
    """Held-out rows of the artifact that another one learned from or watched."""
    metrics: Metrics
    """On the common rows."""
    ndcg: float | None
    """Mean over users with a relevant candidate; ``None`` unless compared by it."""
    difference: Difference | None
    """To the best artifact, this one's minus its; ``None`` for the best itself and for what lacks the metric."""


@dataclass(frozen=True)
class CompareResult:
    """Artifacts on the rows that all of them were kept from."""

    dataset: str
    fingerprint: str
    by: str
    """One of ``BY``."""
    n: int
    """Common rows."""
    users: int
    """Users drawn by the bootstrap: those who have common rows, by nDCG those with a relevant candidate."""
    best: str
    """Reference of the best artifact; of two that are equal, the one named first."""
    same_rows: bool
    """Whether all artifacts hold out exactly these rows."""
    entries: tuple[Compared, ...]
    """Best first; what lacks the metric last."""
    ranked_users: int | None = None
    """By nDCG: users whose rankings were judged, with or without a relevant candidate; else ``None``."""
    of_users: int | None = None
    """By nDCG: users who have common rows, of whom those ranked may be a sample; else ``None``."""

    def value(self, entry: Compared) -> float | None:
        """Return what an entry is sorted by."""
        found: float | None = entry.ndcg if self.by == "ndcg" else getattr(entry.metrics, self.by)
        return found
