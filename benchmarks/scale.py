"""Time recli's commands on ever larger data, as whole processes, and write the cost curve: ``make bench-scale``.

Each size has a store of its own. Generated ratings are exported to a CSV, and that is imported, learned from, judged
and looked at. ``docs/scale.md`` says what the numbers mean.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT
from benchmarks.scale_page import Cost, about_here, write_page, write_results

SIZES = ("100k", "1m", "10m", "32m")
QUICK = 30
"""Seconds: what takes longer is run once, however many runs are asked for."""
EPOCHS = 3


@dataclass(frozen=True)
class Step:
    """A command that is timed."""

    name: str
    argv: tuple[str, ...]
    repeats: bool = True
    """Whether a second run does the same work: a map is laid out once, and kept."""


def steps(csv: Path, folder: Path) -> tuple[Step, ...]:
    """Return what is timed, in this order: each needs what those before it leave."""
    on = ("--dataset", "mine")
    return (
        Step("import", ("import", str(csv), "--name", "mine", "--force")),
        Step("stats", ("stats", "mine")),
        Step("train bias", ("train", "bias", *on)),
        Step("train dot", ("train", "dot", *on, "--epochs", str(EPOCHS))),
        Step("train als", ("train", "als", *on)),
        Step("train elsa", ("train", "elsa", *on, "--epochs", "1")),
        Step("evaluate dot", ("evaluate", "dot")),
        Step("similar", ("similar", "--id", "1", "--model", "dot")),
        Step("recommend", ("recommend", "--user", "1", "--model", "dot")),
        Step("project dot", ("project", "dot", "--out", str(folder / "map.html")), repeats=False),
    )


def measure(size: str, folder: Path, only: Sequence[str], runs: int) -> list[Cost]:
    """Run every step on data of a size, or some by name; return what each cost."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["RECLI_ARTIFACTS"] = str(folder / "artifacts")
    csv = folder / "ratings.csv"
    if not csv.exists():
        run(("fetch", f"synthetic:{size}", "--quiet"))
        run(("export", f"synthetic-{size}", "--out", str(csv), "--quiet"))
    rows = _lines(csv) - 1
    return [_cost(step, size, rows, runs) for step in steps(csv, folder) if not only or step.name in only]


def run(argv: Sequence[str]) -> tuple[float, float, float]:
    """Run recli once; return wall and processor seconds, and the most bytes of memory that it held."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "recli", *argv], stdout=subprocess.DEVNULL, stderr=told, cwd=ROOT
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status:
            told.seek(0)
            raise SystemExit(f"recli {' '.join(argv)}: exit code {process.returncode}\n{told.read()}")
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, float(peak)


def _cost(step: Step, size: str, rows: int, runs: int) -> Cost:
    taken = [run(step.argv)]
    while len(taken) < runs and step.repeats and taken[0][0] < QUICK:
        taken.append(run(step.argv))
    wall, processor, peak = (statistics.median(part) for part in zip(*taken, strict=True))
    told = f"{size:>5}  {step.name:<14}{wall:>9.2f} s{processor:>9.2f} s busy{peak / 1e6:>9.0f} MB"
    print(told, file=sys.stderr, flush=True)
    rate = _epoch_rate() if step.name == "train dot" else None
    return Cost(size, rows, step.name, len(taken), round(wall, 3), round(processor, 3), round(peak), rate)


def _epoch_rate() -> float:
    """Return the training rows that dot went through in a second of its median epoch, by what the version says."""
    argv = [sys.executable, "-m", "recli", "models", "path", "dot"]
    path = Path(subprocess.run(argv, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip())
    header, *lines = (line.split(",") for line in (path / "history.csv").read_text().splitlines())
    seconds = statistics.median(float(line[header.index("seconds")]) for line in lines)
    rows = json.loads((path / "manifest.json").read_text())["split"]["rows"]["train"]
    return round(float(rows) / seconds)


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 24), b""))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=SIZES, choices=SIZES)
    parser.add_argument("--only", nargs="+", default=(), help="steps, by name; --folder must hold what they need")
    parser.add_argument("--runs", type=int, default=3, help=f"of what takes less than {QUICK} s; the median counts")
    parser.add_argument("--folder", type=Path, help="where data and versions stay; without it they go")
    asked = parser.parse_args()
    whole = not asked.only and tuple(asked.sizes) == SIZES
    with tempfile.TemporaryDirectory() as temporary:
        folder = (asked.folder or Path(temporary)).resolve()
        costs = [cost for size in asked.sizes for cost in measure(size, folder / size, asked.only, asked.runs)]
    if whole:
        write_results(costs, about_here())
        write_page()
    else:
        print("not all sizes and steps: docs/scale.md stays as it is", file=sys.stderr)
