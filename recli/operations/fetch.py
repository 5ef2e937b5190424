"""Getting a known dataset into the store."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from recli.core.dataset import Dataset
from recli.core.errors import IntegrityError, NotFoundError, RecliError
from recli.core.reference import DEFAULT_DATASET
from recli.core.results.fetch import DatasetListing, FetchResult
from recli.data.fetching.archives import is_folder
from recli.data.fetching.catalogue import catalogue, lookup
from recli.data.fetching.download import Progress
from recli.data.fetching.obtain import obtain
from recli.data.fetching.scratch import scratch_folder
from recli.data.files import dataset_files, dataset_record, load_dataset
from recli.store import Artifact, Store

_log = logging.getLogger("recli")


def fetch(
    store: Store,
    dataset: str = DEFAULT_DATASET,
    *,
    origin: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> FetchResult:
    """Get a dataset, verify it and put it into the store; one that is there and undamaged is left as it is.

    Args:
        store: where it goes.
        dataset: a name of the catalogue.
        origin: a zip or folder in GroupLens' layout, or the URL of such a zip, instead of the usual sources.
        force: get it again even if it is there.
        progress: told about every chunk of a download: bytes so far, bytes expected or ``None``.

    Raises:
        NotFoundError: no dataset has this name, or nothing is at the path ``origin``.
        UsageError: this dataset cannot come from ``origin``.
        IntegrityError: what was found is not the dataset; the store is as it was.
        NetworkError: no source could be reached; the store is as it was.
        StorageError: something cannot be read or written.
    """
    known = lookup(dataset)
    if not force and (there := _undamaged(store, known.name)) is not None:
        if origin is not None:
            if "://" not in origin:
                is_folder(Path(origin))  # refuses where nothing is there to be taken
            _log.warning("%s is there already: with --force it would be taken from %s", known.name, origin)
        return _result(*there, already_there=True)
    if store.exists():
        store.prepare()  # one that cannot be written to should say so before anything is downloaded
    obtained = obtain(known, origin=origin, progress=progress, place=lambda: _place(store, known.name))
    artifact = store.publish_dataset(known.name, dataset_files(obtained), dataset_record(obtained))
    return _result(artifact, obtained, already_there=False)


@contextmanager
def _place(store: Store, name: str) -> Iterator[Path]:
    """Yield where a download goes: where the next process finds what has come of it, unless one is at it already."""
    with store.downloading(name) as kept, nullcontext(kept) if kept else scratch_folder() as folder:
        yield folder


def list_datasets(store: Store) -> list[DatasetListing]:
    """List the datasets that were imported, then those that can be fetched, and say which of them the store has."""
    there = store.dataset_names()
    fetchable = catalogue()
    own = sorted(set(there) - {known.name for known in fetchable})
    return [_imported(store, name) for name in own] + [
        DatasetListing(known.name, known.title, known.licence, known.name in there) for known in fetchable
    ]


def _imported(store: Store, name: str) -> DatasetListing:
    """Describe a dataset by its record alone; a damaged one is listed too, for its name is taken."""
    try:
        record = store.dataset(name).manifest.about
        title = "{ratings:,} ratings of {items:,} items by {users:,} users".format_map(record["counts"])
        title += ", {low:g} to {high:g}".format_map(record["scale"])
    except (RecliError, KeyError, TypeError, ValueError):
        return DatasetListing(name, "not readable: recli doctor says why", "", fetched=True, imported=True)
    return DatasetListing(name, title, str(record.get("licence") or ""), fetched=True, imported=True)


def _undamaged(store: Store, name: str) -> tuple[Artifact, Dataset] | None:
    """Return a dataset of the store, every file of it checked, or ``None`` where it has to be fetched."""
    try:
        artifact = store.dataset(name)
        artifact.verify()
        return artifact, load_dataset(artifact)
    except NotFoundError:
        return None
    except IntegrityError as error:
        _log.warning("%s is damaged and is fetched again: %s", name, error.message)
        return None


def _result(artifact: Artifact, dataset: Dataset, *, already_there: bool) -> FetchResult:
    return FetchResult(
        dataset=dataset.name,
        path=artifact.path,
        users=len(dataset.users),
        items=len(dataset.items),
        ratings=len(dataset.ratings),
        record=artifact.manifest.about,
        already_there=already_there,
    )
