"""Scripts as users write them, run by the shell on the real data."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from recli.store import Store
from tests.conftest import SHARED_ZIP

HERE = Path(__file__).parent


def test_the_whole_chain_in_a_shell_script(ml_100k: Store, tmp_path: Path) -> None:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "RECLI_ARTIFACTS": str(tmp_path / "artifacts"),
        "ML_100K_ORIGIN": str(SHARED_ZIP) if SHARED_ZIP.exists() else "",
    }
    script = ["sh", str(HERE / "chain.sh")]
    ran = subprocess.run(
        script, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "chain.sh: all holds\n"


@pytest.mark.parametrize("command", ["fetch", "stats", "train", "evaluate", "similar", "project", "models list"])
def test_every_command_has_help(command: str) -> None:
    argv = [sys.executable, "-m", "recli", *command.split(), "-h"]
    ran = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30)
    assert "--artifacts" in ran.stdout
    assert "--json" in ran.stdout
