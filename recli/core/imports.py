"""Keeping an import from dragging others in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Let an import find that optional modules are not installed, unless this process has them already.

    For libraries that import something slow at start-up and do without it where that fails. ``None`` in
    ``sys.modules`` is Python's documented way to say that a module cannot be imported; it is taken back afterwards.
    """
    modules = cast(dict[str, ModuleType | None], sys.modules)
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]
