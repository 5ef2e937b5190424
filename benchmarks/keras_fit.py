"""Time recli's training loop against Keras' own ``fit``: same data, split, network, batch size, epochs and loss.

Run it by ``make bench-speed``. Both train at the seed's settings, whatever recli's defaults are; the last column is
recli at its defaults. The three alternate, so that a machine that slows down or warms up treats all alike; the medians
are compared. Each of recli's fits pays for compiling: what earlier fits compiled is thrown away.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np

from recli.core.ratings import Ratings
from recli.core.split import SplitSpec
from recli.data.splits import make_split
from recli.models import backend, compiled, registry
from recli.models.embeddings import EmbeddingModel
from recli.models.recommender import TrainingData
from recli.operations.datasets import open_dataset
from recli.store import Store

SEED_SETTINGS = {"batch_size": 64, "learning_rate": 0.001, "epochs": 10, "loss": "mae"}


def keras_fit(name: str, data: TrainingData, test: Ratings) -> tuple[float, float]:
    """Train the notebook's network as the notebook does; return seconds of ``fit``, and MAE on test rows, unclipped."""
    import keras

    keras.utils.set_random_seed(0)
    network = notebook_network(name, data.n_users + 1, data.n_items + 1)
    optimizer = keras.optimizers.Adam(SEED_SETTINGS["learning_rate"])
    network.compile(optimizer=optimizer, loss=SEED_SETTINGS["loss"])
    watched = (inputs(data.validation), data.validation.values)
    started = time.perf_counter()
    network.fit(
        inputs(data.train),
        data.train.values,
        batch_size=SEED_SETTINGS["batch_size"],
        epochs=SEED_SETTINGS["epochs"],
        validation_data=watched,
        shuffle=True,
        verbose=0,
    )
    seconds = time.perf_counter() - started
    predicted = network.predict(inputs(test), verbose=0)[:, 0]
    return seconds, float(np.abs(predicted - test.values).mean())


def recli_fit(name: str, settings: dict[str, Any], data: TrainingData, test: Ratings) -> tuple[float, float]:
    """Train the same model by recli; return the same two numbers."""
    compiled.forget()
    model = registry.create(registry.configure(name, settings))
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
    rows = make_split(dataset, SplitSpec())
    data = TrainingData.of(dataset, rows.train, rows.validation)
    backend.start()
    print("| model | Keras fit, s | recli, s | ratio | Keras test MAE | recli test MAE | recli's defaults, s | MAE |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name in ("dot", "deep"):
        runs = [three_fits(name, data, ratings.take(rows.test)) for _ in range(options.runs)]
        (keras_s, keras_mae), (seed_s, seed_mae), (own_s, own_mae) = np.median(runs, axis=0)
        print(
            f"| {name} | {keras_s:.1f} | {seed_s:.1f} | {keras_s / seed_s:.1f} | {keras_mae:.4f} | {seed_mae:.4f}"
            f" | {own_s:.1f} | {own_mae:.4f} |",
            flush=True,
        )


def three_fits(name: str, data: TrainingData, test: Ratings) -> list[tuple[float, float]]:
    """Return seconds and test MAE of Keras, of recli at the same settings, and of recli at its defaults."""
    return [
        keras_fit(name, data, test),
        recli_fit(name, SEED_SETTINGS, data, test),
        recli_fit(name, {}, data, test),
    ]


if __name__ == "__main__":
    main()
