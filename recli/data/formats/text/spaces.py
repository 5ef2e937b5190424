"""Lines whose cells are divided by runs of blanks and tabs, brought to one blank each."""

import numpy as np

from recli.data.formats.text.streams import MAX_LINE_BYTES

_LINE_END = b"\n"[0]


def single_spaces(block: bytes) -> bytes:
    """Make one blank of each run, and take those around lines away.

    Args:
        block: whole lines that end with a line feed alone.

    Returns:
        The lines, or nothing where one is too long: without its blanks it might not be.
    """
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == _LINE_END)
    if np.diff(ends, prepend=-1).max(initial=0) > MAX_LINE_BYTES:
        return b""
    block = block.replace(b"\t", b" ")
    while b"  " in block:
        block = block.replace(b"  ", b" ")
    return block.replace(b" \n", b"\n").replace(b"\n ", b"\n").removeprefix(b" ")
