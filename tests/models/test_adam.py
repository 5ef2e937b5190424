"""Deferred rows against Adam as it is written: every row moves at every step."""

import numpy as np
import pytest

from recli.models import backend
from recli.models.adam import BETA_1, BETA_2, EPSILON, Deferred, Dense, Slot, clock, updater

N_ROWS, N_STEPS, RATE = 6, 40, 0.01


def textbook(weight: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """Adam over (steps, rows, d) gradients, in float64."""
    first, second = np.zeros_like(weight), np.zeros_like(weight)
    for t, gradient in enumerate(gradients, start=1):
        first = BETA_1 * first + (1 - BETA_1) * gradient
        second = BETA_2 * second + (1 - BETA_2) * gradient**2
        weight = weight - RATE * (first / (1 - BETA_1**t)) / (np.sqrt(second / (1 - BETA_2**t)) + EPSILON)
    return weight


def test_a_rate_beyond_32_bits_is_infinite_without_a_warning() -> None:
    with np.errstate(over="raise"):
        assert np.isinf(clock(1e300, 0, 3).rates).all()


@pytest.mark.parametrize("way", [Dense(), Deferred()], ids=["dense", "deferred"])
def test_rows_that_rest_end_where_adam_takes_them(way: Dense | Deferred) -> None:
    backend.start()
    import tensorflow as tf

    rng = np.random.default_rng(0)
    rows = rng.integers(N_ROWS - 1, size=(N_STEPS, 2)).astype(np.int32)  # the last row is never touched
    values = rng.normal(size=(N_STEPS, 2, 3)).astype(np.float32)
    gradients = np.zeros((N_STEPS, N_ROWS, 3))
    for step in range(N_STEPS):
        np.add.at(gradients[step], rows[step], values[step])  # a row that comes twice gets both
    start = rng.normal(size=(N_ROWS, 3)).astype(np.float32)

    # Two epochs: what rests at the end of the first must have moved before the second.
    slot = Slot(tf.constant(start), (tf.zeros((N_ROWS, 3)), tf.zeros((N_ROWS, 3))))
    for before in (0, N_STEPS // 2):
        n = N_STEPS // 2
        time = clock(RATE, before, n)
        slot = way.begin(slot)
        for k in range(n):
            touched = tf.constant(rows[before + k])
            slot, held = way.refresh(slot, touched, tf.constant(k), time)
            slices = tf.IndexedSlices(values[before + k], touched, dense_shape=(N_ROWS, 3))
            slot = way.step(slot, held, slices, touched, tf.constant(k), time)
        slot = way.settle(slot, tf.constant(n), time)
    expected = textbook(start.astype(np.float64), gradients)
    assert np.asarray(slot.weight) == pytest.approx(expected, abs=2e-6)
    assert np.asarray(slot.weight)[-1] == pytest.approx(start[-1], abs=0)


def test_the_first_step_is_the_learning_rate_whatever_the_gradient() -> None:
    # Corrected for their start, the moments of one gradient g are g and g²: the step is rate * g / |g|. The clock puts
    # both corrections into the rate: 0.01 * sqrt(1 - 0.999) / (1 - 0.9).
    assert clock(0.01, 0, 1).rates == pytest.approx([0.01 * np.sqrt(0.001) / 0.1])


def test_what_is_left_of_a_moment_is_summed_over_the_steps_to_come() -> None:
    time, q = clock(0.01, 0, 3), 0.9 / np.sqrt(0.999)
    first, second, third = time.rates
    assert time.tails == pytest.approx(
        [q * first + q**2 * second + q**3 * third, q * second + q**2 * third, q * third, 0]
    )


def test_rows_are_deferred_where_a_batch_holds_few() -> None:
    assert isinstance(updater(n_rows=1000, n_touched=64), Deferred)
    assert isinstance(updater(n_rows=1000, n_touched=1024), Dense)
