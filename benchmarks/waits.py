"""Time what people wait for, as whole processes: median seconds of several runs, beside the budget.

Run it by ``make bench-waits``. The commands alternate, so that a machine that slows down treats all alike. Wall time
and processor time are both shown: on a busy machine the second says more.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Wait:
    """A command, and how long it may take."""

    name: str
    argv: tuple[str, ...]
    budget: float | None
    """Seconds; ``None`` where nobody promised any."""
    environment: Mapping[str, str] = field(default_factory=dict)


def completing(line: str) -> Wait:
    """Return a press of TAB behind a line, asked as bash's script does: the line and what breaks words."""
    return Wait(f"TAB behind {line!r}", (line, ":"), 0.15, {"_RECLI_COMPLETE": "bash"})


def waits(project_to: Path) -> tuple[Wait, ...]:
    """Return what is timed; needs a store with ml-100k and the models bayes and dot."""
    return (
        Wait("recli --help", ("--help",), 0.15),
        completing("recli tr"),
        completing("recli similar star"),
        completing("recli evaluate do"),
        Wait('recli similar "Star Trek"', ("similar", "Star Trek"), 0.3),
        Wait("recli models list", ("models", "list"), 0.3),
        Wait("recli stats", ("stats",), 0.8),
        Wait("recli recommend --user 42", ("recommend", "--user", "42"), None),
        Wait("recli evaluate dot", ("evaluate", "dot"), None),
        Wait("recli project dot, t-SNE", ("project", "dot", "--out", str(project_to)), 5.0),
    )


def seconds(wait: Wait) -> tuple[float, float]:
    """Run a command once; return its wall time and its processor time."""
    argv = [sys.executable, "-m", "recli", *wait.argv]
    before, started = _processor_time(), time.perf_counter()
    ran = subprocess.run(argv, env=os.environ | dict(wait.environment), capture_output=True, check=True)
    wall, processor = time.perf_counter() - started, _processor_time() - before
    if not ran.stdout:
        raise SystemExit(f"{wait.name}: no answer")  # an empty one is fast
    return wall, processor


def _processor_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--page", type=Path, default=Path("build/map.html"), help="where the map's page is written")
    asked = parser.parse_args()
    asked.page.parent.mkdir(parents=True, exist_ok=True)
    timed = waits(asked.page)
    runs = [[seconds(wait) for wait in timed] for _ in range(asked.runs)]
    print(f"{'median of ' + str(asked.runs) + ' runs':<36}{'wall, s':>10}{'processor, s':>14}{'budget, s':>11}")
    for wait, taken in zip(timed, zip(*runs, strict=True), strict=True):
        wall, processor = (statistics.median(part) for part in zip(*taken, strict=True))
        budget = "" if wait.budget is None else f"{wait.budget:.2f}"
        print(f"{wait.name:<36}{wall:>10.3f}{processor:>14.3f}{budget:>11}")
    print(f"{'the page of the map, MB':<36}{asked.page.stat().st_size / 1e6:>10.2f}{'':>14}{'6.00':>11}")
