"""The store's promises as a table: what is counted, how many cases of it there must be, and how many there were.

``make test`` runs a sample of each row's cases; ``make torture`` (``python -m tests.torture``) runs all of them, prints
the table and writes it to ``docs/torture.md``. A test counts its cases by the fixture ``tally``, which knows the rows
by the names below, and asks ``FULL`` or ``sized`` how many it should make.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
PROJECT = Path(__file__).parents[1]
REPORT = PROJECT / "docs" / "torture.md"
FULL = "RECLI_TORTURE" in os.environ
"""Whether all cases are wanted, not a sample."""
COUNTS = "RECLI_TORTURE_COUNTS"
"""The variable that names the file where the counts go at the end."""


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    test: str
    passes: str
    """What holds in each case."""
    least: int
    """Cases."""
    unit: str = "cases"


ROWS = {
    "faults": Row(
        "a fault at every I/O operation of publish, fetch, gc, rm and tag × {kill before, kill after, ENOSPC, EIO, "
        "EACCES, short write}",
        "the store is as before or as after; verify finds nothing; the next try works",
        300,
    ),
    "kills": Row("SIGKILL of a running `recli train` at random moments", "no corrupt store; each run resumes", 60),
    "races": Row("16 processes × 25 publishes", "each its own number, each complete", 400, "versions"),
    "races without locks": Row("the same with locks made no-ops", "each its own number", 400, "versions"),
    "readers during gc": Row("readers beside gc and publishing", "no error", 30, "seconds"),
    "damage": Row("bit flips and truncations of artifacts", "every one refused", 1_000),
    "golden": Row("bad files written by hand", "exit code, file and line are exact", 60, "files"),
    "malicious": Row(
        "malicious zips, manifests, arrays and ratings",
        "exit 5 (ratings: 3), nothing written outside, under 512 MiB of memory",
        25,
    ),
    "titles": Row(
        "hostile titles through every command × {terminal, pipe, JSON, CSV, HTML}",
        "no control byte, no markup; the page runs no script of theirs",
        200,
        "titles",
    ),
    "deterministic": Row("the same seed under `--deterministic`", "weights of identical sha256", 3, "runs"),
    "surroundings": Row(
        "read-only store, full disk, `/dev/full`, a reader that closes, LANG=C, clocks years off",
        "the exit code promised, and the store as before",
        6,
    ),
}  # fmt: skip
FORMATS = "generated files: "
"""A row of this beginning and the name of a format stands for each format that people's ratings come in."""
GENERATED = Row("generated files: ", "no traceback; accepted + rejected = lines read", 5_000, "files")


def sized(sample: T, full: T) -> T:
    """Return how many cases, or which, a test should make."""
    return full if FULL else sample


def row_of(name: str) -> Row:
    """Return the row of a name.

    Raises:
        KeyError: there is none.
    """
    if name.startswith(FORMATS):
        syntax = name.removeprefix(FORMATS).replace("|", r"\|")  # as a cell of the table
        return Row(f"{FORMATS}`{syntax}`", GENERATED.passes, GENERATED.least, GENERATED.unit)
    return ROWS[name]


class Tally:
    """Counts cases that have passed."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def __call__(self, row: str, cases: int = 1) -> None:
        """Count cases that a test has just seen pass."""
        row_of(row)
        self.counts[row] += cases

    def keep(self) -> None:
        """Write the counts where ``make torture`` wants them."""
        if path := os.environ.get(COUNTS):
            Path(path).write_text(json.dumps(self.counts))


def table(counts: dict[str, int]) -> tuple[list[str], bool]:
    """Return the lines of the table, and whether every row is met."""
    names = [*ROWS, *sorted(name for name in counts if name not in ROWS)]
    rows = [(row_of(name), counts.get(name, 0)) for name in names]
    met = [n >= row.least for row, n in rows]
    lines = ["| test | holds in each | wanted | counted | met |", "| --- | --- | --: | --: | --- |"]
    for (row, n), holds in zip(rows, met, strict=True):
        lines.append(
            f"| {row.test} | {row.passes} | {row.least:,} {row.unit} | {n:,} | {'yes' if holds else '**no**'} |"
        )
    return lines, all(met) and any(name.startswith(FORMATS) for name in counts)


def _commit() -> str:
    told = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=PROJECT, capture_output=True, text=True)
    return told.stdout.strip() or "unknown"


def main() -> int:
    """Run everything that counts, print the table and write it down; return an exit code."""
    commit, started = _commit(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        environment = os.environ | {"RECLI_TORTURE": "1", COUNTS: str(counts)}
        chosen = [sys.executable, "-m", "pytest", "-m", "torture", *sys.argv[1:]]
        code = subprocess.run(chosen, cwd=PROJECT, env=environment).returncode
        lines, met = table(json.loads(counts.read_text()) if counts.exists() else {})
    minutes = (time.monotonic() - started) / 60
    passed = "all tests passed" if code == 0 else "**tests failed**"
    sys.stdout.write("\n".join([*lines, ""]))
    if not sys.argv[1:]:  # a part of it is no report
        REPORT.write_text("\n".join([
            "# What the store and its inputs were put through",
            "",
            "Written by `make torture`. Counted are cases that passed; one that fails fails the run.",
            "",
            f"Commit {commit}, {time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {platform.system()}, "
            f"{os.cpu_count()} cores, {minutes:.0f} minutes, {passed}.",
            "",
            *lines,
            "",
        ]))  # fmt: skip
    return code or int(not met)


if __name__ == "__main__":
    sys.exit(main())
