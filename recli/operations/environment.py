"""What a run ran on, so that a later one can be compared with it."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("recli", "numpy", "tensorflow", "keras", "scikit-learn")


def environment() -> dict[str, str | int | None]:
    """Return Python, machine and package versions, ``None`` where a package goes by another name."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        **{package: installed(package) for package in PACKAGES},
    }


def installed(package: str) -> str | None:
    """Return the version of a package, or ``None`` where it is not installed under this name."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
