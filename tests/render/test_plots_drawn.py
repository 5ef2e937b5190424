"""What is drawn is what the result says: heights, places and marks, read back from the figure."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from recli.render.plots import (
    comparison_plot,
    evaluation_plot,
    folds_plot,
    loss_plot,
    reports_plot,
    similarity_plot,
    stats_plot,
)
from tests.render.samples import stats_result
from tests.render.test_plots import (
    compare_result,
    crossval_result,
    judged,
    ratings_of,
    similar_result,
    train_result,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def panels(plot: Any, result: Any, monkeypatch: pytest.MonkeyPatch) -> "list[Axes]":
    drawn: list[Any] = []
    monkeypatch.setitem(plot.__globals__, "finish", lambda figure, fmt, about: drawn.append(figure) or b"")
    plot(result, "png")
    return drawn[0].axes


def heights(axes: "Axes") -> list[float]:
    return [bar.get_height() for bar in axes.patches]


def points(axes: "Axes", label: str) -> list[list[float]]:
    line = next(line for line in axes.lines if line.get_label() == label)
    return np.asarray(line.get_xydata()).tolist()


def test_stats(monkeypatch: pytest.MonkeyPatch):
    result = stats_result(ratings_of("stars"), {1998: 3, 2000: 1})
    stars, users, years, tail = panels(stats_plot, result, monkeypatch)
    assert heights(stars) == [80, 80, 80, 80, 80]
    assert sum(heights(users)) == 9
    assert heights(years) == [3, 0, 1]
    # 400 rows in turn give 4 items 58, 114, 114 and 114 ratings: one item is a fifth, and the others two steps.
    steps = [patch.get_data() for patch in tail.patches]
    assert [step.values.tolist() for step in steps] == [[114], [114, 58]]
    assert [step.edges.tolist() for step in steps] == [[0.5, 1.5], [1.5, 3.5, 4.5]]


def test_stats_without_years_leave_their_place_to_the_long_tail(monkeypatch: pytest.MonkeyPatch):
    titles = [axes.get_xlabel() for axes in panels(stats_plot, stats_result(ratings_of("stars")), monkeypatch)]
    assert titles == ["Rating (stars)", "Ratings given by a user", "Items, most rated first"]


def test_loss_marks_the_epoch_that_was_kept(monkeypatch: pytest.MonkeyPatch):
    result = train_result((2.5, 1.0), (0.75, 0.5), (0.25, 0.625), best=2)
    (axes,) = panels(loss_plot, result, monkeypatch)
    assert points(axes, "training") == [[1, 2.5], [2, 0.75], [3, 0.25]]
    assert points(axes, "validation") == [[1, 1.0], [2, 0.5], [3, 0.625]]
    ringed = [line for line in axes.lines if line.get_markerfacecolor() == "none"]
    assert np.asarray(ringed[0].get_xydata()).tolist() == [[2, 0.5]]


def test_a_fall_from_far_above_leaves_the_height_to_the_epochs_after_it(monkeypatch: pytest.MonkeyPatch):
    """Epochs 4 to 6 and the kept one span 1 to 2, so 3 is the top: epochs 1 and 2 are said, not shown."""
    losses = ((9.0, 8.0), (4.0, 4.0), (2.5, 2.5), (1.5, 2.0), (1.25, 2.0), (1.0, 2.0))
    (axes,) = panels(loss_plot, train_result(*losses, best=4), monkeypatch)
    assert axes.get_ylim() == pytest.approx((1 - 0.12 * 2, 3))
    assert "↑ epochs 1 to 2 are above, up to 9" in [text.get_text() for text in axes.texts]
    (axes,) = panels(loss_plot, train_result(*losses[2:], best=2), monkeypatch)
    assert axes.get_ylim()[1] > 2.5


def test_evaluation(monkeypatch: pytest.MonkeyPatch):
    report = judged()
    _, _, residuals, calibration, support, activity = panels(evaluation_plot, report, monkeypatch)
    test = report.samples[1]
    assert sum(heights(residuals)) == len(test.true) == 50
    mean = float((test.predicted.astype(float) - test.true).mean())
    assert residuals.lines[1].get_xdata() == pytest.approx([mean, mean])
    assert calibration.collections[0].get_offsets().tolist() == [[0.25, 0.2], [0.75, 0.875]]
    assert points(support, "model") == [[0, 1.5], [1, 0.5]]
    assert points(support, "bias baseline") == [[0, 1.25], [1, 0.625]]
    assert points(activity, "model") == [[0, 0.5]]


def test_comparison_draws_each_interval(monkeypatch: pytest.MonkeyPatch):
    result = compare_result("ease:1", "dot:2", "dot:1", "ease:1")
    values, forest = panels(comparison_plot, result, monkeypatch)
    assert points(values, "model") == [[0.7, 0], [0.7, 1], [0.7, 2]]
    assert points(values, "bias baseline") == [[0.7, 3]]
    assert [label.get_text() for label in values.get_yticklabels()][-1] == "baseline of ease:1"
    drawn = [np.asarray(line.get_xydata()).tolist() for line in forest.lines]
    assert [[-0.5, 1], [1.0, 1]] in drawn
    assert [[0.5, 3], [1.0, 3]] in drawn
    assert [line for line in drawn if len(line) == 1] == [[[0.25, 1]], [[0.5, 2]], [[0.75, 3]]]


def test_reports_are_held_against_their_baselines(monkeypatch: pytest.MonkeyPatch):
    values, forest = panels(reports_plot, [judged(), judged(ref="ease:1")], monkeypatch)
    assert points(values, "bias baseline") == [[0.7, 0], [0.7, 1]]
    assert [text.get_text() for text in forest.texts] == ["−0.0184, better"] * 2


def test_folds(monkeypatch: pytest.MonkeyPatch):
    mae, rmse = panels(folds_plot, crossval_result(), monkeypatch)
    assert points(mae, "model") == [[0.7, 0], [0.75, 1]]
    assert points(mae, "bias baseline") == [[0.75, 0], [0.7, 1]]
    assert points(rmse, "model") == [[0.9, 0], [1.0, 1]]
    assert mae.lines[-1].get_xdata() == [0.725, 0.725]


def test_similarity(monkeypatch: pytest.MonkeyPatch):
    result = similar_result("Alien (1979)", "Heat", similarities=(0.89, 0.88, -0.25))
    bars, histogram = panels(similarity_plot, result, monkeypatch)
    assert [bar.get_width() for bar in bars.patches] == [0.89, 0.88]
    assert sum(heights(histogram)) == 3
    assert histogram.lines[0].get_xdata().tolist() == [0.89, 0.88]
