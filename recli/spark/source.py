"""Ratings that lie where only a cluster reads them: checked, numbered and split there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import InputDataError
from recli.core.ratings import Ratings
from recli.core.split import SplitSpec
from recli.core.vocabulary import Vocabulary
from recli.spark.cluster import without_credentials
from recli.spark.frames import PART, TEST, TRAIN, collected

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

LARGEST_INTEGER = 2**53
"""Ids beyond it are text, as in all that recli imports."""
LARGEST_RATING = 1e30
LONGEST_ID = 128
YEAR_10000 = 253_402_387_200
"""Seconds: a later time is in a smaller unit, as in all that recli imports."""
_SMALLER_UNITS = 3
_CANONICAL = "^(0|-?[1-9][0-9]{0,15})$"
_INTEGERS = ("tinyint", "smallint", "int", "bigint")
_NUMBERS = (*_INTEGERS, "float", "double", "decimal")
_TIMES = (*_NUMBERS, "timestamp", "timestamp_ntz", "date", "string")


@dataclass(frozen=True, eq=False)
class Numbered:
    """Ratings of a cluster whose users and items have nums."""

    frame: "DataFrame"
    """``user``, ``item`` (nums, int), ``rating`` (float), ``timestamp`` (long, seconds); one row a pair."""
    users: Vocabulary
    items: Vocabulary
    rows: int
    """Of the source."""
    in_smaller_units: int
    """Of those, with a time in milliseconds, microseconds or nanoseconds."""
    untimed: int
    """Of those, without a time: it is 0 here."""
    telling: NDArray[np.float32]
    """A few of the ratings, off which the scale can be read: lowest, highest, and what is no half or whole star."""


def read_source(spark: "SparkSession", path: str) -> "DataFrame":
    """Read a Parquet path or glob, as Spark understands it."""
    return spark.read.parquet(path)


def numbered(frame: "DataFrame", path: str, places: tuple[int, int, int, int | None]) -> Numbered:
    """Check the ratings, keep each user's latest of an item (of equally late ones the highest), and number all ids.

    Args:
        frame: of the source.
        path: its name, for messages.
        places: of the columns of user, item, rating and timestamp among the frame's.

    Raises:
        InputDataError: a column is of a kind that it cannot be, or a row cannot be taken.
    """
    from pyspark.sql import functions as sql

    shown = without_credentials(path)
    raw = frame.select(*_columns(frame, shown, places))
    facts = _facts(raw, shown)
    if facts["late"]:
        raw = raw.withColumn("timestamp", _in_seconds(sql.col("timestamp")))
    for name in ("user", "item"):
        if facts[f"{name}_integer"] == facts["n"]:
            raw = raw.withColumn(name, sql.col(name).try_cast("bigint"))
    latest = raw.groupBy("user", "item").agg(sql.max(sql.struct("timestamp", "rating")).alias("last"))
    latest = latest.select("user", "item", "last.rating", "last.timestamp").persist()
    numbers = {name: _numbers(latest, name) for name in ("user", "item")}
    for name, table in numbers.items():
        latest = latest.join(table, name).drop(name).withColumnRenamed("num", name)
    telling = [facts[name] for name in ("low", "high", "no_half", "no_whole") if facts[name] is not None]
    return Numbered(
        latest.select("user", "item", "rating", "timestamp").persist(),
        _vocabulary(numbers["user"], "user"),
        _vocabulary(numbers["item"], "item"),
        facts["n"],
        facts["late"],
        facts["untimed"],
        np.array(telling, np.float32),
    )


def with_parts(frame: "DataFrame", spec: SplitSpec) -> "DataFrame":
    """Add the column ``part``, as ``--split hash`` has it: each row by itself, so that none has to move."""
    from pyspark.sql import functions as sql

    hashed = sql.xxhash64(sql.lit(spec.seed).cast("bigint"), "user", "item")
    share = sql.shiftrightunsigned(hashed, 11).cast("double") / sql.lit(2.0**53)
    part = sql.when(share < spec.test_fraction, TEST).otherwise(TRAIN)
    return frame.withColumn(PART, part.cast("tinyint"))


def brought_home(frame: "DataFrame") -> Ratings:
    """Return all ratings, by user and then by item: an order that hangs on nothing else."""
    users, items, values, times = collected(frame.orderBy("user", "item"), "user", "item", "rating", "timestamp")
    return Ratings(users.astype(np.int32), items.astype(np.int32), values.astype(np.float32), times.astype(np.int64))


def _columns(frame: "DataFrame", path: str, places: tuple[int, int, int, int | None]) -> "list[Column]":
    """Return ids as text, stars as float and times as whole seconds; null where there is none."""
    from pyspark.sql import functions as sql

    user, item, rating, time = places
    found = []
    for name, place, kinds in (("user", user, (*_INTEGERS, "string")), ("item", item, (*_INTEGERS, "string")),
                               ("rating", rating, _NUMBERS)):  # fmt: skip
        column = _column(frame, path, place, name, kinds)
        found.append(column.cast("float" if name == "rating" else "string").alias(name))
    found[0], found[1] = (sql.btrim(found[i], sql.lit(" \t")).alias(name) for i, name in enumerate(("user", "item")))
    return [*found, (sql.lit(0).cast("bigint") if time is None else _seconds(frame, path, time)).alias("timestamp")]


def _seconds(frame: "DataFrame", path: str, place: int) -> "Column":
    from pyspark.sql import functions as sql

    column, kind = _column(frame, path, place, "timestamp", _TIMES), _kind(frame, place)
    absent = column.isNull() | (sql.btrim(column.cast("string")) == "")
    if kind in ("string", "date", "timestamp_ntz"):
        column = column.try_cast("timestamp")
    seconds = (sql.floor(column) if kind in _NUMBERS else column).try_cast("bigint")
    return sql.when(absent, 0).otherwise(seconds)


def _in_seconds(time: "Column") -> "Column":
    """Divide a time by a thousand until it is before the year 10000, rounding down, in whole numbers alone."""
    from pyspark.sql import functions as sql

    for _ in range(_SMALLER_UNITS):
        down = sql.call_function("div", time - sql.pmod(time, sql.lit(1000)), sql.lit(1000))
        time = sql.when(sql.abs(time) >= YEAR_10000, down).otherwise(time)
    return time


def _column(frame: "DataFrame", path: str, place: int, role: str, kinds: tuple[str, ...]) -> "Column":
    from pyspark.sql import functions as sql

    name, kind = frame.columns[place], _kind(frame, place)
    if kind not in kinds:
        raise InputDataError(f"{path}: the column {name!r} holds {kind}, which is no {role}")
    return sql.col("`" + name.replace("`", "``") + "`")


def _kind(frame: "DataFrame", place: int) -> str:
    return frame.dtypes[place][1].partition("(")[0]


def _facts(raw: "DataFrame", path: str) -> dict[str, Any]:
    """Ask all that must be known of the rows at once.

    Raises:
        InputDataError: there is none, or one cannot be taken.
    """
    from pyspark.sql import functions as sql

    rating, time = sql.col("rating"), sql.col("timestamp")
    ids = {name: sql.col(name) for name in ("user", "item")}
    missing = rating.isNull() | time.isNull()
    long = sql.lit(False)
    for column in ids.values():
        missing = missing | column.isNull() | (column == "")
        long = long | (sql.length(column) > LONGEST_ID) | column.rlike(r"[\n\r\x00]")
    finite = ~sql.isnan(rating) & (sql.abs(rating) <= LARGEST_RATING)
    integer = {name: column.rlike(_CANONICAL) & (sql.abs(column.try_cast("bigint")) <= LARGEST_INTEGER)
               for name, column in ids.items()}  # fmt: skip
    asked = raw.agg(
        sql.count("*").alias("n"),
        sql.count_if(missing).alias("missing"),
        sql.count_if(sql.coalesce(long, sql.lit(False))).alias("long"),
        sql.count_if(sql.coalesce(~finite, sql.lit(False))).alias("infinite"),
        *(sql.count_if(sql.coalesce(column, sql.lit(False))).alias(f"{name}_integer")
          for name, column in integer.items()),
        sql.count_if(sql.coalesce(sql.abs(time) >= YEAR_10000, sql.lit(False))).alias("late"),
        sql.count_if(sql.coalesce(time == 0, sql.lit(False))).alias("untimed"),
        sql.min("rating").alias("low"),
        sql.max("rating").alias("high"),
        sql.max(sql.when(rating % 0.5 != 0, rating)).alias("no_half"),
        sql.max(sql.when(rating % 1 != 0, rating)).alias("no_whole"),
    )  # fmt: skip
    (facts,) = asked.toArrow().to_pylist()
    _require_good(facts, path)
    return dict(facts)


def _require_good(facts: dict[str, Any], path: str) -> None:
    if not facts["n"]:
        raise InputDataError(f"{path} holds no rating")
    for name, what in (
        ("missing", "lack a user, an item or a rating, or have a time that is none"),
        ("long", f"have an id of more than {LONGEST_ID} characters, or of more than a line"),
        ("infinite", f"have a rating that is no finite number up to {LARGEST_RATING:g}"),
    ):
        if facts[name]:
            raise InputDataError(f"{facts[name]:,} of {facts['n']:,} rows of {path} {what}")


def _numbers(frame: "DataFrame", name: str) -> "DataFrame":
    """Number the distinct ids of a column in their order: integers by size, text by its code points."""
    from pyspark.sql import Window
    from pyspark.sql import functions as sql

    order = sql.row_number().over(Window.orderBy(name)) - 1
    return frame.select(name).distinct().withColumn("num", order.cast("int")).persist()


def _vocabulary(numbers: "DataFrame", name: str) -> Vocabulary:
    (ids,) = collected(numbers.orderBy("num"), name)
    return Vocabulary(ids if ids.dtype.kind == "i" else np.array(ids.tolist(), np.str_))
