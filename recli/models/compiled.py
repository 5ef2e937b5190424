"""The compiled epoch, kept for later fits of the same shapes: compiling takes as long as several epochs."""

import dataclasses
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.models.adam import Clock, Deferred, Dense, Slot, updater
from recli.models.arrays import checked
from recli.models.configs import GradientConfig
from recli.models.objectives import Objective

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

KEPT = 8
"""Loops that stay compiled: enough for the models of a comparison, few enough to bound memory."""

VALIDATION_BATCH = 8192
"""Rows scored at once while watching: large enough to be fast, small enough for any machine's memory."""

Columns = tuple[NDArray[Any], ...]
"""What the rows to train on consist of, (n,) or (batches, batch) each."""

_loops: OrderedDict[Hashable, "Loop"] = OrderedDict()


@dataclass(frozen=True, eq=False)
class State:
    """All that training changes, as tensors."""

    weights: Any
    """The network's trainable weights in its order, then those of the objective."""
    moments: Any
    """Adam's first and second moments of each weight."""
    others: Any
    """The network's other variables: states of random generators, tables that stay as they are."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return every tensor by name; ``of`` makes them a state again."""
        named = {f"weight{k}": weight for k, weight in enumerate(self.weights)}
        for k, pair in enumerate(self.moments):
            named |= {f"moment{k}_{order}": moment for order, moment in enumerate(pair, 1)}
        named |= {f"other{k}": other for k, other in enumerate(self.others)}
        return {name: np.asarray(tensor) for name, tensor in named.items()}

    def of(self, arrays: Mapping[str, NDArray[Any]]) -> "State":
        """Return the state of the same network that ``arrays`` described.

        Raises:
            IntegrityError: an array is missing, has another shape or dtype than here, or is not finite.
        """
        import tensorflow as tf

        found: dict[str, Any] = {}
        for name, own in self.arrays().items():
            found |= checked(arrays, {name: own.shape}, own.dtype)
        tensors = {name: tf.constant(array) for name, array in found.items()}
        moments = [(tensors[f"moment{k}_1"], tensors[f"moment{k}_2"]) for k in range(len(self.moments))]
        weights, others = ([tensors[f"{kind}{k}"] for k in range(len(own))]
                           for kind, own in (("weight", self.weights), ("other", self.others)))  # fmt: skip
        return State(weights, moments, others)


class Loop:
    """Compiled training of one architecture on one objective; weights come and go as arguments."""

    def __init__(self, network: "keras.Model", objective: Objective) -> None:
        import tensorflow as tf

        self._network, self._objective = network, objective
        self._n_own = len(network.trainable_variables)
        self._epoch = tf.function(self._train_epoch, autograph=False, jit_compile=True)

    def start(self, network: "keras.Model", objective: Objective) -> State:
        """Return the state before the first step of a fit: its own network's weights."""
        import tensorflow as tf

        weights = [tf.convert_to_tensor(v.value) for v in network.trainable_variables]
        weights += [tf.constant(array) for array in objective.weights()]
        moments = [(tf.zeros_like(weight), tf.zeros_like(weight)) for weight in weights]
        return State(weights, moments, [tf.convert_to_tensor(v.value) for v in network.non_trainable_variables])

    def train(
        self, state: State, columns: Columns, present: NDArray[np.float32], time: Clock, n_batches: int
    ) -> tuple[State, float]:
        """Train one epoch.

        Args:
            state: where to start.
            columns: (b, batch) each, row by row what the objective needs.
            present: (b, batch) weights of the rows: 1, or 0 for what only fills up.
            time: of b steps.
            n_batches: how many of the b batches to train on.

        Returns:
            The state afterwards, and the sum of the losses of all rows.
        """
        import tensorflow as tf

        given = [tf.constant(array) for array in (*columns, present)]
        slots = [Slot(*parts) for parts in zip(state.weights, state.moments, strict=True)]
        slots, others, total = self._epoch(
            slots, state.others, given, Clock(*map(tf.constant, time)), tf.constant(n_batches)
        )
        return State([s.weight for s in slots], [s.moments for s in slots], others), float(total)

    def mean_loss(self, state: State, columns: Columns) -> float:
        """Return the mean loss on (n,) rows, n ≥ 1, without training: too few calls to be worth compiling."""
        import tensorflow as tf

        n, total = len(columns[0]), 0.0
        for start in range(0, n, VALIDATION_BATCH):
            batch = [tf.constant(column[start : start + VALIDATION_BATCH]) for column in columns]
            losses, *_ = self._losses(state.weights, state.others, batch, training=False)
            total += float(tf.reduce_sum(losses))
        return total / n

    def _train_epoch(
        self, slots: list[Slot], others: Any, given: "list[tf.Tensor]", time: Clock, n_batches: "tf.Tensor"
    ) -> Any:
        import tensorflow as tf

        *columns, present = given
        ways = self._ways(slots, [column[0] for column in columns])

        def step(k: "tf.Tensor", slots: list[Slot], others: Any, total: "tf.Tensor") -> Any:
            batch = [column[k] for column in columns]
            rows = self._touched(batch, len(slots))
            ready = [way.refresh(s, r, k, time) for way, s, r in zip(ways, slots, rows, strict=True)]
            slots, held = [slot for slot, _ in ready], [rest for _, rest in ready]
            weights = [slot.weight for slot in slots]
            with tf.GradientTape() as tape:
                tape.watch(weights)
                losses, penalties, others = self._losses(weights, others, batch, training=True)
                summed = tf.reduce_sum(losses * present[k])
                loss = (summed + tf.reduce_sum(penalties * present[k])) / tf.reduce_sum(present[k])
            gradients = tape.gradient(loss, weights, unconnected_gradients="zero")
            steps = zip(ways, slots, held, gradients, rows, strict=True)
            return k + 1, [way.step(s, h, g, r, k, time) for way, s, h, g, r in steps], others, total + summed

        def more(k: "tf.Tensor", *_: Any) -> Any:
            return k < n_batches

        begun = [way.begin(slot) for way, slot in zip(ways, slots, strict=True)]
        start = (tf.constant(0), begun, others, tf.constant(0.0))
        _, slots, others, total = tf.while_loop(more, step, start)
        return [way.settle(slot, n_batches, time) for way, slot in zip(ways, slots, strict=True)], others, total

    def _touched(self, batch: "list[tf.Tensor]", n_weights: int) -> "list[tf.Tensor | None]":
        """Return for each weight the rows that a batch reads of it; ``None`` for one that is no table of embeddings."""
        users, items = self._objective.touched(batch)
        of_table = {"user_embedding": users, "item_embedding": items, "item_bias": items}
        names = [variable.path.split("/")[0] for variable in self._network.trainable_variables]
        return [of_table.get(name) for name in names] + [None] * (n_weights - len(names))

    def _ways(self, slots: list[Slot], batch: "list[tf.Tensor]") -> list[Dense | Deferred]:
        return [
            Dense() if rows is None else updater(slot.weight.shape[0], rows.shape[0])
            for slot, rows in zip(slots, self._touched(batch, len(slots)), strict=True)
        ]

    def _losses(self, weights: Any, others: Any, batch: "list[tf.Tensor]", *, training: bool) -> Any:
        """Return (b,) losses, (b,) penalties, and the network's other variables after the call."""
        own, rest = weights[: self._n_own], weights[self._n_own :]
        kept = list(others)

        def score(*inputs: "tf.Tensor") -> "tf.Tensor":
            output, kept[:] = self._network.stateless_call(own, kept, list(inputs), training=training)
            return output[:, 0]

        return *self._objective.losses(score, batch, own, rest), kept


def compiled_loop(network: "keras.Model", objective: Objective, config: GradientConfig) -> Loop:
    """Return the loop for networks of this shape, compiled by an earlier fit where there was one.

    Seed, learning rate, epochs and patience are no part of what is compiled: folds and seeds share one loop.
    """
    plain = dataclasses.replace(config, seed=0, learning_rate=1.0, epochs=1, patience=None)
    shapes = tuple(tuple(variable.shape) for variable in network.variables)
    return _kept((plain, shapes, objective.key), partial(Loop, network, objective))


def forget() -> None:
    """Throw away what is compiled: the next fit pays for compiling again."""
    _loops.clear()


def _kept(key: Hashable, make: Callable[[], Loop]) -> Loop:
    loop = _loops.pop(key, None) or make()
    _loops[key] = loop  # the latest used stands last
    while len(_loops) > KEPT:
        _loops.popitem(last=False)
    return loop
