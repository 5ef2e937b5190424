"""A dataset in numbers."""

from recli.core.reference import DEFAULT_DATASET
from recli.core.results.stats import StatsResult
from recli.data.summary import summarise
from recli.operations.datasets import open_dataset
from recli.store import Store


def stats(store: Store, dataset: str = DEFAULT_DATASET, *, n: int = 10) -> StatsResult:
    """Count, describe and rank a dataset of the store; ``n`` is how many of the most rated items to list.

    Raises:
        NotFoundError: the store does not have the dataset.
    """
    return summarise(open_dataset(store, dataset), n)
