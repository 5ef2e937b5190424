"""A file of lines as a stream of blocks: plain, gzip or zstd, from a path or standard input, hashed on the way."""

import gzip
import hashlib
import io
import os
import re
import shlex
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from recli.core.errors import InputDataError
from recli.data.delimited import STDIN, open_table, path_text

BLOCK_BYTES = 4 << 20
"""Read at once: long enough that most ids come again in a block, short enough that several cost little memory."""
MAX_LINE_BYTES = 64 << 10
"""Of a line, and of the lines of a quoted cell: shorter than the longest cell that Python's csv module reads back."""
_ENDLESS = 64 << 20
_GZIP = b"\x1f\x8b"
_ZSTD = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
"""A frame, or one to be skipped, which pzstd begins with (RFC 8878)."""
_MOST_INFLATED = 64 << 20
_MOST_RATIO = 200
"""Ratings compress to a tenth; zeros, which are a bomb, to a thousandth."""
BOM = b"\xef\xbb\xbf"
_NO_TEXT = {b"PK\x03\x04": "a zip", b"PAR1": "a Parquet file"}
_INSTEAD = {b"PK\x03\x04": "unpack it", b"PAR1": "write it to a file, neither packed nor piped"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

Progress = Callable[[int, int | None], None]
"""Is told how many bytes of a file have come, and of how many; ``None`` where that is not known before its end."""


class Source:
    """An open file."""

    def __init__(self, name: str, raw: BinaryIO, progress: Progress | None = None, size: int | None = None) -> None:
        """Take a stream that stands at its start, what messages call it, who is told how far it is, and its bytes."""
        self.name = name
        self._raw = _Hashed(raw, progress, size)
        self._file = io.BufferedReader(self._raw, 1 << 20)

    @property
    def sha256(self) -> str:
        """Hex, of what was read so far of the file as it lies on the disk."""
        return self._raw.digest.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """Yield whole lines, each with its end: a last one without gets it, one that is too long is cut, but too long.

        Raises:
            InputDataError: it is no text at all, or what packs it is damaged or a bomb.
        """
        started = False
        for block in _whole_lines(self._pieces(), self.name):
            yield block if started else _opened(block, self.name)
            started = True

    def _pieces(self) -> Iterator[bytes]:
        begins = self._file.peek(4)[:4]
        if begins.startswith(_GZIP):
            return self._bounded(self._gunzipped())
        if _ZSTD.match(begins):
            return self._bounded(self._unzstd())
        return iter(lambda: self._file.read(BLOCK_BYTES), b"")

    def _gunzipped(self) -> Iterator[bytes]:
        try:
            with gzip.GzipFile(fileobj=self._file) as file:
                yield from iter(lambda: file.read(BLOCK_BYTES), b"")
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise self._damaged("gzip", error) from error

    def _unzstd(self) -> Iterator[bytes]:
        import pyarrow as pa

        try:
            # A frame that asks for a window of more than 128 MiB is refused by zstd itself.
            with pa.CompressedInputStream(pa.PythonFile(self._file, "r"), "zstd") as file:
                yield from iter(lambda: file.read(BLOCK_BYTES), b"")
        except OSError as error:
            if error.errno is not None:  # of the disk, not of the content
                raise
            raise self._damaged("zstd", error) from error

    def _bounded(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Give up where little becomes endless."""
        total = 0
        for piece in pieces:
            total += len(piece)
            if total > max(_MOST_INFLATED, _MOST_RATIO * self._raw.size):
                raise InputDataError(f"{self.name} inflates to more than {_MOST_RATIO} times its size")
            yield piece

    def _damaged(self, what: str, error: Exception) -> InputDataError:
        return InputDataError(f"{self.name} is a damaged {what}: {error}", fix=f"{what} -t {shlex.quote(self.name)}")


@contextmanager
def open_source(path: Path, progress: Progress | None = None) -> Iterator[Source]:
    """Open a file; ``-`` is standard input; ``progress`` is told how far it is read.

    Raises:
        NotFoundError: there is no such file.
        InputDataError: it cannot be read.
    """
    if str(path) == STDIN:
        yield Source("stdin", sys.stdin.buffer, progress)
        return
    with open_table(path) as file:
        try:
            yield Source(path_text(path), file, progress, os.fstat(file.fileno()).st_size or None)
        except OSError as error:
            raise InputDataError(f"cannot read {path}: {error.strerror or error}") from error


class _Hashed(io.RawIOBase):
    """Passes bytes on, and remembers their hash."""

    def __init__(self, file: BinaryIO, progress: Progress | None, total: int | None) -> None:
        self._file = file
        self._progress = progress
        self._total = total
        self.digest = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        n = cast(io.BufferedReader, self._file).readinto(buffer)
        self.digest.update(memoryview(buffer)[:n])
        self.size += n
        if self._progress:
            self._progress(self.size, self._total if n else self.size)
        return n


def _whole_lines(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    rest, without_end = b"", 0
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if end:
            yield b"".join([rest, memoryview(piece)[:end]])
            rest, without_end = b"", 0
        # A line without an end must neither fill the memory nor be waited for: /dev/zero has none.
        rest = (rest + piece[end : end + MAX_LINE_BYTES + 1])[: MAX_LINE_BYTES + 1]
        without_end += len(piece) - end
        if without_end > _ENDLESS:
            raise InputDataError(f"{name}: {_ENDLESS >> 20} MiB without an end of line: no lines of text")
    if rest:
        yield rest + b"\n"


def _opened(block: bytes, name: str) -> bytes:
    """Return the first block without a byte order mark.

    Raises:
        InputDataError: it begins as no text does.
    """
    if block.startswith(_UTF_16):
        fix = f"iconv -f utf-16 -t utf-8 {shlex.quote(name)} > utf8.csv"
        raise InputDataError(f"{name}:1: UTF-16; recli reads UTF-8", fix=fix)
    for magic, what in _NO_TEXT.items():
        if block.startswith(magic):
            raise InputDataError(f"{name}:1: {what}, not lines of text: {_INSTEAD[magic]}")
    return block.removeprefix(BOM)
