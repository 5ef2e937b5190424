"""Adam inside compiled code, in two ways that give the same numbers: every row at each step, or only those in use.

Kingma and Ba, *Adam: a method for stochastic optimization*, ICLR 2015. Adam moves a row of a table even at steps that
give it no gradient: its moments decay, and what is left of them pushes on. A small batch touches few rows, so moving
all of them is most of the work. ``Deferred`` lets a row rest until a batch needs it, and then makes up for the steps
that it missed in closed form. It is not "lazy" Adam, which leaves those steps out.

Missed steps i = l + 1 … t move a row by ``-m β₁ⁱ⁻ˡ rateᵢ / (√(v β₂ⁱ⁻ˡ) + ε)``. With ``ε`` decaying like ``√v`` that is
``-m / (√v + ε)`` times a sum over steps alone, ``Σ rateᵢ qⁱ⁻ˡ`` where ``q = β₁ / √β₂``. As ``β₁`` forgets the moment in
some fifty steps and ``√β₂`` hardly changes in them, the difference is below 2 % of ``ε / (√v + ε)`` of the move.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import tensorflow as tf

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7
"""How slowly the moments forget, and what keeps the quotient finite: Keras' defaults."""
_Q = BETA_1 / BETA_2**0.5

ROWS, PAIRS = 8, 1 / 32
"""Work that deferring takes for each row and each pair of rows in a batch, in rows that ``Dense`` moves meanwhile."""


class Clock(NamedTuple):
    """What depends on the step alone, for the n steps of an epoch; arrays or tensors."""

    rates: Any
    """(n,) step sizes, with the correction for moments that started from zero."""
    tails: Any
    """(n + 1,) after k steps: the sum of the coming rates, each times a power of q."""
    powers: Any
    """(n + 1, 3) powers of β₁, of β₂ and of q."""


def clock(learning_rate: float, before: int, n: int) -> Clock:
    """Make the clock of an epoch of n steps that follows ``before`` others."""
    steps = np.arange(before + 1, before + n + 1, dtype=np.float64)
    rates = learning_rate * np.sqrt(1 - BETA_2**steps) / (1 - BETA_1**steps)
    tails = np.zeros(n + 1)
    for k in range(n - 1, -1, -1):
        tails[k] = _Q * (rates[k] + tails[k + 1])
    powers = np.array([BETA_1, BETA_2, _Q]) ** np.arange(n + 1)[:, None]
    with np.errstate(over="ignore"):  # a rate that is infinite in 32 bits gives a loss that stops training
        return Clock(*(array.astype(np.float32) for array in (rates, tails, powers)))


class Slot(NamedTuple):
    """One weight in training."""

    weight: Any
    moments: Any
    """Adam's first and second moments, of the weight's shape each."""
    current: Any = ()
    """(n,) steps of the epoch that each row of a deferred table has taken."""


class Dense:
    """Moves the whole weight at each step."""

    def begin(self, slot: Slot) -> Slot:
        """Start an epoch."""
        return slot

    def refresh(self, slot: Slot, rows: "tf.Tensor", k: "tf.Tensor", time: Clock) -> tuple[Slot, Any]:
        """Make rows ready to be read at step k; return with them what ``step`` wants."""
        return slot, None

    def step(self, slot: Slot, held: Any, gradient: Any, rows: "tf.Tensor", k: "tf.Tensor", time: Clock) -> Slot:
        """Take step k, counted from 0."""
        import tensorflow as tf

        first, second = slot.moments
        return Slot(*_moved(slot.weight, first, second, tf.convert_to_tensor(gradient), time.rates[k]))

    def settle(self, slot: Slot, n: "tf.Tensor", time: Clock) -> Slot:
        """Bring every row up to the end of an epoch of n steps."""
        return slot


class Deferred:
    """Moves those rows of a table that a batch holds. Rows may repeat: equal rows get equal numbers."""

    def begin(self, slot: Slot) -> Slot:
        """Start an epoch: no row has missed a step. Moments lie side by side in it, to be moved as one."""
        import tensorflow as tf

        return Slot(slot.weight, tf.concat(slot.moments, 1), tf.zeros(tf.shape(slot.weight)[0], tf.int32))

    def refresh(self, slot: Slot, rows: "tf.Tensor", k: "tf.Tensor", time: Clock) -> tuple[Slot, Any]:
        """Make up for the steps that the rows missed before step k."""
        import tensorflow as tf

        weight, moments, last = (tf.gather(part, rows) for part in slot)
        held = _caught_up(weight, moments, last, k, time)
        return slot._replace(weight=_put(slot.weight, rows, held[0])), held

    def step(self, slot: Slot, held: Any, gradient: Any, rows: "tf.Tensor", k: "tf.Tensor", time: Clock) -> Slot:
        """Take step k with the rows; the gradient consists of ``IndexedSlices`` among them."""
        import tensorflow as tf

        # Sums what belongs to the same row by a product: adding it up in a table would copy the table at each step.
        same = tf.cast(rows[:, None] == gradient.indices[None, :], tf.float32)
        weight, first, second = held
        weight, moments = _moved(weight, first, second, same @ gradient.values, time.rates[k])
        new = weight, tf.concat(moments, 1), tf.fill(tf.shape(rows), k + 1)
        return Slot(*(_put(part, rows, value) for part, value in zip(slot, new, strict=True)))

    def settle(self, slot: Slot, n: "tf.Tensor", time: Clock) -> Slot:
        """Make up for what every row missed until the end of the epoch."""
        weight, *moments = _caught_up(slot.weight, slot.moments, slot.current, n, time)
        return Slot(weight, tuple(moments))


def updater(n_rows: int, n_touched: int) -> Dense | Deferred:
    """Choose the faster way for a table of which a batch touches some rows."""
    return Deferred() if n_touched * ROWS + n_touched**2 * PAIRS < n_rows else Dense()


def _moved(
    weight: "tf.Tensor", first: "tf.Tensor", second: "tf.Tensor", gradient: "tf.Tensor", rate: "tf.Tensor"
) -> "tuple[tf.Tensor, tuple[tf.Tensor, tf.Tensor]]":
    import tensorflow as tf

    first = BETA_1 * first + (1 - BETA_1) * gradient
    second = BETA_2 * second + (1 - BETA_2) * tf.square(gradient)
    return weight - rate * first / (tf.sqrt(second) + EPSILON), (first, second)


def _caught_up(
    weight: "tf.Tensor", moments: "tf.Tensor", last: "tf.Tensor", k: "tf.Tensor", time: Clock
) -> "tuple[tf.Tensor, tf.Tensor, tf.Tensor]":
    """Return weight and moments after k steps, of rows whose last step was ``last`` and that had no gradient since."""
    import tensorflow as tf

    first, second = tf.split(moments, 2, axis=1)
    powers = tf.gather(time.powers, k - last)
    rates = tf.gather(time.tails, last)[:, None] - powers[:, 2:] * time.tails[k]
    moved = weight - rates * first / (tf.sqrt(second) + EPSILON)
    return moved, powers[:, :1] * first, powers[:, 1:2] * second


def _put(table: "tf.Tensor", rows: "tf.Tensor", new: "tf.Tensor") -> "tf.Tensor":
    import tensorflow as tf

    return tf.tensor_scatter_nd_update(table, rows[:, None], new)
