"""One training loop for every model that learns by gradients: a whole epoch is one compiled call.

Keras' ``fit`` returns to Python after each batch, which at batch 64 costs several times what the batch itself does.
Here XLA compiles the loop over an epoch's batches, with the weights and Adam's moments as its variables. The arithmetic
is that of ``fit``: the mean loss of a batch, Adam over whole tables (``adam`` says how that need not touch them), a
shuffle an epoch, a shorter last batch. One thing differs: where a batch holds a user or an item twice, Keras squares
the parts of its gradient one by one for Adam's second moment, and this loop squares their sum, as Adam is defined.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import TrainingDivergedError
from recli.core.run import Epoch
from recli.models.adam import clock
from recli.models.checkpoints import NOWHERE, Checkpoints
from recli.models.compiled import Columns, Loop, State, compiled_loop
from recli.models.configs import GradientConfig
from recli.models.objectives import Objective
from recli.models.recommender import FitReport, OnEpoch
from recli.models.run import Run, Stopwatch
from recli.models.run import State as AnyState

if TYPE_CHECKING:
    import keras


STEPS = 64
"""Steps of an epoch at least: with few, a small data set's weights would hardly leave their start."""
SMALL_BATCH = 64
"""Rows that no step is made smaller than for that."""


@dataclass(frozen=True, eq=False)
class Task:
    """What to train: a network, what it is to reach, and on which rows."""

    network: "keras.Model"
    """Maps [(b,) user rows, (b,) item rows] to (b, 1)."""
    objective: Objective
    """Turns what the network says of rows into losses."""
    n_train: int
    """Training rows, at least 1."""
    columns: Callable[[np.random.Generator], Columns]
    """Returns the training rows of the coming epoch: (n_train,) user rows, item rows, targets, and what else the
    network takes."""
    validation: Columns
    """The same of the rows that watch; possibly none."""


def train_network(
    task: Task, config: GradientConfig, on_epoch: OnEpoch, checkpoints: Checkpoints = NOWHERE
) -> tuple[FitReport, list[NDArray[np.float32]]]:
    """Fit a network to its training rows.

    Args:
        task: the network, whose own weights are where training starts from and stay as they are; objective and rows.
        config: epochs, batch size, learning rate, patience and the seed of the shuffles.
        on_epoch: called after each epoch.
        checkpoints: where to go on from, and what to tell how far it is.

    Returns:
        The history, and the weights: the network's trainable ones in its order, then those of the objective. With
        patience they are those of the best validation loss, else the last.

    Raises:
        TrainingDivergedError: a loss is no finite number.
        IntegrityError: there is something to go on from, but it does not fit the task.
    """
    loop = compiled_loop(task.network, task.objective, config)
    trainer = Trainer(
        start=lambda: loop.start(task.network, task.objective),
        epoch=lambda run: _train_epoch(loop, task, config, run),
        watched=len(task.validation[0]) > 0,
    )
    return run_epochs(trainer, config, on_epoch, checkpoints)


_S = TypeVar("_S", bound=AnyState)


@dataclass(frozen=True, eq=False)
class Trainer(Generic[_S]):
    """One way to train a task."""

    start: Callable[[], _S]
    """Returns the state before the first step."""
    epoch: Callable[[Run[_S]], tuple[Epoch, _S]]
    """Trains the epoch that comes next; the state that the run has stays as it is."""
    watched: bool
    """Whether there are validation rows."""


def run_epochs(
    trainer: Trainer[_S], config: GradientConfig, on_epoch: OnEpoch, checkpoints: Checkpoints
) -> tuple[FitReport, list[NDArray[np.float32]]]:
    """Train until the epochs or the patience are over; as ``train_network``."""
    watch = Stopwatch()
    run = Run.start(trainer.start(), config, watched=trainer.watched)
    before = checkpoints.found(lambda arrays: run.go_on(arrays, config.epochs))
    watch.before = before or 0.0
    resumed_after = None if before is None else len(run.history)
    while len(run.history) < config.epochs and not run.patience_is_over():
        epoch, state = trainer.epoch(run)
        _check_finite(epoch, config)
        run.see(epoch, state)
        on_epoch(epoch)
        checkpoints.offer(epoch.epoch, lambda: run.arrays(watch.seconds()))
    stopped_early = len(run.history) < config.epochs
    report = FitReport(watch.seconds(), tuple(run.history), run.best_epoch, stopped_early, resumed_after)
    return report, [np.asarray(weight) for weight in run.best_weights]


def _train_epoch(loop: Loop, task: Task, config: GradientConfig, run: Run[State]) -> tuple[Epoch, State]:
    """Train the epoch that comes next."""
    started = time.perf_counter()
    number, n = len(run.history) + 1, task.n_train
    batch_size = batch_size_for(config.batch_size, n)
    n_batches = math.ceil(n / batch_size)
    order, present = _batches(run.rng.permutation(n), batch_size)
    columns = tuple(column[order] for column in task.columns(run.rng))
    steps = clock(config.learning_rate, (number - 1) * n_batches, len(order))
    state, total = loop.train(run.state, columns, present, steps, n_batches)
    val_loss = loop.mean_loss(state, task.validation) if len(task.validation[0]) else None
    return Epoch(number, total / n, val_loss, time.perf_counter() - started), state


def _check_finite(epoch: Epoch, config: GradientConfig) -> None:
    if not (math.isfinite(epoch.loss) and (epoch.val_loss is None or math.isfinite(epoch.val_loss))):
        raise diverged(config, epoch.epoch)


def diverged(config: GradientConfig, epoch: int) -> TrainingDivergedError:
    """Make the error to raise where a loss, or what the weights predict, is no finite number after an epoch."""
    return TrainingDivergedError(
        f"training diverged: epoch {epoch} at learning rate {config.learning_rate:g} gave no finite numbers",
        fix=f"recli train {config.model} --learning-rate {min(0.001, config.learning_rate / 10):g}",
    )


def batch_size_for(at_most: int, n: int) -> int:
    """Return the rows of a step: as many as are asked for, if that leaves an epoch of n rows enough steps."""
    return min(at_most, max(n // STEPS, SMALL_BATCH), n)


def _batches(order: NDArray[np.int64], batch_size: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Cut an order into equal batches, as compiled code needs them.

    Returns:
        (b, batch_size) int32 rows, the last batch filled up with row 0, and float32 weights of the same shape: 1 for a
        row of the order, 0 for what fills up. Batches that fill up b itself are never trained on.
    """
    n_batches = _rounded_up(math.ceil(len(order) / batch_size))
    rows = np.zeros(n_batches * batch_size, np.int32)
    weights = np.zeros(n_batches * batch_size, np.float32)
    rows[: len(order)], weights[: len(order)] = order, 1
    return rows.reshape(n_batches, batch_size), weights.reshape(n_batches, batch_size)


def _rounded_up(n: int) -> int:
    """Round to four binary digits, so that folds of almost equal size have equal shapes and share compiled code."""
    unit = 1 << max(0, n.bit_length() - 4)
    return math.ceil(n / unit) * unit
