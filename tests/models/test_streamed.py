"""Blocks of rows, and what row-wise Adagrad makes of them in ``dot``."""

import numpy as np
import pytest

from recli.core.errors import TrainingDivergedError, UsageError
from recli.core.ratings import Ratings
from recli.models import backend, memory, registry, streamed
from recli.models.adagrad import KEPT
from recli.models.configs import ADAGRAD, ADAM, MOST_BY_ADAM, DotConfig
from recli.models.streamed import shuffled_blocks
from tests.models.test_contract import ADDITIVE, pairs, silent, toy
from tests.models.test_training import data, fit
from tests.models.toys import training_data

BY_ADAGRAD = {"optimizer": "adagrad", "learning_rate": 0.05}


def test_blocks_hold_every_row_once_in_full_batches_but_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "BLOCK", 20)
    monkeypatch.setattr(streamed, "CHUNK", 4)
    columns = np.arange(50), np.arange(50) * 2
    rng = np.random.default_rng(0)
    epochs = [list(shuffled_blocks(columns, 6, rng)) for _ in range(2)]
    orders = [np.concatenate([block[0] for block in blocks]) for blocks in epochs]
    for blocks, order in zip(epochs, orders, strict=True):
        assert sorted(order) == list(range(50))
        assert all(len(block[0]) % 6 == 0 for block in blocks[:-1])
        assert all((block[1] == block[0] * 2).all() for block in blocks)
    assert not np.array_equal(*orders)


def test_few_rows_are_one_block_shuffled_as_a_whole() -> None:
    columns = (np.arange(10_000),)
    [(order,)] = shuffled_blocks(columns, 64, np.random.default_rng(0))
    assert abs(np.corrcoef(order, columns[0])[0, 1]) < 0.05


@pytest.mark.parametrize("loss", ["mae", "mse"])
def test_an_epoch_of_one_batch_is_one_step_against_the_gradient(loss: str) -> None:
    """Computed in float64, densely: the second epoch begins with a share of the first's sums."""
    stars = np.array([[4.0, np.nan, 2.0], [np.nan, 5.0, 1.0]])
    given, rate = toy(stars), 0.05
    model = registry.create(registry.configure("dot", BY_ADAGRAD | {"embedding_size": 3, "epochs": 2, "loss": loss}))
    backend.start()
    users, items = (np.array(w, np.float64) for w in model.network(2, 3).get_weights())
    sums = np.zeros(3), np.zeros(4)
    known = np.pad(~np.isnan(stars), [(1, 0), (1, 0)])
    for _ in range(2):
        errors = np.where(known, users @ items.T - np.pad(np.nan_to_num(stars), [(1, 0), (1, 0)]), 0)
        slopes = (np.sign(errors) if loss == "mae" else 2 * errors) / known.sum()
        gradients = slopes @ items, slopes.T @ users
        for table, own, gradient in zip((users, items), sums, gradients, strict=True):
            own[:] = KEPT * own + (gradient**2).mean(axis=1)
            table -= rate * gradient / np.sqrt(own + 1e-12)[:, None]
    model.fit(given, silent)
    assert model.save()["user_embedding"] == pytest.approx(users, abs=1e-5)
    assert model.save()["item_embedding"] == pytest.approx(items, abs=1e-5)


@pytest.mark.parametrize("loss", ["mae", "mse", "ordinal"])
def test_it_learns_what_users_and_items_add_up_to(loss: str) -> None:
    given = toy(ADDITIVE)
    model = registry.create(registry.configure(
        "dot", BY_ADAGRAD | {"embedding_size": 4, "epochs": 150, "batch_size": 4, "loss": loss}))  # fmt: skip
    report = model.fit(given, silent)
    assert model.predict(*pairs(given)) == pytest.approx(given.train.values, abs=0.35)
    assert report.history[-1].loss < report.history[0].loss / 5


def test_the_bits_do_not_depend_on_the_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    saved = []
    for n in (1, 2):
        monkeypatch.setattr(backend, "threads", lambda n=n: n)
        model, _ = fit("dot", data(), epochs=3, **BY_ADAGRAD)
        saved.append(model.save())
    for name, array in saved[0].items():
        assert np.array_equal(array, saved[1][name]), name


def test_patience_keeps_the_weights_of_the_best_epoch() -> None:
    given = data(200, n_validation=80)
    model, report = fit("dot", given, epochs=200, patience=3, optimizer="adagrad", learning_rate=0.3)
    losses = [epoch.val_loss for epoch in report.history]
    assert report.stopped_early
    assert report.best_epoch == int(np.argmin(losses)) + 1 < len(losses)
    errors = np.abs(model.predict(given.validation.user_nums, given.validation.item_nums) - given.validation.values)
    assert errors.mean() == pytest.approx(min(losses), rel=1e-5)


def test_a_loss_that_is_no_number_stops_training() -> None:
    with pytest.raises(TrainingDivergedError):
        fit("dot", data(), optimizer="adagrad", learning_rate=1e30, epochs=5)


def test_many_rows_are_adagrads_and_what_is_given_stays() -> None:
    def settled(n: int, **parameters: float | str) -> dict[str, object]:
        return DotConfig(**parameters).settled(n).parameters()

    assert settled(MOST_BY_ADAM).items() >= {"optimizer": "adam", **ADAM}.items()
    assert settled(MOST_BY_ADAM + 1, epochs=3).items() >= {"optimizer": "adagrad", "epochs": 3, **ADAGRAD}.items()
    assert settled(MOST_BY_ADAM + 1, batch_size=64).items() >= (
        ADAGRAD | {"optimizer": "adagrad", "batch_size": 64}).items()  # fmt: skip
    assert settled(10, optimizer="adagrad", learning_rate=0.1).items() >= (
        ADAGRAD | {"optimizer": "adagrad", "learning_rate": 0.1}).items()  # fmt: skip
    assert settled(MOST_BY_ADAM + 1, optimizer="adam").items() >= {"optimizer": "adam", **ADAM}.items()
    with pytest.raises(UsageError, match="--optimizer must be auto, adam or adagrad, not sgd"):
        DotConfig(optimizer="sgd")


def test_a_fit_says_which_optimizer_it_was() -> None:
    model, _ = fit("dot", data(), epochs=1)
    assert model.config.parameters()["optimizer"] == "adam"


def test_adagrad_needs_less_memory_than_adam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: 50_000)
    one = Ratings(np.zeros(1, np.int32), np.zeros(1, np.int32), np.ones(1, np.float32), np.zeros(1, np.int64))
    # 27 rows of 64 numbers in 4 bytes: 6,912 bytes, of which Adam needs 7 copies and Adagrad 4.
    with pytest.raises(UsageError, match="GiB of memory"):
        fit("dot", training_data(15, 10, one), embedding_size=64, epochs=1)
    fit("dot", training_data(15, 10, one), embedding_size=64, epochs=1, optimizer="adagrad")
