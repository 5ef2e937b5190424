"""One training loop for every model that learns by gradients: a whole epoch is one compiled call.

Keras' ``fit`` returns to Python after each batch, which at batch 64 costs several times what the batch itself does.
Here the rows stay in memory as tensors and XLA compiles the loop over an epoch's batches; the arithmetic is that of
``fit``: the mean loss of a batch, Adam over whole tables, a shuffle an epoch, a shorter last batch. One thing differs:
where a batch holds a user or an item twice, Keras squares the parts of its gradient one by one for Adam's second
moment, and this loop squares their sum, as Adam is defined.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import TrainingDivergedError
from recli.core.run import Epoch
from recli.models.configs import GradientConfig
from recli.models.embeddings import Rows
from recli.models.recommender import FitReport

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

VALIDATION_BATCH = 8192
"""Rows scored at once while watching: large enough to be fast, small enough for any machine's memory."""


def train_network(
    network: "keras.Model", config: GradientConfig, rows: tuple[Rows, Rows], on_epoch: Callable[[Epoch], None]
) -> FitReport:
    """Fit a network to its training rows.

    Args:
        network: maps [(b,) user rows, (b,) item rows] to (b, 1) stars; its weights are changed in place.
        config: epochs, batch size, learning rate, loss, patience and the seed of the shuffles.
        rows: training and validation (user rows, item rows, stars); validation may be empty.
        on_epoch: called after each epoch.

    Returns:
        The history. With patience, the network ends with the weights of the best validation loss, else with the last.

    Raises:
        TrainingDivergedError: a loss is no finite number.
    """
    started = time.perf_counter()
    train, validation = rows
    epochs = _epochs(network, config, train, validation)
    history: list[Epoch] = []
    best = _Best(config.patience if len(validation[2]) else None)
    for epoch in epochs:
        _check_finite(epoch, config)
        history.append(epoch)
        on_epoch(epoch)
        best.see(epoch, network)
        if best.patience_is_over(epoch):
            break
    best.restore(network)
    seconds = time.perf_counter() - started
    return FitReport(seconds, tuple(history), best.epoch, stopped_early=len(history) < config.epochs)


def _epochs(network: "keras.Model", config: GradientConfig, train: Rows, validation: Rows) -> Iterator[Epoch]:
    """Train epoch by epoch for as long as the caller asks for the next."""
    rng = np.random.default_rng(config.seed)
    train_epoch = _compiled_epoch(network, config, train)
    validation_loss = _compiled_loss(network, config, validation) if len(validation[2]) else None
    for number in range(1, config.epochs + 1):
        started = time.perf_counter()
        loss = train_epoch(rng.permutation(len(train[2])))
        val_loss = validation_loss() if validation_loss else None
        yield Epoch(number, loss, val_loss, time.perf_counter() - started)


@dataclass
class _Best:
    """Remembers the weights of the best epoch so far; without patience, simply the last epoch's number."""

    patience: int | None
    epoch: int = 0
    loss: float = math.inf
    weights: list[NDArray[np.float32]] | None = None

    def see(self, epoch: Epoch, network: "keras.Model") -> None:
        if self.patience is None or epoch.val_loss is None:
            self.epoch = epoch.epoch
        elif epoch.val_loss < self.loss:
            self.epoch, self.loss, self.weights = epoch.epoch, epoch.val_loss, network.get_weights()

    def patience_is_over(self, epoch: Epoch) -> bool:
        return self.patience is not None and epoch.epoch - self.epoch >= self.patience

    def restore(self, network: "keras.Model") -> None:
        if self.weights is not None:
            network.set_weights(self.weights)


def _check_finite(epoch: Epoch, config: GradientConfig) -> None:
    if not (math.isfinite(epoch.loss) and (epoch.val_loss is None or math.isfinite(epoch.val_loss))):
        raise diverged(config, epoch.epoch)


def diverged(config: GradientConfig, epoch: int) -> TrainingDivergedError:
    """Make the error to raise where a loss, or what the weights predict, is no finite number after an epoch."""
    return TrainingDivergedError(
        f"training diverged: epoch {epoch} at learning rate {config.learning_rate:g} gave no finite numbers",
        fix=f"recli train {config.model} --learning-rate {min(0.001, config.learning_rate / 10):g}",
    )


def _compiled_epoch(
    network: "keras.Model", config: GradientConfig, train: Rows
) -> Callable[[NDArray[np.int64]], float]:
    """Return a function that takes a permutation of the training rows, trains on it and returns the mean loss."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(config.learning_rate)
    variables = network.trainable_variables
    optimizer.build(variables)
    batch_size = min(config.batch_size, len(train[2]))
    columns = [tf.constant(column) for column in train]

    @tf.function(jit_compile=True)
    def epoch(order: "tf.Tensor", weights: "tf.Tensor") -> "tf.Tensor":
        total = tf.constant(0.0)
        for batch in tf.range(tf.shape(order)[0]):
            users, items, stars = (tf.gather(column, order[batch]) for column in columns)
            with tf.GradientTape() as tape:
                errors = _errors(network([users, items], training=True)[:, 0] - stars, config.loss) * weights[batch]
                summed = tf.reduce_sum(errors)
                loss = summed / tf.reduce_sum(weights[batch])
            gradients = [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, variables)]
            optimizer.apply(gradients, variables)
            total += summed
        return total

    def run(permutation: NDArray[np.int64]) -> float:
        order, weights = _batches(permutation, batch_size)
        return float(epoch(tf.constant(order), tf.constant(weights))) / len(permutation)

    return run


def _compiled_loss(network: "keras.Model", config: GradientConfig, rows: Rows) -> Callable[[], float]:
    """Return a function that gives the mean loss on some rows, without training."""
    import tensorflow as tf

    n = len(rows[2])
    columns = [tf.constant(column) for column in rows]
    order, weights = (tf.constant(part) for part in _batches(np.arange(n), min(n, VALIDATION_BATCH)))

    @tf.function(jit_compile=True)
    def summed() -> "tf.Tensor":
        total = tf.constant(0.0)
        for batch in tf.range(tf.shape(order)[0]):
            users, items, stars = (tf.gather(column, order[batch]) for column in columns)
            errors = _errors(network([users, items], training=False)[:, 0] - stars, config.loss)
            total += tf.reduce_sum(errors * weights[batch])
        return total

    return lambda: float(summed()) / n


def _errors(differences: "tf.Tensor", loss: str) -> "tf.Tensor":
    import tensorflow as tf

    return tf.abs(differences) if loss == "mae" else tf.square(differences)


def _batches(order: NDArray[np.int64], batch_size: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Cut an order into equal batches, as compiled code needs them.

    Returns:
        (b, batch_size) int32 rows, the last batch filled up with row 0, and float32 weights of the same shape: 1 for a
        row of the order, 0 for what fills up.
    """
    n_batches = math.ceil(len(order) / batch_size)
    rows = np.zeros(n_batches * batch_size, np.int32)
    weights = np.zeros(n_batches * batch_size, np.float32)
    rows[: len(order)], weights[: len(order)] = order, 1
    return rows.reshape(n_batches, batch_size), weights.reshape(n_batches, batch_size)
