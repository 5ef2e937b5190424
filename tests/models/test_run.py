"""All that an epoch depends on, as arrays and back; and arrays that somebody else wrote."""

import math
from typing import Any

import numpy as np
import pytest

from recli.core.errors import IntegrityError
from recli.core.run import Epoch
from recli.models import backend
from recli.models.compiled import State
from recli.models.configs import DotConfig
from recli.models.run import Run, generator_of, words_of


def test_a_generator_goes_on_where_it_was_even_between_the_halves_of_a_word() -> None:
    rng = np.random.default_rng(3)
    rng.integers(10, size=3, dtype=np.int32)  # 32 bits at a time: the second half of a word is left over
    again = generator_of({"rng": words_of(rng)})
    assert rng.bit_generator.state["has_uint32"] == 1
    assert np.array_equal(rng.integers(99, size=5, dtype=np.int32), again.integers(99, size=5, dtype=np.int32))
    assert np.array_equal(rng.permutation(50), again.permutation(50))


def state(fill: float) -> State:
    import tensorflow as tf

    table = tf.fill((3, 2), fill)
    return State([table], [(table * 2, table * 3)], [tf.constant([7, 8], tf.uint32)])


def run(*val_losses: float | None) -> Run:
    """A run with patience 2, whose weights after epoch k are all k."""
    backend.start()
    config = DotConfig(patience=2, epochs=5)
    made = Run.start(state(0.0), config, watched=val_losses != (None,))
    for number, val_loss in enumerate(val_losses, 1):
        made.see(Epoch(number, 1 / number, val_loss, 0.25), state(float(number)))
    return made


def test_a_run_comes_back_with_its_history_and_its_best_weights() -> None:
    before, after = run(0.3, 0.1, 0.2), run()
    assert after.go_on(before.arrays(1.5), 5) == 1.5
    assert (after.history, after.best_epoch) == (before.history, 2)
    assert np.asarray(after.best_weights[0]).tolist() == [[2, 2]] * 3
    for name, array in before.state.arrays().items():
        assert np.array_equal(after.state.arrays()[name], array)
    assert not after.patience_is_over()
    after.see(Epoch(4, 0.1, 0.1, 0.25), state(4.0))  # no better: the second epoch to wait for
    assert after.patience_is_over()


def test_without_validation_rows_the_last_weights_come_back() -> None:
    before, after = run(None), run(None)
    after.go_on(before.arrays(0.0), 5)
    assert after.history[0].val_loss is None
    assert np.asarray(after.best_weights[0]).tolist() == [[1, 1]] * 3


WRONG: list[tuple[str, Any]] = [
    ("weight0", np.zeros((4, 2), np.float32)),
    ("weight0", np.zeros((3, 2), np.float64)),
    ("weight0", np.full((3, 2), math.nan, np.float32)),
    ("moment0_2", np.full((3, 2), math.inf, np.float32)),
    ("other0", np.zeros(2, np.int64)),
    ("best0", np.zeros((3, 1), np.float32)),
    ("rng", np.zeros(6, np.uint64)),  # the increment of a generator is odd
    ("rng", np.ones(5, np.uint64)),
    ("history", np.zeros((0, 3))),
    ("history", np.zeros((6, 3))),  # more epochs than the run has
    ("history", np.zeros(3)),
    ("history", np.full((3, 3), math.inf)),
    ("run", np.array([0.0, 1.0])),
    ("run", np.array([4.0, 1.0])),
    ("run", np.array([1.5, 1.0])),
    ("run", np.array([2.0, -1.0])),
    *((name, None) for name in ("weight0", "moment0_1", "other0", "best0", "rng", "history", "run")),
]


@pytest.mark.parametrize(("name", "array"), WRONG)
def test_arrays_that_no_run_left_are_refused_and_change_nothing(name: str, array: Any) -> None:
    arrays: dict[str, Any] = run(0.3, 0.1, 0.2).arrays(1.0) | {name: array}
    if array is None:
        del arrays[name]
    begun = run()
    with pytest.raises(IntegrityError, match=f"stored array {name}"):
        begun.go_on(arrays, 5)
    assert (begun.history, begun.best_epoch) == ([], 0)
    assert np.asarray(begun.state.weights[0]).tolist() == [[0, 0]] * 3
