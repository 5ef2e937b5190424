"""Which browser pages are opened with, for the tour and the tests; alone, it tells make whether there is one."""

import os
import shutil
import sys

ARGUMENTS = ("--no-sandbox", "--enable-unsafe-swiftshader")
"""Software WebGL, so that a machine without a graphics card draws what people see."""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the browser that ``RECLI_TEST_BROWSER`` names, else the system's; ``None`` leaves it to Playwright."""
    return os.environ.get("RECLI_TEST_BROWSER") or next(filter(None, map(shutil.which, _NAMES)), None)


if __name__ == "__main__":
    sys.exit(chromium() is None)
