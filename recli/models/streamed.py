"""Training of products of two vectors on many rows: shuffled blocks stream by, and batches move what they touch.

Batches of many thousand rows keep two threads busy: each scores a half, then one moves users' vectors and the other
items'. What is computed does not depend on how many threads there are. A further thread shuffles the next block.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.run import Epoch
from recli.models import backend
from recli.models.adagrad import KEPT, Floats, Rows, Table, Vector
from recli.models.arrays import checked
from recli.models.checkpoints import NOWHERE, Checkpoints
from recli.models.compiled import Columns
from recli.models.configs import GradientConfig
from recli.models.objectives import Objective
from recli.models.recommender import FitReport, OnEpoch
from recli.models.run import Run
from recli.models.training import Task, Trainer, batch_size_for, run_epochs

if TYPE_CHECKING:
    import tensorflow as tf

BLOCK = 2**20
"""Rows shuffled at once, about: some 12 MB."""
CHUNK = 4096
"""Neighbouring rows that come into a block together; which ones do is drawn for each epoch."""
AT_ONCE = 2048
"""Rows scored at once: the vectors of so many stay in a core's cache."""


@dataclass(frozen=True, eq=False)
class Tables:
    """All that training changes, as arrays of its own."""

    weights: tuple[Floats, ...]
    """(n_users + 1, d) and (n_items + 1, d), then what the objective learns."""
    sums: tuple[Floats, ...]
    """Adagrad's: (n_users + 1,) and (n_items + 1,), then one for each number that the objective learns."""

    @classmethod
    def start(cls, task: Task) -> Self:
        """Return the state before the first step."""
        own = [np.array(variable.numpy(), np.float32) for variable in task.network.trainable_variables]
        rest = task.objective.weights()
        sums = [np.zeros(len(table), np.float32) for table in (*own, *rest)]
        return cls((*own, *rest), tuple(sums))

    def begun(self) -> Self:
        """Return the state at the start of the next epoch, apart from this one."""
        return type(self)(tuple(w.copy() for w in self.weights), tuple(s * np.float32(KEPT) for s in self.sums))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return every array by name; ``of`` makes them a state again."""
        return {f"{kind}{k}": array for kind, own in self._kinds() for k, array in enumerate(own)}

    def of(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the state of the same task that ``arrays`` described.

        Raises:
            IntegrityError: an array is missing, has another shape or dtype than here, or is not finite.
        """
        weights, sums = (
            tuple(checked(arrays, {f"{kind}{k}": array.shape for k, array in enumerate(own)}).values())
            for kind, own in self._kinds()
        )
        return type(self)(weights, sums)

    def _kinds(self) -> tuple[tuple[str, tuple[Floats, ...]], tuple[str, tuple[Floats, ...]]]:
        return ("weight", self.weights), ("sum", self.sums)


def train_streamed(
    task: Task, config: GradientConfig, on_epoch: OnEpoch, checkpoints: Checkpoints = NOWHERE
) -> tuple[FitReport, list[NDArray[np.float32]]]:
    """Fit two tables of vectors, whose products are the network's output, by row-wise Adagrad.

    Args:
        task: a network of two tables and their dot product, which stays as it is; objective and rows.
        config: epochs, batch size, learning rate, patience and the seed of the shuffles.
        on_epoch: called after each epoch.
        checkpoints: where to go on from, and what to tell how far it is.

    Returns:
        The history, and the weights: users' table, items' table, those of the objective. With patience they are those
        of the best validation loss, else the last.

    Raises:
        TrainingDivergedError: a loss is no finite number.
        IntegrityError: there is something to go on from, but it does not fit the task.
    """
    with ThreadPoolExecutor(1) as helper, ThreadPoolExecutor(1) as feeder:
        stream = _Stream(task, config, _both(helper), feeder)
        trainer = Trainer(lambda: Tables.start(task), stream.epoch, watched=len(task.validation[0]) > 0)
        return run_epochs(trainer, config, on_epoch, checkpoints)


Both = Callable[[Callable[[], None], Callable[[], None]], None]
"""Does two things that do not disturb each other."""


def _both(helper: ThreadPoolExecutor) -> Both:
    """Return a way to do two things, at the same time where this process may use two cores."""

    def in_turn(one: Callable[[], None], other: Callable[[], None]) -> None:
        one()
        other()

    def at_once(one: Callable[[], None], other: Callable[[], None]) -> None:
        waiting = helper.submit(one)
        other()
        waiting.result()

    return at_once if backend.threads() > 1 else in_turn


class _Stream:
    """Epochs of one fit."""

    def __init__(self, task: Task, config: GradientConfig, both: Both, feeder: ThreadPoolExecutor) -> None:
        self._task, self._config, self._both, self._feeder = task, config, both, feeder
        self._slopes = _slopes(task.objective)
        self._batch_size = batch_size_for(config.batch_size, task.n_train)
        width = task.network.trainable_variables[0].shape[1]
        most = max(self._batch_size, AT_ONCE)
        self._vectors = np.empty((most, width), np.float32), np.empty((most, width), np.float32)
        self._scores = np.empty(most, np.float32)

    def epoch(self, run: Run[Tables]) -> tuple[Epoch, Tables]:
        """Train the epoch that comes next, in place of what the last one left."""
        started, total = time.perf_counter(), 0.0
        state = run.state.begun()
        tables = tuple(Table(*parts) for parts in zip(state.weights[:2], state.sums[:2], strict=True))
        rest = [Vector(*parts) for parts in zip(state.weights[2:], state.sums[2:], strict=True)]
        for block in self._ahead(shuffled_blocks(self._task.columns(run.rng), self._batch_size, run.rng)):
            for start in range(0, len(block[0]), self._batch_size):
                batch = tuple(column[start : start + self._batch_size] for column in block)
                total += self._step(tables, rest, batch)
        val_loss = self._mean_loss(tables, rest, self._task.validation) if run.watched else None
        number = len(run.history) + 1
        return Epoch(number, total / self._task.n_train, val_loss, time.perf_counter() - started), state

    def _ahead(self, blocks: Iterator[Columns]) -> Iterator[Columns]:
        """Yield blocks while the feeder makes the one that follows."""
        coming = self._feeder.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = self._feeder.submit(next, blocks, None)
            yield block

    def _step(self, tables: tuple[Table, ...], rest: list[Vector], batch: Columns) -> float:
        """Train on a batch and return the sum of its losses."""
        users, items, targets = batch
        losses, slopes, gradients = self._slopes(self._score(tables, users, items), targets, rest)
        of_users, of_items = (vectors[: len(users)] for vectors in self._vectors)
        rate = self._config.learning_rate
        self._both(
            lambda: tables[0].step(users, slopes, of_items, rate),
            lambda: tables[1].step(items, slopes, of_users, rate),
        )
        for vector, gradient in zip(rest, gradients, strict=True):
            vector.step(gradient, rate)
        return float(losses.sum(dtype=np.float64))

    def _score(self, tables: tuple[Table, ...], users: Rows, items: Rows) -> Floats:
        """Return (b,) products; their vectors are kept until the next call."""
        half = len(users) // 2
        self._both(
            lambda: self._score_part(tables, users, items, 0, half),
            lambda: self._score_part(tables, users, items, half, len(users)),
        )
        return self._scores[: len(users)]

    def _score_part(self, tables: tuple[Table, ...], users: Rows, items: Rows, start: int, stop: int) -> None:
        for first in range(start, stop, AT_ONCE):
            part = slice(first, min(first + AT_ONCE, stop))
            for table, rows, vectors in zip(tables, (users, items), self._vectors, strict=True):
                # Rows are known to exist: "clip" spares take a copy of its output.
                table.weight.take(rows[part], axis=0, out=vectors[part], mode="clip")
            with np.errstate(all="ignore"):
                np.einsum("md,md->m", self._vectors[0][part], self._vectors[1][part], out=self._scores[part])

    def _mean_loss(self, tables: tuple[Table, ...], rest: list[Vector], columns: Columns) -> float:
        n, total = len(columns[0]), 0.0
        for start in range(0, n, len(self._scores)):
            users, items, targets = (column[start : start + len(self._scores)] for column in columns)
            losses, *_ = self._slopes(self._score(tables, users, items), targets, rest)
            total += float(losses.sum(dtype=np.float64))
        return total / n


Slopes = Callable[[Floats, NDArray[Any], list[Vector]], tuple[Floats, Floats, list[Floats]]]
"""Scores, targets, what the objective learns → (b,) losses, and the derivatives of their mean by scores and by that."""


def _slopes(objective: Objective) -> Slopes:
    """Let TensorFlow differentiate an objective by the scores of a batch."""
    import tensorflow as tf

    def derivatives(scores: "tf.Tensor", targets: "tf.Tensor", rest: "list[tf.Tensor]") -> Any:
        with tf.GradientTape() as tape:
            tape.watch([scores, *rest])
            losses, _ = objective.losses(lambda *rows: scores, (scores, scores, targets), (), rest)
            loss = tf.reduce_mean(losses)
        return losses, tape.gradient(loss, [scores, *rest], unconnected_gradients="zero")

    compiled = tf.function(derivatives, autograph=False, reduce_retracing=True)

    def slopes(scores: Floats, targets: NDArray[Any], rest: list[Vector]) -> tuple[Floats, Floats, list[Floats]]:
        given = [tf.constant(vector.weight) for vector in rest]
        losses, (own, *others) = compiled(tf.constant(scores), tf.constant(targets), given)
        return losses.numpy(), own.numpy(), [tf.convert_to_tensor(other).numpy() for other in others]

    return slopes


def shuffled_blocks(columns: Columns, batch_size: int, rng: np.random.Generator) -> Iterator[Columns]:
    """Yield (n,) columns in another order, some rows at a time.

    Chunks of neighbouring rows are drawn into blocks and the rows of a block shuffled: nearly as good as a shuffle of
    all, and memory is read in order. Rows that are no more than a block are shuffled as a whole.

    Args:
        columns: (n,) each.
        batch_size: every block but the last is a multiple of it.
        rng: draws chunks and order.
    """
    n, left = len(columns[0]), np.zeros(0, np.int32)
    chunks = rng.permutation(math.ceil(n / CHUNK))
    per_block = math.ceil(max(BLOCK, batch_size) / CHUNK)
    for first in range(0, len(chunks), per_block):
        starts = chunks[first : first + per_block] * CHUNK
        drawn = [np.arange(start, min(start + CHUNK, n), dtype=np.int32) for start in starts]
        rows = np.concatenate([left, *drawn])
        rng.shuffle(rows)
        is_last = first + per_block >= len(chunks)
        whole = len(rows) if is_last else len(rows) // batch_size * batch_size
        left = rows[whole:]
        yield tuple(column.take(rows[:whole]) for column in columns)
