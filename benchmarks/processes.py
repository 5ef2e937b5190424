"""Each fit in a process of its own: its memory can be told apart, and no fit warms up another."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.answers import Answers

ROOT = Path(__file__).parents[1]
SECONDS_AT_MOST = 3600


def run(command: Sequence[str], stem: Path) -> Answers:
    """Run a command that writes its answers to a stem; whatever goes wrong becomes an answer too."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TQDM_DISABLE": "1", "PYTHONWARNINGS": "ignore"}
    try:
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS_AT_MOST, check=False
        )
    except FileNotFoundError:
        return Answers("not installed", f"there is no {command[0]}")
    except subprocess.TimeoutExpired:
        return Answers("failed", f"not done after {SECONDS_AT_MOST} s")
    if ended.returncode != 0:
        return Answers("failed", _last_line(ended.stderr) or f"exit code {ended.returncode}")
    return Answers.load(stem)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
