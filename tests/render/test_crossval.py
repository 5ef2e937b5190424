import io
import json
from dataclasses import replace

from rich.console import Console

from recli.core.results.crossval import CrossvalResult, Fold
from recli.core.run import Metrics
from recli.render.crossval import crossval_view
from recli.render.view import json_text, tsv_text

BAR = Metrics(n=20_000, mae=0.75, mse=0.9, rmse=0.95, cold=36, clipped=50)
FIRST = Metrics(n=20_000, mae=0.7, mse=0.81, rmse=0.9, cold=36, clipped=7, median_mae=0.65)
SECOND = replace(FIRST, n=19_999, mae=0.72, mse=0.8464, rmse=0.92, median_mae=0.67)
RESULT = CrossvalResult(
    model="bayes",
    dataset="ml-100k",
    config={"rank": 16},
    folds=tuple(
        Fold(f"kfold:2/{k}", f"bayes:{k}", {"train": None, "validation": None, "test": test}, test, BAR)
        for k, test in ((1, FIRST), (2, SECOND))
    ),
    mean={"mae": 0.71, "mse": 0.8282, "rmse": 0.91, "median_mae": 0.66},
    sd={"mae": 0.0141, "mse": 0.0257, "rmse": 0.0141, "median_mae": 0.0141},
    baseline_mean={"mae": 0.75, "mse": 0.9, "rmse": 0.95},
    baseline_sd={"mae": 0.0, "mse": 0.0, "rmse": 0.0},
    seconds=61.24,
)


def on_screen(result: CrossvalResult) -> list[str]:
    console = Console(width=80, file=io.StringIO())
    console.print(crossval_view(result).terminal())
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_terminal_shows_the_folds_and_what_they_come_to() -> None:
    assert on_screen(RESULT) == [
        "bayes  ml-100k · 2 folds · 61.2 s",
        "",
        "fold        ref            n        MAE   median MAE       RMSE   bias RMSE",
        "───────────────────────────────────────────────────────────────────────────",
        "kfold:2/1   bayes:1   20,000     0.7000       0.6500     0.9000      0.9500",
        "kfold:2/2   bayes:2   19,999     0.7200       0.6700     0.9200      0.9500",
        "mean                             0.7100       0.6600     0.9100      0.9500",
        "sd                             ± 0.0141     ± 0.0141   ± 0.0141    ± 0.0000",
        "",
        "errors on each fold's test rows; sd is over the folds, by folds − 1",
    ]


def test_a_name_that_means_another_version_now_is_told() -> None:
    assert crossval_view(RESULT).notes == []
    (note,) = crossval_view(replace(RESULT, before="bayes:7")).notes
    assert note == "bayes now means bayes:2, the model of the last fold; bayes:7 is still there"


def test_without_a_distribution_there_is_no_column_for_its_median() -> None:
    plain = {name: value for name, value in RESULT.mean.items() if name != "median_mae"}
    assert "median" not in on_screen(replace(RESULT, mean=plain))[2]


def test_tsv_has_a_row_a_fold_then_mean_and_sd() -> None:
    view = crossval_view(RESULT)
    rows = [line.split("\t") for line in tsv_text(view).splitlines()]
    assert [row[0] for row in rows] == ["split", "kfold:2/1", "kfold:2/2", "mean", "sd"]
    named = dict(zip(rows[0], rows[3], strict=True))
    assert (named["ref"], named["mae"], named["median_mae"], named["baseline_rmse"]) == ("", "0.71", "0.66", "0.95")
    assert view.quiet == ["bayes:1", "bayes:2"]


def test_json_keeps_every_part_of_every_fold() -> None:
    made = json.loads(json_text(crossval_view(RESULT)))
    assert made["split"] == ["kfold:2/1", "kfold:2/2"]
    assert made["folds"][1]["metrics"]["test"]["median_mae"] == 0.67
    assert made["folds"][1]["baseline"]["rmse"] == 0.95
    assert made["sd"]["mae"] == 0.0141
