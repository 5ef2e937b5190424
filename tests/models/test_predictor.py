import dataclasses

import numpy as np
import pytest

from recli.core.errors import IntegrityError
from recli.core.ratings import RatingScale
from recli.models import batches as module
from recli.models import registry
from recli.models.bias import BiasModel
from recli.models.predictor import Predictor, Support
from recli.models.recommender import UNKNOWN, RatingDistribution


def predictor(stars_of_the_model: float) -> Predictor:
    """A model that always says the same, and a baseline of mean 3 with one user bias."""
    model = registry.load(
        "bias",
        {},
        {
            "mean": np.array([stars_of_the_model], np.float32),
            "user_biases": np.zeros(2, np.float32),
            "item_biases": np.zeros(2, np.float32),
        },
    )
    baseline = registry.load(
        "bias",
        {},
        {
            "mean": np.array([3], np.float32),
            "user_biases": np.array([0.5, 0], np.float32),
            "item_biases": np.zeros(2, np.float32),
        },
    )
    assert isinstance(baseline, BiasModel)
    seen = Support(np.array([3, 0], np.int32), np.array([2, 1], np.int32))
    all_seen = Support(np.array([3, 1], np.int32), np.array([2, 2], np.int32))
    return Predictor(model, seen, baseline, all_seen, RatingScale(1, 5))


def nums(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


def test_cold_pairs_get_the_baselines_stars_and_are_counted() -> None:
    found = predictor(2).predict(nums(0, 1, UNKNOWN, 0), nums(0, 0, 0, UNKNOWN))
    assert found.values.tolist() == [2, 3, 3, 3.5]
    assert (found.cold, found.clipped) == (3, 0)


def test_what_leaves_the_scale_is_moved_to_its_edge_and_counted() -> None:
    found = predictor(7).predict(nums(0, 1), nums(0, 0))
    assert found.values.tolist() == [5, 3]
    assert (found.cold, found.clipped) == (1, 1)


def test_the_baseline_is_cold_only_where_it_saw_nothing_itself() -> None:
    assert predictor(2).predict_baseline(nums(1, UNKNOWN), nums(0, 0)).cold == 1


def test_no_pair_gives_no_prediction() -> None:
    assert len(predictor(2).predict(nums(), nums()).values) == 0


def test_metadata_answers_for_the_unseen_and_the_baseline_for_the_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BiasModel, "answers_unseen", True)
    found = predictor(2).predict(nums(0, 1, UNKNOWN, 0), nums(0, 0, 0, UNKNOWN))
    assert found.values.tolist() == [2, 2, 3, 3.5]
    assert found.cold == 3


def test_a_distribution_gives_mean_and_median(monkeypatch: pytest.MonkeyPatch) -> None:
    levels, row = np.array([1, 2, 5], np.float32), np.array([0.4, 0.3, 0.3], np.float32)
    monkeypatch.setattr(
        BiasModel, "distribution", lambda self, users, items: RatingDistribution(levels, np.tile(row, (len(users), 1)))
    )
    found = predictor(2).predict(nums(0, 1), nums(0, 0))
    assert found.values == pytest.approx([2.5, 3])
    assert found.medians is not None
    assert found.medians.tolist() == [2, 3]
    assert found.distribution is not None
    assert found.distribution.probabilities.shape == (2, 3)
    assert found.by_baseline.tolist() == [False, True]


def test_a_model_of_one_number_has_no_median() -> None:
    assert predictor(2).predict(nums(0), nums(0)).medians is None


@pytest.mark.parametrize(("probabilities", "median"), [((0.5, 0.5, 0), 1), ((0.49, 0.01, 0.5), 2), ((0, 0, 1), 5)])
def test_the_median_is_the_lowest_level_that_reaches_half(probabilities: tuple[float, ...], median: float) -> None:
    levels = np.array([1, 2, 5], np.float32)
    assert RatingDistribution(levels, np.array([probabilities], np.float32)).median().tolist() == [median]


@pytest.mark.parametrize(
    ("probabilities", "interval", "within"),
    [
        ((0.125, 0.25, 0.5, 0.125), (1, 5), 1.0),  # 1 reaches 10 %; 1, 2 and 4 together are 87.5 %: short of 90 %
        ((0.0625, 0.25, 0.625, 0.0625), (2, 4), 0.875),  # 1 is short of 10 %; 1, 2 and 4 are past 90 %
        ((0, 0, 1, 0), (4, 4), 1.0),
    ],
)
def test_the_central_interval_ends_where_a_tenth_and_nine_tenths_are_reached(
    probabilities: tuple[float, ...], interval: tuple[float, float], within: float
) -> None:
    found = RatingDistribution(np.array([1, 2, 4, 5], np.float32), np.array([probabilities], np.float32))
    low, high = found.interval(0.8)
    assert (low.tolist(), high.tolist()) == ([interval[0]], [interval[1]])
    assert found.probability_within(low, high).tolist() == [within]


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    users, items = np.tile(nums(0, 1), 50), np.tile(nums(0, 0, 1, 1), 25)
    whole = predictor(2).predict(users, items)
    monkeypatch.setattr(module, "BATCH", 7)
    parts = predictor(2).predict(users, items)
    assert np.array_equal(whole.values, parts.values)
    assert whole.cold == parts.cold


def test_all_items_are_ranked_by_the_model_and_for_a_new_user_by_popularity() -> None:
    ranked = predictor(2)
    unseen = Support(np.array([3, 0], np.int32), np.array([2, 0], np.int32))
    scores = dataclasses.replace(ranked, support=unseen).scores(nums(0, 1, UNKNOWN))
    assert scores.tolist() == [[2, -np.inf], [2, -np.inf], [2, -np.inf]]
    assert ranked.scores(nums(1)).tolist() == [[2, 1]]
    assert ranked.scores(nums()).shape == (0, 2)


@pytest.mark.filterwarnings("error")
def test_answers_that_overflow_are_refused_without_a_warning() -> None:
    huge = predictor(3e38)
    assert isinstance(huge.model, BiasModel)
    huge.model.user_biases = np.float32([3e38, 0])
    for answer in (lambda: huge.predict(nums(0), nums(0)), lambda: huge.scores(nums(0))):
        with pytest.raises(IntegrityError, match="no finite numbers"):
            answer()
