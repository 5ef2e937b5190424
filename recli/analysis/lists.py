"""What stands in lists of recommendations, beyond whether it is right."""

import numpy as np
from numpy.typing import NDArray

from recli.core.judgement import ListMetrics


def list_metrics(lists: NDArray[np.integer], popularity: NDArray[np.integer], users: int) -> ListMetrics:
    """Describe the lists of u users.

    Novelty is the self-information of an item, log₂(users / ratings) (Zhou et al., *Solving the apparent
    diversity-accuracy dilemma of recommender systems*, PNAS 107(10), 2010); an item without training ratings counts as
    one with one. Lists without any item have novelty and popularity 0.

    Args:
        lists: (u, k) item nums; -1 fills up a shorter list.
        popularity: (n_items,) training ratings of each item of the catalogue, n_items ≥ 1.
        users: users with training rows.
    """
    listed = lists[lists >= 0]
    exposure = np.bincount(listed, minlength=len(popularity))
    raters = np.clip(popularity[listed], 1, max(users, 1))
    return ListMetrics(
        lists=len(lists),
        places=len(listed),
        catalogue=len(popularity),
        catalogue_coverage=float((exposure > 0).mean()),
        gini=gini(exposure),
        novelty=float(np.log2(max(users, 1) / raters).mean()) if len(listed) else 0.0,
        mean_popularity=float(popularity[listed].mean()) if len(listed) else 0.0,
    )


def gini(counts: NDArray[np.integer]) -> float:
    """Return how unequal n counts are: 0 where all are equal, (n - 1) / n where one has everything.

    Gini, *Variabilità e mutabilità*, 1912: half the mean absolute difference, relative to the mean.
    """
    ascending, n = np.sort(counts).astype(np.float64), len(counts)
    total = ascending.sum()
    return float(((2 * np.arange(1, n + 1) - n - 1) @ ascending) / (n * total)) if total > 0 else 0.0
