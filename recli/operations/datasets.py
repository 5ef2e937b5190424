"""Datasets of the store, and what to do where one is missing."""

from recli.core.dataset import Dataset
from recli.core.errors import NotFoundError
from recli.core.reference import DEFAULT_DATASET
from recli.core.spelling import near
from recli.data.fetching.catalogue import catalogue
from recli.data.files import load_dataset
from recli.store import Store


def train_command(store: Store, model: str = "") -> str:
    """Return a command that trains on what the store has.

    Without a model that is the default, or where only other data is there, one that takes a moment on a little.
    """
    names = store.dataset_names()
    usual = DEFAULT_DATASET in names or not names
    words = ["recli train", model or ("" if usual else "dot"), "" if usual else f"--dataset {names[0]}"]
    return " ".join(filter(None, words))


def open_dataset(store: Store, name: str) -> Dataset:
    """Load a dataset.

    Raises:
        NotFoundError: the store does not have it; the fix says how to get it, if it can be fetched.
        IntegrityError: it is damaged.
    """
    try:
        return load_dataset(store.dataset(name))
    except NotFoundError as error:
        known = [dataset.name for dataset in catalogue()]
        meant = [name] if name in known else near(name, known)
        if not meant or meant[0] in error.candidates:
            raise
        wanted = "" if meant[0] == DEFAULT_DATASET else f" {meant[0]}"
        candidates = error.candidates if meant == [name] else dict.fromkeys((*meant, *near(name, error.candidates)))
        raise NotFoundError(error.message, fix=f"recli fetch{wanted}", candidates=tuple(candidates)) from error
