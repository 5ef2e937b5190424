"""The compiled loop against Keras, and the numpy predictions against the networks that were trained."""

import numpy as np
import pytest

from recli.core.errors import TrainingDivergedError, UsageError
from recli.core.ratings import Ratings
from recli.core.run import Epoch
from recli.models import backend, compiled, registry
from recli.models.adam import Deferred, Dense, updater
from recli.models.embeddings import EmbeddingModel
from recli.models.recommender import FitReport, TrainingData
from recli.models.training import _batches, batch_size_for
from tests.models.toys import training_data

N_USERS, N_ITEMS = 30, 20


def data(n: int = 300, *, n_validation: int = 40, seed: int = 0) -> TrainingData:
    rng = np.random.default_rng(seed)
    users, items = rng.integers(N_USERS, size=n), rng.integers(N_ITEMS, size=n)
    stars = np.clip(np.round(3 + rng.normal(size=N_USERS)[users] + rng.normal(size=N_ITEMS)[items]), 1, 5)
    ratings = Ratings(users.astype(np.int32), items.astype(np.int32), stars.astype(np.float32), np.zeros(n, np.int64))
    cut = n - n_validation
    return training_data(N_USERS, N_ITEMS, ratings.take(np.arange(cut)), ratings.take(np.arange(cut, n)))


def fit(name: str, given: TrainingData, **parameters: float | str) -> tuple[EmbeddingModel, FitReport]:
    model = registry.create(registry.configure(name, {"embedding_size": 8, "batch_size": 32, **parameters}))
    assert isinstance(model, EmbeddingModel)
    return model, model.fit(given, lambda epoch: None)


@pytest.mark.parametrize("batch_size", [8, 2], ids=["every row at each step", "rows that rest"])
@pytest.mark.parametrize("loss", ["mae", "mse"])
def test_an_epoch_is_keras_own_arithmetic(loss: str, batch_size: int) -> None:
    """Same initial weights, same batches in the same order: the weights after two epochs are those of Keras' fit."""
    backend.start()
    import keras

    # Each user rates one item, so that no batch holds one twice: there Keras' sparse Adam squares the parts of a row's
    # gradient one by one, and recli the whole.
    n = np.arange(30, dtype=np.int32)
    train = Ratings(n, n[::-1].copy(), (1 + n % 5).astype(np.float32), np.zeros(30, np.int64))
    config = registry.configure(
        "dot", {"embedding_size": 8, "batch_size": batch_size, "epochs": 2, "learning_rate": 0.001, "loss": loss}
    )
    model = registry.create(config)
    assert isinstance(model, EmbeddingModel)
    network = model.network(30, 30)
    report = model.fit(training_data(30, 30, train), lambda epoch: None)

    network.compile(optimizer=keras.optimizers.Adam(config.parameters()["learning_rate"]), loss=loss)
    rng = np.random.default_rng(config.seed)
    losses = []
    for _ in range(2):
        rows = train.take(rng.permutation(30))
        inputs = [rows.user_nums + 1, rows.item_nums + 1]
        losses += network.fit(inputs, rows.values, batch_size=batch_size, shuffle=False, verbose=0).history["loss"]
    for ours, keras_own in zip(model.save().values(), network.get_weights(), strict=True):
        assert ours == pytest.approx(keras_own, abs=2e-6)  # two thousandths of a step
    assert [epoch.loss for epoch in report.history] == pytest.approx(losses, rel=1e-5)


@pytest.mark.parametrize(("name", "batch_size"), [("dot", 2), ("deep", 2), ("hybrid", 2), ("bpr", 1)])
def test_it_does_not_matter_whether_rows_rest(name: str, batch_size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = []

    def resting(n_rows: int, n_touched: int) -> Dense | Deferred:
        chosen.append(updater(n_rows, n_touched))
        return chosen[-1]

    loss = {} if name == "bpr" else {"loss": "mse"}
    weights = []
    for way in (resting, lambda n_rows, n_touched: Dense()):
        compiled.forget()
        monkeypatch.setattr(compiled, "updater", way)
        model, _ = fit(name, data(), batch_size=batch_size, epochs=2, **loss)
        weights.append(model.save())
    compiled.forget()
    assert all(isinstance(way, Deferred) for way in chosen)
    for array in weights[0]:
        assert weights[0][array] == pytest.approx(weights[1][array], abs=2e-4)


@pytest.mark.parametrize("name", ["dot", "deep"])
def test_numpy_predicts_what_the_network_predicts(name: str) -> None:
    given = data()
    model, _ = fit(name, given, epochs=2)
    network = model.network(N_USERS, N_ITEMS)
    network.set_weights(list(model.save().values()))
    users, items = given.train.user_nums, given.train.item_nums
    expected = network.predict([users + 1, items + 1], verbose=0)[:, 0]
    assert model.predict(users, items) == pytest.approx(expected, abs=1e-5)


def test_validation_loss_is_that_of_the_validation_rows() -> None:
    given = data()
    model, report = fit("dot", given, epochs=1)
    watched = given.validation
    errors = np.abs(model.predict(watched.user_nums, watched.item_nums) - watched.values)
    assert report.history[-1].val_loss == pytest.approx(errors.mean(), rel=1e-5)


def test_without_validation_rows_nothing_watches() -> None:
    _, report = fit("dot", data(n_validation=0), epochs=2)
    assert [epoch.val_loss for epoch in report.history] == [None, None]
    assert report.best_epoch == 2


def test_patience_stops_and_the_best_weights_are_kept() -> None:
    given = data(200, n_validation=80)
    model, report = fit("dot", given, epochs=200, learning_rate=0.05, patience=3)
    losses = [epoch.val_loss for epoch in report.history]
    assert report.stopped_early
    assert report.best_epoch == int(np.argmin(losses)) + 1
    assert len(losses) == report.best_epoch + 3
    watched = given.validation
    errors = np.abs(model.predict(watched.user_nums, watched.item_nums) - watched.values)
    assert errors.mean() == pytest.approx(min(losses), rel=1e-5)


def test_without_patience_every_epoch_is_trained_and_the_last_kept() -> None:
    _, report = fit("dot", data(), epochs=7, learning_rate=0.1)
    assert (len(report.history), report.best_epoch, report.stopped_early) == (7, 7, False)


def test_epochs_are_heard_of_as_they_end() -> None:
    heard: list[Epoch] = []
    model = registry.create(registry.configure("dot", {"epochs": 3, "embedding_size": 2}))
    report = model.fit(data(), heard.append)
    assert tuple(heard) == report.history
    assert [epoch.epoch for epoch in heard] == [1, 2, 3]


def test_a_loss_that_is_no_number_stops_training() -> None:
    with pytest.raises(
        TrainingDivergedError, match=r"epoch \d+ at learning rate 1e\+30 gave no finite numbers"
    ) as stop:
        fit("dot", data(), learning_rate=1e30, epochs=20)
    assert stop.value.exit_code == 9
    assert stop.value.fix == "recli train dot --learning-rate 0.001"


def test_dropout_is_for_training_only() -> None:
    backend.start()
    import tensorflow as tf

    from recli.models.networks import CompiledDropout

    layer, ones = CompiledDropout(0.5, seed=1), np.ones((200, 50), np.float32)
    train = tf.function(lambda x: layer(x, training=True), jit_compile=True)
    kept = np.asarray(train(ones))
    assert set(np.unique(kept)) == {0.0, 2.0}
    assert kept.mean() == pytest.approx(1, abs=0.05)
    assert not np.array_equal(kept, np.asarray(train(ones)))
    assert np.array_equal(np.asarray(layer(ones, training=False)), ones)


def test_tables_that_no_machine_holds_are_refused_with_their_size() -> None:
    with pytest.raises(UsageError, match=r"520,000,000,000 weights needs 13,560\.1 GiB of memory"):
        fit("dot", data(), embedding_size=10_000_000_000)
    with pytest.raises(UsageError, match="GiB of memory"):
        fit("deep", data(), hidden_units=10**20)


@pytest.mark.parametrize("name", ["dot", "deep"])
def test_a_network_is_described_in_full_by_its_config(name: str) -> None:
    backend.start()
    import keras

    network = registry.create(registry.configure(name, {})).network(5, 4)
    again = keras.Model.from_config(network.get_config())
    assert [w.shape for w in again.get_weights()] == [w.shape for w in network.get_weights()]


def test_batches_are_equal_and_what_fills_them_weighs_nothing() -> None:
    rows, weights = _batches(np.array([4, 2, 3]), 2)
    assert rows.tolist() == [[4, 2], [3, 0]]
    assert weights.tolist() == [[1, 1], [1, 0]]


@pytest.mark.parametrize(
    ("at_most", "n", "rows"),
    [(1024, 72_000, 1024), (1024, 8_000, 125), (1024, 1_000, 64), (1024, 10, 10), (64, 72_000, 64), (8, 10, 8)],
)
def test_few_rows_make_smaller_steps_rather_than_few(at_most: int, n: int, rows: int) -> None:
    assert batch_size_for(at_most, n) == rows
