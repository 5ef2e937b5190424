"""Ratings that a cluster reads: which columns, and under what name they become a dataset."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recli.core.dataset import Dataset
from recli.core.errors import require
from recli.core.reference import is_name
from recli.data.build import assemble_numbered
from recli.data.fetching.catalogue import catalogue
from recli.data.formats.columns import find_columns, parse_columns
from recli.data.formats.scales import detect_scale
from recli.spark.cluster import without_credentials
from recli.spark.source import Numbered, brought_home, numbered, read_source
from recli.store import Store

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Source:
    """Where ratings lie."""

    ratings: str
    """A Parquet path or glob that Spark reads."""
    columns: str | None = None
    """``user=…,item=…,rating=…,timestamp=…``; ``None`` to guess."""
    force: bool = False
    """Whether to replace a dataset of the name."""

    @property
    def shown(self) -> str:
        """The path without a name or a password that its URL may hold."""
        return without_credentials(self.ratings)


def require_new_name(store: Store, name: str, source: Source) -> None:
    """Require a name under which a dataset can be published, before anything slow begins.

    Raises:
        UsageError: it is no name, taken, or that of what ``fetch`` gets.
    """
    fix = "--dataset mine"
    require(is_name(name), f"--dataset {name!r} is no name: up to 64 of a-z, 0-9, '.', '_' and '-'", fix=fix)
    known = name in {one.name for one in catalogue()}
    require(not known, f"{name} is what recli fetch {name} gets: choose another --dataset", fix=fix)
    taken = name in store.dataset_names() and not source.force
    require(not taken, f"there is a dataset {name} already: replace it, or choose another --dataset", fix="--force")


def opened(spark: "SparkSession", source: Source) -> Numbered:
    """Read a source on the cluster.

    Raises:
        NotFoundError: nothing lies there, or its columns cannot be told apart.
        InputDataError: it holds what cannot be taken.
    """
    frame = read_source(spark, source.ratings)
    said = parse_columns(source.columns) if source.columns else {}
    fix = "--columns user=COLUMN,item=COLUMN,rating=COLUMN"
    places = find_columns(source.shown, frame.columns, header=True, said=said, fix=fix)
    return numbered(frame, source.shown, (places.user, places.item, places.rating, places.timestamp))


def _notes(found: Numbered) -> Iterator[str]:
    if found.in_smaller_units:
        yield (
            f"{found.in_smaller_units:,} of {found.rows:,} times are in milliseconds, or less, in the files, told by"
            " their size; all are in seconds in the dataset"
        )
    if found.untimed:
        yield f"{found.untimed:,} of {found.rows:,} ratings have no time: a split by time takes them for the earliest"


def as_dataset(name: str, source: Source, found: Numbered) -> Dataset:
    """Bring all ratings home and make them a dataset; ids stand for titles."""
    notes = list(_notes(found))
    record: dict[str, Any] = {
        "title": f"Ratings that Spark read from {source.shown}",
        "source": f"Parquet {source.shown}",
        "url": None,
        "official": False,
        "synthetic": False,
        "licence": None,
        "citation": "",
        "sha256": {},
        "zip_sha256": None,
        "notes": notes,
        "rows": found.rows,
    }
    return assemble_numbered(
        name, found.users, found.items, brought_home(found.frame), (), (),
        scale=detect_scale(found.telling), source=record,
    )  # fmt: skip
