"""Time recli's training loop against Keras' own ``fit``: same data, split, network, batch size, epochs and loss.

Run it by ``make bench-speed``. The order of the two alternates, so that a machine that slows down or warms up treats
both alike; the medians are compared. Each fit pays for its own compiling.
"""

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from recli.core.metadata import Metadata
from recli.core.ratings import Ratings
from recli.core.split import SplitSpec
from recli.data.splits import make_split
from recli.models import backend, registry
from recli.models.embeddings import EmbeddingModel
from recli.models.recommender import TrainingData
from recli.operations.datasets import open_dataset
from recli.store import Store


def keras_fit(name: str, data: TrainingData, test: Ratings) -> tuple[float, float]:
    """Train the notebook's network as the notebook does; return seconds of ``fit``, and MAE on test rows, unclipped."""
    import keras

    keras.utils.set_random_seed(0)
    network = notebook_network(name, data.n_users + 1, data.n_items + 1)
    network.compile(optimizer="adam", loss="mae")
    watched = (inputs(data.validation), data.validation.values)
    started = time.perf_counter()
    network.fit(
        inputs(data.train),
        data.train.values,
        batch_size=64,
        epochs=10,
        validation_data=watched,
        shuffle=True,
        verbose=0,
    )
    seconds = time.perf_counter() - started
    predicted = network.predict(inputs(test), verbose=0)[:, 0]
    return seconds, float(np.abs(predicted - test.values).mean())


def recli_fit(name: str, data: TrainingData, test: Ratings) -> tuple[float, float]:
    """Train the same model by recli; return the same two numbers."""
    model = registry.create(registry.configure(name, {}))
    assert isinstance(model, EmbeddingModel)
    report = model.fit(data, lambda epoch: None)
    predicted = model.predict(test.user_nums, test.item_nums)
    return report.seconds, float(np.abs(predicted - test.values).mean())


def inputs(ratings: Ratings) -> list[Any]:
    """Return the rows of the two embedding tables."""
    return [ratings.user_nums + 1, ratings.item_nums + 1]


def notebook_network(name: str, n_users: int, n_items: int) -> Any:
    """Build the notebook's network with Keras' stock layers."""
    from keras import Input, Model, layers

    user, item = Input((), dtype="int32"), Input((), dtype="int32")
    vectors = [layers.Embedding(n_users, 64)(user), layers.Embedding(n_items, 64)(item)]
    if name == "dot":
        return Model([user, item], layers.Dot(axes=1)(vectors))
    x = layers.Dropout(0.5)(layers.Concatenate()(vectors))
    x = layers.Dropout(0.5)(layers.Dense(64, activation="relu")(x))
    return Model([user, item], layers.Dense(1)(x))


def main() -> None:
    """Run both, several times in turn, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifacts", type=Path, default=Path("artifacts"))
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    ratings = (dataset := open_dataset(Store(options.artifacts), "ml-100k")).ratings
    rows = make_split(ratings, SplitSpec())
    data = TrainingData(
        len(dataset.users),
        len(dataset.items),
        ratings.take(rows.train),
        ratings.take(rows.validation),
        dataset.scale,
        Metadata.of(dataset),
    )
    backend.start()
    print("| model | Keras fit, s | recli, s | ratio | Keras test MAE | recli test MAE |")
    print("|---|--:|--:|--:|--:|--:|")
    for name in ("dot", "deep"):
        runs = [(keras_fit(name, data, ratings.take(rows.test)), recli_fit(name, data, ratings.take(rows.test)))
                for _ in range(options.runs)]  # fmt: skip
        keras_seconds, recli_seconds = (statistics.median(run[side][0] for run in runs) for side in (0, 1))
        keras_mae, recli_mae = (statistics.median(run[side][1] for run in runs) for side in (0, 1))
        ratio = keras_seconds / recli_seconds
        print(
            f"| {name} | {keras_seconds:.1f} | {recli_seconds:.1f} | {ratio:.1f} | {keras_mae:.4f} | {recli_mae:.4f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
