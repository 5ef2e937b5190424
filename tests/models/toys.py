"""Training data that tests make by hand."""

import numpy as np

from recli.core.metadata import Metadata
from recli.core.ratings import Ratings, RatingScale
from recli.models.recommender import TrainingData


def training_data(
    n_users: int,
    n_items: int,
    train: Ratings,
    validation: Ratings | None = None,
    *,
    scale: RatingScale | None = None,
    metadata: Metadata | None = None,
) -> TrainingData:
    """Nothing known but ratings, and nothing to watch, unless given; the scale is that of the training rows."""
    return TrainingData(
        n_users,
        n_items,
        train,
        train.take(np.arange(0)) if validation is None else validation,
        scale or RatingScale.of(train.values),
        metadata or Metadata.none(n_items),
    )
