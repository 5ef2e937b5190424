"""What fits into this machine's memory: asked before an allocation that could take the machine down."""

import os

from recli.core.errors import UsageError

GIB = 2**30


def total_memory() -> int | None:
    """Return the bytes of this machine's memory, or ``None`` where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def fits(needed: int) -> bool:
    """Tell whether so many bytes are at most three quarters of the memory: other programs need some, too."""
    total = total_memory()
    return total is None or needed <= total * 3 // 4


def require_memory(needed: int, what: str, fix: str) -> None:
    """Refuse work that needs more bytes than this machine can give.

    Raises:
        UsageError: it does not fit; ``fix`` is the command to try instead.
    """
    if not fits(needed):
        has = (total_memory() or 0) / GIB
        raise UsageError(
            f"{what} needs {needed / GIB:,.1f} GiB of memory, and this machine has {has:,.1f} GiB", fix=fix
        )
