"""Parquet, one file or a folder of parts, read batch by batch: a small file cannot fill the memory."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from recli.core.errors import InputDataError, NotFoundError
from recli.data.delimited import STDIN, path_text
from recli.data.formats.columnar.arrow_columns import require_codes
from recli.data.formats.columnar.batches import ROWS, Batches

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet as pq

SUFFIX = ".parquet"
_MAGIC = b"PAR1"
_LEAST_BYTES = 12
"""Magic, length of the footer, magic."""
_LONGEST_FOOTER = 64 << 20
_MOST_INFLATED = 64 << 20
_MOST_RATIO = 200
"""Times a file's size that it may say its columns take: ratings shrink to a tenth, zeros to nothing."""
_ROW_BYTES = 24
"""That a rating takes in memory, and about as many in text."""


def is_parquet(path: Path) -> bool:
    """Tell whether a path is a Parquet file, by its first bytes or its ending, or a folder with such parts."""
    if str(path) == STDIN:
        return False
    if path.is_dir():
        return bool(_parts(path))
    if not path.is_file():
        return False  # a pipe cannot be looked at twice
    if path.suffix.lower() == SUFFIX:
        return True
    with path.open("rb") as file:
        return file.read(4) == _MAGIC


def open_parquet(path: Path) -> Batches:
    """Look at a file, or at a folder of parts with the same columns.

    Raises:
        NotFoundError: there is no such file.
        InputDataError: it is damaged, no file, or would take far more memory than its size lets expect.
    """
    parts = _parts(path) if path.is_dir() else [path]
    opened = [_looked_at(part) for part in parts]
    schema = opened[0].schema_arrow
    for part, other in zip(parts, opened, strict=True):
        if other.schema_arrow.names != schema.names:
            raise InputDataError(f"{part} has other columns than {parts[0].name}")
    for file in opened:
        file.close()

    def read(places: Sequence[int]) -> Iterator[list["pa.Array"]]:
        for part in parts:
            yield from _read(part, schema, places)

    return Batches(path_text(path), "Parquet", schema.names, schema.types, read, lambda: _sha256(path, parts))


def _parts(folder: Path) -> list[Path]:
    """Return a folder's parts by name, without those that writers hide, as ``_metadata`` and ``.part.crc``."""
    return sorted(part for part in folder.iterdir() if part.suffix.lower() == SUFFIX and part.name[0] not in "._")


def _looked_at(path: Path) -> "pq.ParquetFile":
    """Open a file once its sizes are plausible."""
    from pyarrow import parquet as pq

    with _told(path):
        if not path.exists():
            raise NotFoundError(f"{path}: there is no such file")
        if not path.is_file():
            raise InputDataError(f"{path} is no regular file")
        size = path.stat().st_size
        _require_footer(path, size)
        file = pq.ParquetFile(path, memory_map=False, pre_buffer=False)
        inflated = max(file.metadata.num_rows * _ROW_BYTES, _column_bytes(file.metadata))
    if inflated > max(_MOST_INFLATED, _MOST_RATIO * size) or file.metadata.num_rows < 0:
        raise InputDataError(
            f"{path} says that it holds {file.metadata.num_rows:,} rows in {size:,} bytes: "
            f"they would take more than {_MOST_RATIO} times its size"
        )
    return file


def _require_footer(path: Path, size: int) -> None:
    with path.open("rb") as file:
        begins = file.read(4)
        file.seek(max(size - 8, 0))
        ends = file.read(8)
    if size < _LEAST_BYTES or begins != _MAGIC or ends[4:] != _MAGIC:
        cut = ": it is cut off" if begins == _MAGIC else ""
        raise InputDataError(f"{path} is a damaged Parquet file, or none{cut}")
    if int.from_bytes(ends[:4], "little") > min(size - _LEAST_BYTES, _LONGEST_FOOTER):
        raise InputDataError(f"{path} is a damaged Parquet file: its footer is longer than it can be")


def _column_bytes(metadata: "pq.FileMetaData") -> int:
    # Not by column: a column's statistics that are damaged end the process there (pyarrow 26 aborts).
    return sum(max(metadata.row_group(place).total_byte_size, 0) for place in range(metadata.num_row_groups))


def _read(path: Path, schema: "pa.Schema", places: Sequence[int]) -> Iterator[list["pa.Array"]]:
    import pyarrow.types as of
    from pyarrow import parquet as pq

    names = [schema.names[place] for place in places]
    # A text that a dictionary holds once must not be copied for each of a million rows.
    texts = [
        schema.names[at] for at in places if of.is_string(schema.types[at]) or of.is_large_string(schema.types[at])
    ]
    with (
        _told(path),
        pq.ParquetFile(path, memory_map=False, pre_buffer=False, buffer_size=1 << 20, read_dictionary=texts) as file,
    ):
        for name, place in zip(names, places, strict=True):
            if (found := file.schema_arrow.field(name).type) != schema.types[place] and name not in texts:
                raise InputDataError(f"{path}: column {name} is of type {found}, not {schema.types[place]}")
        for batch in file.iter_batches(ROWS, columns=names):
            columns = [batch.column(name) for name in names]
            for column in columns:
                require_codes(column)
            yield columns


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell in a sentence what Arrow finds wrong."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, KeyError, MemoryError, UnicodeDecodeError) as error:
        reason = str(error).strip().splitlines()
        told = reason[0][:120] if reason else type(error).__name__
        raise InputDataError(f"{path} is a damaged Parquet file, or cannot be read: {told}") from error


def _sha256(path: Path, parts: Sequence[Path]) -> str:
    """Return the hash of a file, or of what ``sha256sum *.parquet`` says of a folder's parts."""
    sums = []
    for part in parts:
        with part.open("rb") as file:
            sums.append((hashlib.file_digest(file, "sha256").hexdigest(), part.name))
    if parts == [path]:
        return sums[0][0]
    return hashlib.sha256("".join(f"{digest}  {name}\n" for digest, name in sums).encode()).hexdigest()
