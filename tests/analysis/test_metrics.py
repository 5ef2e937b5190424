import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_error, mean_squared_error

from recli.analysis.metrics import rating_metrics


def stars(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_by_hand() -> None:
    found = rating_metrics(stars(1, 5, 3), stars(2, 3, 3), cold=1, clipped=2)
    assert (found.n, found.cold, found.clipped) == (3, 1, 2)
    assert found.mae == pytest.approx(1)
    assert found.mse == pytest.approx(5 / 3)
    assert found.rmse == pytest.approx(math.sqrt(5 / 3))


@given(st.lists(st.tuples(st.floats(0, 5, width=32), st.floats(0, 5, width=32)), min_size=1))
def test_agrees_with_scikit_learn(pairs: list[tuple[float, float]]) -> None:
    true, predicted = (np.array(side, np.float32) for side in zip(*pairs, strict=True))
    found = rating_metrics(true, predicted)
    assert found.mae == pytest.approx(mean_absolute_error(true.astype(float), predicted.astype(float)))
    assert found.mse == pytest.approx(mean_squared_error(true.astype(float), predicted.astype(float)))


def test_a_prediction_that_is_no_number_is_never_skipped() -> None:
    with pytest.raises(ValueError, match="1 of 2 predictions are not finite"):
        rating_metrics(stars(1, 2), stars(1, math.nan))


@pytest.mark.parametrize("predicted", [stars(1), stars(), np.zeros((2, 1), np.float32)])
def test_what_does_not_pair_up_is_refused(predicted: np.ndarray) -> None:
    with pytest.raises(ValueError, match="cannot judge"):
        rating_metrics(stars(1, 2), predicted)


def test_no_row_has_no_error() -> None:
    with pytest.raises(ValueError, match="cannot judge"):
        rating_metrics(stars(), stars())


def test_the_error_of_the_medians_stands_beside_that_of_the_means() -> None:
    true, means, medians = (np.array(values, np.float32) for values in ([4, 2], [3.5, 2.5], [4, 3]))
    metrics = rating_metrics(true, means, medians)
    assert (metrics.mae, metrics.median_mae) == (0.5, 0.5)
    assert rating_metrics(true, means).median_mae is None
    with pytest.raises(ValueError, match="not finite"):
        rating_metrics(true, means, np.array([np.nan, 1], np.float32))
