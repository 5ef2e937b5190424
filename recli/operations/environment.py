"""What a run ran on, so that a later one can be compared with it."""

import os
import platform
from importlib.metadata import version

PACKAGES = ("recli", "numpy", "tensorflow", "keras", "scikit-learn")


def environment() -> dict[str, str | int | None]:
    """Return Python, machine and package versions; nothing is imported for it."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        **{package: version(package) for package in PACKAGES},
    }
