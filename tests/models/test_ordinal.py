import numpy as np
import pytest

from recli.models import backend, ordinal, registry
from recli.models.objectives import Ordinal
from recli.models.recommender import RatingDistribution
from tests.models.test_contract import ADDITIVE, QUICK, pairs, silent, toy


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_the_distribution_by_hand() -> None:
    # sigmoid(log 3) = 3/4 and sigmoid(-log 3) = 1/4; a score of log 3 moves both cut points down by as much.
    found = ordinal.distribution(floats(0, np.log(3)), floats(-np.log(3), np.log(3)), floats(1, 2, 5))
    assert found.probabilities == pytest.approx(np.array([[0.25, 0.5, 0.25], [0.1, 0.4, 0.5]]))
    assert found.mean() == pytest.approx([0.25 + 1 + 1.25, 0.1 + 0.8 + 2.5])


def test_scores_far_out_are_certain_and_finite() -> None:
    found = ordinal.distribution(floats(-1e30, 1e30), floats(-1, 1), floats(1, 2, 3))
    assert found.probabilities.tolist() == [[1, 0, 0], [0, 0, 1]]


def test_one_level_is_certain() -> None:
    assert ordinal.distribution(floats(7), floats(), floats(4)).probabilities.tolist() == [[1]]


def test_levels_are_the_distinct_ratings_or_means_of_bins() -> None:
    assert ordinal.levels_of(floats(3, 1, 3, 4.5)).tolist() == [1, 3, 4.5]
    many = ordinal.levels_of(np.arange(100, dtype=np.float32))
    assert many.tolist() == [2 + 5 * k for k in range(20)]  # 0…4 has mean 2, 5…9 has mean 7


def test_the_middle_of_two_large_levels_is_between_them() -> None:
    levels = floats(1e38, 2e38, 3e38)
    with np.errstate(over="raise"):
        assert ordinal.nearest_levels(levels, floats(1.4e38, 1.6e38, 2.4e38, 2.6e38)).tolist() == [0, 1, 1, 2]


def test_a_level_is_the_mean_of_the_ratings_that_belong_to_it() -> None:
    values = np.random.default_rng(0).exponential(30, size=5000).round(1).astype(np.float32)  # few are high
    levels = ordinal.levels_of(values)
    nums = ordinal.nearest_levels(levels, values)
    assert [values[nums == k].mean() for k in range(len(levels))] == pytest.approx(levels.tolist(), rel=1e-3)
    assert levels[nums].mean() == pytest.approx(values.mean(), rel=1e-4)
    assert levels.max() > 150


def test_a_rating_belongs_to_its_nearest_level() -> None:
    assert ordinal.nearest_levels(floats(1, 3, 4), floats(0, 1, 2.5, 3.4, 3.6, 9)).tolist() == [0, 0, 1, 1, 2, 2]


def test_cut_points_start_at_the_frequencies() -> None:
    counts = np.array([10, 30, 60])
    cuts = ordinal.marginal_cut_points(np.repeat([0, 1, 2], counts).astype(np.int32), 3)
    shares = ordinal.distribution(floats(0), cuts, floats(1, 2, 3)).probabilities[0]
    assert shares == pytest.approx((counts + 0.5) / (counts + 0.5).sum(), abs=1e-6)
    assert ordinal.ordered_cut_points(Ordinal(cuts).weights()[0]) == pytest.approx(cuts, abs=1e-6)


def test_the_loss_is_minus_the_log_of_the_predicted_probability() -> None:
    backend.start()
    import tensorflow as tf

    scores, levels, cuts = floats(-2, 0.5, 3, 40), np.array([0, 1, 2, 0], np.int32), floats(-1, 0.7)
    objective = Ordinal(cuts)
    batch = [tf.zeros(4, tf.int32), tf.zeros(4, tf.int32), tf.constant(levels)]
    rest = [tf.constant(array) for array in objective.weights()]
    losses, penalties = objective.losses(lambda users, items: tf.constant(scores), batch, [], rest)
    likely = ordinal.distribution(scores, cuts, floats(1, 2, 3)).probabilities
    assert np.asarray(losses)[:3] == pytest.approx(-np.log(likely[np.arange(3), levels[:3]]), rel=1e-4)
    assert np.asarray(losses)[3] == pytest.approx(41, rel=1e-4)  # -log sigmoid(-1 - 40), which underflows as such
    assert np.asarray(penalties).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("name", ["dot", "deep", "hybrid"])
def test_every_neural_model_predicts_a_distribution_on_request(name: str) -> None:
    data = toy(ADDITIVE)
    model = registry.create(registry.configure(name, QUICK[name] | {"loss": "ordinal"}))
    model.fit(data, silent)
    found = model.distribution(*pairs(data))
    assert isinstance(found, RatingDistribution)
    assert found.levels.tolist() == [1, 2, 3, 4, 5]
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(12), abs=1e-5)
    assert model.predict(*pairs(data)) == pytest.approx(found.mean())
    assert np.abs(found.mean() - ADDITIVE.ravel()).max() < 0.6
    again = registry.load(name, model.config.parameters(), model.save())
    assert np.array_equal(again.predict(*pairs(data)), model.predict(*pairs(data)))
    assert (np.diff(model.save()["cut_points"]) > 0).all()


@pytest.mark.parametrize("values", [np.array([[4.0]]), np.full((3, 3), 4.0)], ids=["one rating", "constant ratings"])
def test_one_level_predicts_itself(values: np.ndarray) -> None:
    data = toy(values)
    model = registry.create(registry.configure("dot", QUICK["dot"] | {"loss": "ordinal", "epochs": 2}))
    report = model.fit(data, silent)
    assert model.predict(*pairs(data)).tolist() == [4] * values.size
    assert all(np.isfinite(epoch.loss) for epoch in report.history)
