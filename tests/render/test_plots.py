"""Every picture, of every kind of data: drawn without a word on stderr, and with its words where they belong."""

import dataclasses
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
import pytest

from recli.core.errors import UsageError
from recli.core.judgement import UNDECIDED, WORSE, Calibration, CalibrationBin, Difference, Slice
from recli.core.ratings import RatingScale
from recli.core.results.compare import Compared, CompareResult
from recli.core.results.crossval import CrossvalResult, Fold
from recli.core.results.evaluate import PredictionSample, Report
from recli.core.results.similar import Neighbor, SimilarResult, TitleMatch
from recli.core.results.train import TrainResult
from recli.core.run import Epoch, Metrics
from recli.render.plots import (
    comparison_plot,
    evaluation_plot,
    folds_plot,
    loss_plot,
    predictions_plot,
    reports_plot,
    similarity_plot,
    stats_plot,
)
from recli.render.plots.labels import place_labels
from recli.render.plots.style import house_style, new_figure, shortened, whole_number_edges
from tests.render.samples import HOSTILE_TITLES, report, stats_result

pytestmark = pytest.mark.filterwarnings("error")

METRICS = Metrics(10, 0.7, 0.8, 0.9, 0, 0)
SCALES = {
    "stars": np.arange(1, 6),
    "half stars": np.arange(1, 11) / 2,
    "one to ten": np.arange(1, 11),
    "percent": np.arange(1, 101),
    "continuous": np.linspace(-10, 10, 300),
    "constant": np.array([4]),
}


@pytest.fixture(autouse=True)
def _silence(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr() == ("", "")


def ratings_of(scale: str) -> np.ndarray:
    return np.resize(SCALES[scale], 400).astype(np.float32)


def report_of(ratings: np.ndarray, tested: int = 50) -> Report:
    scale = RatingScale.of(ratings)
    noise = np.random.default_rng(0).normal(size=len(ratings)) * (scale.high - scale.low) / 5
    predicted, _ = scale.clip((ratings + noise).astype(np.float32))
    split = len(ratings) - tested
    samples = (
        PredictionSample("train", ratings[:split], predicted[:split]),
        PredictionSample("test", ratings[split:], predicted[split:]),
    )
    return report(
        "films", scale=scale, metrics={"train": METRICS, "test": METRICS}, baseline={"test": METRICS}, samples=samples
    )


def train_result(*losses: tuple[float, float | None], best: int | None = 1) -> TrainResult:
    history = tuple(Epoch(i, loss, val_loss, 1.0) for i, (loss, val_loss) in enumerate(losses, start=1))
    return TrainResult(
        "dot:3", "dot", 3, Path("x"), "films", 9, (), {"loss": "mae"}, 2.0, 3.0, history, best, True, {}, True, METRICS
    )


def similar_result(
    *titles: str, similarities: tuple[float, ...] = (0.9, 0.5, -0.2), method: str = "vectors"
) -> SimilarResult:
    query = TitleMatch(1, HOSTILE_TITLES[0], 1999, 9)
    neighbors = tuple(Neighbor(i, i, title, None, 0.9 - i / 100, 20) for i, title in enumerate(titles, start=1))
    similar = np.array(similarities, np.float32)
    return SimilarResult("dot:3", method, query, (query,), True, neighbors, 20, 0, 0, True, similar)


def compare_result(*refs: str, by: str = "mae") -> CompareResult:
    """The first is the best; the second is undecided; of the third there is no interval; the last is the baseline."""
    found = (None, Difference(0.25, -0.5, 1.0, UNDECIDED), Difference(0.5, None, None, UNDECIDED),
             Difference(0.75, 0.5, 1.0, WORSE))  # fmt: skip
    entries = tuple(
        Compared(ref, place == 3, 0, METRICS, 0.25 if place < 3 else None, difference)
        for place, (ref, difference) in enumerate(zip(refs, found, strict=True))
    )
    return CompareResult("films", "f", by, 50, 9, refs[0], True, entries)


def crossval_result(dataset: str = "films") -> CrossvalResult:
    worse = Metrics(10, 0.75, 1.0, 1.0, 0, 0)
    folds = (
        Fold("kfold:2/1", "dot:1", {"test": METRICS}, METRICS, worse),
        Fold("kfold:2/2", "dot:2", {"test": worse}, worse, METRICS),
    )
    mean, sd = {"mae": 0.725, "rmse": 0.95}, {"mae": 0.03, "rmse": 0.07}
    return CrossvalResult("dot", dataset, {}, folds, mean, sd, mean, sd, 1.0)


SUPPORT = (Slice("0", 3, 1.5, 1.75, 0.5, 1.25), Slice("1–4", 47, 0.5, 0.75, 0.0, 0.625))
CALIBRATION = Calibration(True, (CalibrationBin(150, 0.25, 0.2), CalibrationBin(50, 0.75, 0.875)))


def judged(scale: str = "stars", dataset: str = "films", **changes: Any) -> Report:
    changes = {"slices": {"item_support": SUPPORT, "user_activity": SUPPORT[1:]}, "calibration": CALIBRATION} | changes
    return dataclasses.replace(report_of(ratings_of(scale)), dataset=dataset, **changes)


PICTURES: dict[str, tuple[Callable[[Any, str], bytes], Any]] = {
    "stats": (stats_plot, stats_result(ratings_of("stars"), {1950: 1, 1999: 3, 2000: 2})),
    "stats of one rating": (stats_plot, stats_result(np.array([3], dtype=np.float32), {1999: 1})),
    "loss": (loss_plot, train_result((2.6, 1.0), (0.8, 0.7), (0.7, 0.75), best=2)),
    "loss of one epoch": (loss_plot, train_result((0.5, 0.6))),
    "loss without validation": (loss_plot, train_result((0.0, None), (0.0, None), best=None)),
    "predictions of one rating": (predictions_plot, report_of(np.array([3], dtype=np.float32), tested=0)),
    "predictions without tests": (predictions_plot, report_of(ratings_of("stars"), tested=0)),
    "similarity": (similarity_plot, similar_result(*HOSTILE_TITLES, *["A long title " * 20] * 9)),
    "similarity to nothing": (similarity_plot, similar_result(similarities=())),
    "similarity to copies": (similarity_plot, similar_result("Copy", similarities=(1.0,))),
    "evaluation": (evaluation_plot, judged()),
    "evaluation of nothing": (
        evaluation_plot,
        judged(slices={}, calibration=Calibration(False, ()), samples=report_of(ratings_of("stars"), tested=0).samples),
    ),
    "reports": (reports_plot, [judged(), judged("half stars", ref="ease:1")]),
    "comparison": (comparison_plot, compare_result("ease:1", "dot:2", "dot:1", "ease:1")),
    "comparison by ndcg": (comparison_plot, compare_result("ease:1", "dot:2", "dot:1", "ease:1", by="ndcg")),
    "folds": (folds_plot, crossval_result()),
    **{f"evaluation of {name}": (evaluation_plot, judged(name)) for name in SCALES},
    **{f"stats of {name}": (stats_plot, stats_result(ratings_of(name))) for name in SCALES},
    **{f"predictions of {name}": (predictions_plot, report_of(ratings_of(name))) for name in SCALES},
}


def words(svg: bytes) -> list[str]:
    """The texts of a picture: written, or drawn as outlines, of which matplotlib notes the text in a comment."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.CommentHandler = parser.CharacterDataHandler = lambda text: found.append(text.strip())
    parser.Parse(svg, True)
    return found


@pytest.mark.parametrize("name", PICTURES)
def test_any_data_gives_a_sound_picture(name: str):
    plot, result = PICTURES[name]
    assert words(plot(result, "svg"))


KINDS = ["stats", "loss", "predictions of stars", "similarity", "evaluation", "reports", "comparison", "folds"]


@pytest.mark.parametrize("name", KINDS)
def test_png(name: str):
    plot, result = PICTURES[name]
    assert plot(result, "png").startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("fmt", ["svg", "html"])
@pytest.mark.parametrize("name", KINDS)
def test_equal_results_give_equal_bytes(name: str, fmt: str):
    plot, result = PICTURES[name]
    assert plot(result, fmt) == plot(result, fmt)


def test_stats_words():
    said = words(stats_plot(*PICTURES["stats"][1:], "svg"))
    assert {"Ratings of films", "400 ratings · 9 users · 4 items · density 1111.11%"} <= set(said)
    assert {"Rating (stars)", "Ratings given by a user", "Release year", "Items, most rated first"} <= set(said)
    assert said.count("20%") == 5  # each of five stars
    assert not any("mathdefault" in text for text in said)


def test_loss_words():
    said = words(loss_plot(*PICTURES["loss"][1:], "svg"))
    assert {"Loss of dot:3", "films · 3 epochs in 2.0 s, stopped early"} <= set(said)
    assert {
        "Epoch",
        "Mean absolute error (stars, unclipped)",
        "training",
        "validation",
        "kept: epoch 2, 0.7000",
    } <= set(said)


def test_a_model_without_epochs_has_no_curve():
    with pytest.raises(UsageError, match="not trained in epochs"):
        loss_plot(train_result(), "png")


def test_predictions_words():
    said = words(predictions_plot(*PICTURES["predictions of half stars"][1:], "svg"))
    assert said.count("True rating (stars)") == 2
    assert said.count("Predicted rating (stars)") == 1
    assert {"Train: 350 ratings", "Test: 50 ratings", "perfect prediction", "0.5", "5"} <= set(said)
    assert "MAE 0.700 stars, bias baseline 0.700" in said


def test_predictions_say_of_how_many_rows_they_show_some():
    train, test = (found := report_of(ratings_of("stars"))).samples
    found = dataclasses.replace(found, samples=(dataclasses.replace(train, of=25_600_163), test))
    assert {"Train: 350 ratings of 25,600,163", "Test: 50 ratings"} <= set(words(predictions_plot(found, "svg")))


def test_similarity_words():
    said = words(similarity_plot(similar_result("Alien (1979)", "$x^2$"), "svg"))
    assert "dot:3 · 3 other items · neighbours have at least 20 ratings" in said
    assert {"Alien (1979)", "0.890", "$x^2$", "0.880", "Cosine similarity (no unit)"} <= set(said)


def test_similarity_by_a_list_says_so():
    said = words(similarity_plot(similar_result("Alien (1979)", method="ratings"), "svg"))
    assert {"Similarity by ratings (0: an average item)", "The items of its list"} <= set(said)


def test_no_other_format():
    with pytest.raises(UsageError, match=r"\.pdf file: pictures are \.png, \.svg or \.html"):
        loss_plot(train_result((0.5, 0.6)), "pdf")


def test_a_matplotlibrc_changes_nothing(tmp_path: Path):
    """A process of its own reads one that would run titles through LaTeX."""
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfigure.dpi: 10\naxes.facecolor: red\n")
    code = (
        "import hashlib; from tests.render.test_plots import PICTURES\n"
        "plot, result = PICTURES['loss']; print(hashlib.sha256(plot(result, 'png')).hexdigest())"
    )
    environment = {**os.environ, "MATPLOTLIBRC": str(tmp_path)}
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env=environment)
    plot, result = PICTURES["loss"]
    assert (done.stdout.strip(), done.stderr) == (hashlib.sha256(plot(result, "png")).hexdigest(), "")


def test_bins_hold_equally_many_whole_numbers():
    np.testing.assert_array_equal(whole_number_edges(1, 5, 30), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    np.testing.assert_array_equal(whole_number_edges(1, 5, 2), [0.5, 3.5, 6.5])
    np.testing.assert_array_equal(whole_number_edges(7, 7, 50), [6.5, 7.5])
    years = whole_number_edges(1922, 1998, 50)
    assert len(years) - 1 == 39
    assert years[0] < 1922 < 1998 < years[-1]


def test_titles_are_cut_in_the_middle():
    assert shortened("Indiana Jones and the Last Crusade (1989)", 32) == "Indiana Jones and the Las…(1989)"
    assert shortened("Alien (1979)", 32) == "Alien (1979)"
    assert shortened("七人の侍" * 4, 12) == "七人…人の侍"
    assert shortened("\x1b" * 9, 12) == r"\x1b\…1b\x1b"


class TestLabels:
    def boxes(self, points: list, texts: list[str], most: int) -> dict[str, Any]:
        with house_style():
            figure = new_figure("", "", 6, 4)
            axes = figure.subplots()
            axes.set(xlim=(0, 10), ylim=(0, 10))
            where = np.array(points, dtype=float)
            place_labels(figure, axes, where, texts, where, most)
            self.frame = axes.get_window_extent()
            return {text.get_text(): text.get_window_extent() for text in axes.texts}

    def test_none_hides_another_and_all_are_in_the_frame(self):
        boxes = self.boxes([[5, 5], [5.1, 5], [5, 5.1], [9.9, 9.9]], ["first film", "second", "third", "corner"], 9)
        placed = list(boxes.values())
        assert len(placed) == 4
        assert not any(a.overlaps(b) for i, a in enumerate(placed) for b in placed[:i])
        assert all(self.frame.containsx(box.x1) and self.frame.containsy(box.y1) for box in placed)

    def test_the_first_come_first(self):
        assert list(self.boxes([[2, 2], [5, 5], [8, 8]], ["a", "b", "c"], 2)) == ["a", "b"]

    def test_a_text_without_room_is_left_out(self):
        assert list(self.boxes([[5, 5], [2, 2]], ["W" * 200, "b"], 2)) == ["b"]
