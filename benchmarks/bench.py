"""Train every recli model and every peer on the same rows, and write one table. Run it by ``make bench``.

``docs/benchmarks.md`` says what is measured and how.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.answers import Answers
from benchmarks.judging import Judge
from benchmarks.peers import PEERS
from benchmarks.processes import ROOT, run
from benchmarks.rows import fold_split, notebook_split, random_split, save_rows, save_split
from benchmarks.similarity import recall_of_sequels
from benchmarks.table import Row, as_json, markdown, mean_of_folds, median_of_runs
from recli.core.dataset import Dataset
from recli.core.errors import RecliError
from recli.core.split import GIVEN_FOLDS, Split
from recli.models import registry
from recli.operations.datasets import open_dataset
from recli.operations.environment import environment
from recli.store import Store

DATASET = "ml-100k"
PEER_PYTHON = "RECLI_BENCH_PYTHON"
"""Environment variable: the interpreter that has the peers."""
MODELS = (*registry.NAMES, *PEERS)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Bench:
    """One split's rows on disk, for processes to read, and the judge of what they answer."""

    def __init__(self, data: Dataset, split: Split, artifacts: Path, python: str, folder: Path) -> None:
        folder.mkdir()
        self.rows, self.split, self.answers = folder / "rows.npz", folder / "split.npz", folder / "answers"
        save_rows(data, split, self.rows)
        save_split(split, self.split)
        self.judge = Judge(data, split, recall_of_sequels(data))
        self.artifacts, self.python = artifacts, python

    def measure(self, models: Sequence[str], runs: int) -> list[Row]:
        """Fit each model as often as wanted. Whole rounds, so that a slow minute of the machine hits all alike."""
        rounds = [[self._row(model) for model in models] for _ in range(runs)]
        return [median_of_runs(rows) for rows in zip(*rounds, strict=True)]

    def _row(self, model: str) -> Row:
        row = self.judge.row(model, self._run(model))
        told = f"RMSE {row.rmse:.4f}" if row.rmse is not None else row.status
        print(f"{model}: {told} {row.detail}".rstrip(), file=sys.stderr, flush=True)
        return row

    def _run(self, model: str) -> Answers:
        if model in PEERS:
            return run([self.python, "-m", "benchmarks.peers", model, str(self.rows), str(self.answers)], self.answers)
        files = ["--artifacts", str(self.artifacts), "--split", str(self.split), "--answers", str(self.answers)]
        return run([sys.executable, "-m", "benchmarks.recli_model", model, DATASET, *files], self.answers)


def main() -> int:
    """Run the command; 1 where a model of recli failed."""
    options = _options()
    artifacts = options.artifacts.resolve()
    data = open_dataset(Store(artifacts), DATASET)
    splits = _splits(data, options)
    by_fold: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for fold, split in splits.items():
            bench = Bench(data, split, artifacts, options.python, Path(scratch) / fold)
            by_fold[fold] = bench.measure(options.only, options.runs)
    rows = by_fold["split"] if "split" in by_fold else _means(by_fold)
    about = _about(data, rows, splits, options)
    page = markdown(rows, about["protocol"], _notes(rows, about))
    print(page)
    _write(page, as_json(rows, about), options)
    return int(any(row.status == "failed" and row.model in registry.NAMES for row in rows))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifacts", type=Path, default=Path(os.environ.get("RECLI_ARTIFACTS", "artifacts")))
    parser.add_argument(
        "--only", nargs="+", choices=MODELS, default=list(MODELS), metavar="NAME", help=f"some of: {', '.join(MODELS)}"
    )
    parser.add_argument("--runs", type=int, default=1, help="fits of each model; their median counts as its seconds")
    parser.add_argument(
        "--folds", nargs="+", choices=GIVEN_FOLDS, help="the publisher's folds instead of recli's split"
    )
    parser.add_argument("--split", help="random or user, as `recli train --split` has them; random is the notebook's")
    parser.add_argument("--test-fraction", type=float, default=0.2)
    parser.add_argument("--split-seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="folder for the table; without it, --only just prints")
    parser.add_argument(
        "--python", default=_peer_python(), help=f"interpreter that has the peers; or set {PEER_PYTHON}"
    )
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    return options


def _peer_python() -> str:
    own = ROOT / ".venv-bench" / "bin" / "python"
    return os.environ.get(PEER_PYTHON) or (str(own) if own.exists() else sys.executable)


def _splits(data: Dataset, options: argparse.Namespace) -> dict[str, Split]:
    if options.split:
        return {"split": random_split(data, options.split, options.test_fraction, options.split_seed)}
    if not options.folds:
        return {"split": notebook_split(data)}
    return {fold: fold_split(data, fold) for fold in options.folds}


def _means(by_fold: dict[str, list[Row]]) -> list[Row]:
    return [mean_of_folds(dict(zip(by_fold, rows, strict=True))) for rows in zip(*by_fold.values(), strict=True)]


def _about(data: Dataset, rows: Sequence[Row], splits: dict[str, Split], options: argparse.Namespace) -> dict[str, Any]:
    """Return what a reader must know to trust or repeat the numbers."""
    test = next(iter(splits.values())).test
    where = _where(splits, options)
    learned = len(data.ratings) - len(test)
    return {
        "dataset": data.name,
        "fingerprint": data.fingerprint,
        "protocol": f"{data.name}, {where}: {learned:,} rows to learn from, {len(test):,} to judge.",
        "runs": options.runs,
        "date": datetime.now(UTC).date().isoformat(),
        "environment": environment() | {"platform": platform.system()},
        "threads": {name: os.environ[name] for name in THREADS if name in os.environ},
        "peer_python": _version_of(options.python),
        "peers": sorted({row.library for row in rows if row.library and not row.library.startswith("recli ")}),
    }


def _where(splits: dict[str, Split], options: argparse.Namespace) -> str:
    if options.folds:
        return f"means over the folds {', '.join(splits)}"
    if options.split:
        return f"split {options.split}, test fraction {options.test_fraction:g}, seed {options.split_seed}"
    return "recli's default split"


def _version_of(python: str) -> str | None:
    code = "import platform; print(platform.python_version())"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _notes(rows: Sequence[Row], about: dict[str, Any]) -> list[str]:
    """Return the lines under the table."""
    machine = about["environment"]
    packages = ("recli", "numpy", "tensorflow", "keras", "scikit-learn")
    threads = "".join(f", {name}={value}" for name, value in about["threads"].items())
    ranked = next((row for row in rows if row.users_ranked is not None), None)
    notes = [
        f"{about['date']}, {machine['cpus']} cores, {machine['machine']}{threads}",
        f"fit, s: median of {about['runs']} run(s)",
        f"Python {machine['python']}, {', '.join(f'{name} {machine[name]}' for name in packages if machine[name])}",
    ]
    if about["peers"]:
        notes.append(f"peers on Python {about['peer_python']}: {', '.join(about['peers'])}")
    if ranked is not None:
        notes.append(
            f"nDCG@10 over {ranked.users_ranked} users; {ranked.users_left_out} without a liked test item left out"
        )
    for row in rows:
        if len(row.similarities) > 1:
            shares = ", ".join(f"{method} {share:.0%}" for method, share in row.similarities.items())
            notes.append(f"similarity recall of {row.model}: {shares}")
    return notes + [f"{row.model}: {row.status}: {row.detail}" for row in rows if row.detail]


def _write(page: str, record: str, options: argparse.Namespace) -> None:
    """Write both files; part of the models does not replace the table of all, unless a folder is named."""
    folder = options.output
    if folder is None:
        if set(options.only) != set(MODELS) and not (options.folds or options.split):
            return
        folder = ROOT / "benchmarks" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{DATASET}-folds" if options.folds else f"{DATASET}-{options.split}" if options.split else DATASET
    (folder / f"{stem}.md").write_text(page, encoding="utf-8")
    (folder / f"{stem}.json").write_text(record, encoding="utf-8")
    print(f"written: {folder / stem}.md and .json", file=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RecliError as error:
        fix = f"\n  fix: {error.fix}" if error.fix else ""
        sys.exit(f"bench: {error.message}{fix}")
