"""What a process that trained one model hands to the process that judges it.

Imports numpy only: a peer's interpreter need not have recli's other requirements.
"""

import json
import os
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
    """Most memory that the process and its workers held until the end of the fit, libraries included."""
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
    """Return the most memory, in bytes, that this process and the workers it still has have held resident.

    Linux lets a child start with its parent's ``ru_maxrss``: VmHWM counts from a program's own start. The peaks of
    workers are added up, as if they came at once. Elsewhere workers are not counted.
    """
    peaks, parents = _peaks_and_parents()
    if os.getpid() in peaks:
        family = {os.getpid()}
        while grown := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= grown
        return sum(peaks[pid] for pid in family)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _peaks_and_parents() -> tuple[dict[int, int], dict[int, int]]:
    """Return pid → peak in bytes, and pid → pid of its parent; both empty where the system has no ``/proc``."""
    peaks, parents = {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text(encoding="utf-8", errors="replace")
        except OSError:  # it ended meanwhile, or is not ours to look at
            continue
        peak = re.search(r"^VmHWM:\s+(\d+) kB", text, flags=re.MULTILINE)
        parent = re.search(r"^PPid:\s+(\d+)", text, flags=re.MULTILINE)
        if peak and parent:
            pid = int(status.parent.name)
            peaks[pid], parents[pid] = int(peak[1]) * 1024, int(parent[1])
    return peaks, parents
