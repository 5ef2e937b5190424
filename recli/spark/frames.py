"""Ratings on their way into Spark and out of it: Parquet in, Arrow out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.core.ratings import Ratings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PART = "part"
TRAIN, VALIDATION, TEST = 0, 1, 2
"""What a row is for, in the column ``part``."""
ROWS_A_FILE = 4_000_000
"""Spark reads files side by side."""

Parts = NDArray[np.int8]


def write_ratings(folder: Path, ratings: Ratings, parts: Parts | None = None) -> Path:
    """Write n ratings as Parquet into a folder: ``user``, ``item`` (nums), ``rating``, and (n,) ``part``."""
    columns = {"user": ratings.user_nums, "item": ratings.item_nums, "rating": ratings.values}
    return write_columns(folder / "ratings", columns | ({} if parts is None else {PART: parts}))


def write_columns(folder: Path, columns: dict[str, NDArray[Any]]) -> Path:
    """Write equally long columns as Parquet files in a new folder; one of two dimensions becomes lists."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir()
    n = len(next(iter(columns.values())))
    for start in range(0, max(n, 1), ROWS_A_FILE):
        some = slice(start, start + ROWS_A_FILE)
        table = pa.table({name: _arrow(column[some]) for name, column in columns.items()})
        pq.write_table(table, folder / f"part-{start // ROWS_A_FILE:05}.parquet", compression="zstd")
    return folder


def read_folder(spark: "SparkSession", folder: Path) -> "DataFrame":
    """Read what ``write_columns`` wrote; signs in the path that would be a pattern elsewhere are none here."""
    return spark.read.option("__globPaths__", "false").parquet(f"file://{folder.absolute()}")


def collected(frame: "DataFrame", *columns: str) -> list[NDArray[Any]]:
    """Return columns of a frame as arrays, (n,) each, or (n, k) of lists that are equally long."""
    table = frame.select(*columns).toArrow()
    return [_numpy(table.column(name)) for name in columns]


def _arrow(column: NDArray[Any]) -> Any:
    import pyarrow as pa

    if column.ndim == 1:
        return pa.array(column)
    flat = pa.array(np.ascontiguousarray(column).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, column.shape[1]).cast(pa.list_(flat.type))


def _numpy(column: Any) -> NDArray[Any]:
    import pyarrow as pa

    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if not pa.types.is_list(whole.type):
        array: NDArray[Any] = whole.to_numpy(zero_copy_only=False)
        return array
    flat: NDArray[Any] = whole.flatten().to_numpy(zero_copy_only=False)
    return flat.reshape(len(whole), -1) if len(whole) else flat.reshape(0, 0)
