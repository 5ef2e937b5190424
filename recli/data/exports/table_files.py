"""Tables as the bytes of CSV, TSV and Parquet files, piece by piece."""

import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from recli.core.errors import UsageError
from recli.core.text import visible
from recli.data.arrow_arrays import content, texts
from recli.data.exports.exported import Table

FORMATS = ("csv", "csv.gz", "csv.zst", "tsv", "tsv.gz", "tsv.zst", "parquet")
GENRE_SEPARATOR = "|"
_SEPARATORS = {"csv": ",", "tsv": "\t"}
_GZIP_WITH_HEADER = 31
"""What zlib calls it; its header holds no time, so that equal rows make equal files."""
_QUOTED = '[",\r\n]'
"""What a cell is quoted for (RFC 4180, section 2)."""
_NOT_IN_TSV = "[\t\r\n]"
_OTHER_SEPARATORS = "[;,]"


def format_of(path: Path) -> str | None:
    """Return the format that a file's ending says."""
    return next((form for form in FORMATS if path.name.lower().endswith(f".{form}")), None)


def is_text(form: str) -> bool:
    """Tell whether people can read a format."""
    return form in _SEPARATORS


def encoded(table: Table, form: str, *, spelled: bool = False) -> Iterator[bytes]:
    """Yield the bytes of a file.

    CSV is quoted as RFC 4180 says, where it must be; TSV quotes nothing. Numbers have as few digits as give the same
    float32 back. Lists are joined by ``|`` in both; what is not known is empty there and null in Parquet.

    Args:
        table: the rows.
        form: one of ``FORMATS``.
        spelled: spell out what a terminal would obey; of CSV and TSV.

    Raises:
        UsageError: a text has a tab or a line end, which TSV cannot hold.
    """
    syntax, _, packed = form.partition(".")
    if syntax == "parquet":
        return _parquet(table)
    lines = _lines(table, _SEPARATORS[syntax], spelled=spelled)
    return _gzipped(lines) if packed == "gz" else _zstd(lines) if packed == "zst" else lines


def _lines(table: Table, separator: str, *, spelled: bool) -> Iterator[bytes]:
    import pyarrow.compute as pc

    mark, blank, end = texts([separator, "", "\n"])  # as pyarrow's own, which it makes of str by importing pandas
    header = [_texts(texts([name]), separator, name, spelled=spelled)[0].as_py() for name in table.columns]
    yield (separator.join(header) + "\n").encode()
    for rows in table.blocks():
        cells = [_cells(column(rows), separator, name, spelled=spelled) for name, column in table.columns.items()]
        joined = pc.binary_join_element_wise(*cells, mark) if len(cells) > 1 else cells[0]
        yield content(pc.binary_join_element_wise(joined, blank, end))


def _cells(values: Any, separator: str, name: str, *, spelled: bool) -> Any:
    """Return a column as strings that are cells, none of them null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(values.type):
        return _cells(values.dictionary, separator, name, spelled=spelled).take(values.indices)
    if pa.types.is_list(values.type):
        return _texts(_joined_lists(values), separator, name, spelled=spelled)
    if pa.types.is_string(values.type):
        return _texts(_filled(values), separator, name, spelled=spelled)
    return _filled(pc.cast(values, pa.string()))


def _filled(values: Any) -> Any:
    import pyarrow.compute as pc

    return pc.fill_null(values, texts([""])[0]) if values.null_count else values


def _joined_lists(values: Any) -> Any:
    """Join by the separator, which also ends one that would be divided by another sign when it is read."""
    import pyarrow.compute as pc

    bar, blank = texts([GENRE_SEPARATOR, ""])
    joined = pc.binary_join(values, bar)
    alone = pc.and_not(pc.match_substring_regex(joined, _OTHER_SEPARATORS), pc.match_substring(joined, GENRE_SEPARATOR))
    return pc.binary_join_element_wise(joined, pc.if_else(alone, bar, blank), blank)


def _texts(values: Any, separator: str, name: str, *, spelled: bool) -> Any:
    import pyarrow.compute as pc

    if spelled:
        values = texts([visible(text) for text in values.to_pylist()])
    if separator == "\t":
        if pc.any(pc.match_substring_regex(values, _NOT_IN_TSV)).as_py():
            raise UsageError(f"a {name} has a tab or a line end in it, which TSV cannot hold")
        return values
    must = pc.match_substring_regex(values, _QUOTED)
    if not pc.any(must).as_py():
        return values
    quote, blank = texts(['"', ""])
    quoted = pc.binary_join_element_wise(quote, pc.replace_substring(values, '"', '""'), quote, blank)
    return pc.if_else(must, quoted, values)


def _gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=_GZIP_WITH_HEADER)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _zstd(pieces: Iterable[bytes]) -> Iterator[bytes]:
    import pyarrow as pa

    sink = _Sink()
    with pa.CompressedOutputStream(pa.PythonFile(sink, mode="w"), "zstd") as packer:
        for piece in pieces:
            packer.write(piece)
            yield sink.taken()
    yield sink.taken()


def _parquet(table: Table) -> Iterator[bytes]:
    """Yield a row group for each block; ids are plain columns, which Parquet keeps as dictionaries by itself."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = _Sink()
    writer: Any = None
    for rows in table.blocks():
        columns = {name: _plain(column(rows)) for name, column in table.columns.items()}
        if writer is None:
            fields = [pa.field(name, values.type) for name, values in columns.items()]
            writer = pq.ParquetWriter(sink, pa.schema(fields, metadata=dict(table.about)), compression="zstd")
        writer.write_batch(pa.RecordBatch.from_arrays(list(columns.values()), schema=writer.schema))
        yield sink.taken()
    writer.close()
    yield sink.taken()


def _plain(values: Any) -> Any:
    import pyarrow as pa

    return values.dictionary.take(values.indices) if pa.types.is_dictionary(values.type) else values


class _Sink(io.RawIOBase):
    """What a writer is given for a file: hands on what came since the last time."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(self._pieces[-1])
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
