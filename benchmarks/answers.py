"""What a process that trained one model hands to the process that judges it.

Imports numpy only: a peer's interpreter need not have recli's other requirements.
"""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PREDICTIONS = "predictions"
"""(m,) stars of the test rows, unclipped; NaN where the library has no answer. Absent if it predicts no stars."""
MEDIANS = "medians"
"""(m,) medians of the predicted distributions; absent if there are none."""
SCORES = "scores"
"""(n_users, n_items) float32 by which the model ranks."""
VECTORS = "vectors"
"""(n_items, d) to compare by cosine; absent if there are none."""
NEIGHBORS = "neighbors"
"""(n_items, k) int32 item nums, nearest first, -1 fills up; several are ``neighbors:METHOD``, best first."""


@dataclass(frozen=True, eq=False)
class Answers:
    """All that one process tells."""

    status: str
    """``ok``, ``not installed`` or ``failed``."""
    detail: str = ""
    """Why not ``ok``, in one line."""
    library: str = ""
    """Distribution and version: ``myfm 0.4.0``."""
    fit_seconds: float | None = None
    """Wall time of the fit alone."""
    peak_bytes: int | None = None
    """Most memory that the process held until the end of the fit, libraries included."""
    cold: int = 0
    """Test rows whose user or item the model never saw."""
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """Those named above that the model has."""

    def save(self, stem: Path) -> None:
        """Write ``stem.npz`` and, last, ``stem.json``."""
        np.savez(stem.with_suffix(".npz"), **self.arrays)
        about = {name: value for name, value in vars(self).items() if name != "arrays"}
        stem.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, stem: Path) -> "Answers":
        """Read what ``save`` wrote."""
        about = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
        with np.load(stem.with_suffix(".npz"), allow_pickle=False) as arrays:
            return cls(**about, arrays=dict(arrays))


def peak_bytes() -> int:
    """Return the most memory, in bytes, that this process has held resident.

    Linux lets a child start with its parent's ``ru_maxrss``: VmHWM counts from this program's own start.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"), flags=re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
