"""Install the peers, each on its own, into the interpreter that runs this: what fails to install stops no other."""

import subprocess
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def requirements(pyproject: Path = PYPROJECT) -> list[str]:
    """Return those of the extra ``bench``, then those that cannot live beside recli."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    return [*project["project"]["optional-dependencies"]["bench"], *project["dependency-groups"]["bench-apart"]]


def main() -> int:
    """Install and report; 1 if any could not be installed."""
    failed = 0
    for requirement in requirements():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]
        installed = subprocess.run(command, check=False).returncode == 0
        print(f"{requirement}: {'installed' if installed else 'not installed'}", flush=True)
        failed |= not installed
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
