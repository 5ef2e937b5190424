"""What each command shows, held to the character on a small result, and whatever a title contains."""

import dataclasses
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from recli.core.judgement import UNDECIDED, WORSE, Difference, Verdicts
from recli.core.ratings import RatingScale
from recli.core.results.compare import Compared, CompareResult
from recli.core.results.evaluate import EvaluateResult
from recli.core.results.fetch import DatasetListing, FetchResult
from recli.core.results.models import ModelDetails, ModelListing
from recli.core.results.project import ProjectResult
from recli.core.results.recommend import Reason, Recommendation, RecommendResult
from recli.core.results.similar import Neighbor, PairResult, SimilarResult, TitleMatch
from recli.core.results.stats import Distribution, PopularItem, StatsResult
from recli.core.results.train import TrainResult
from recli.core.results.tune import INTERRUPTED, Study, Trial, TuneResult
from recli.core.run import Epoch, ParameterCount
from recli.models.registry import NAMES, configure
from recli.models.spaces import space_of
from recli.render.compare import compare_view
from recli.render.evaluate import evaluate_view
from recli.render.fetch import fetch_view, listing_view
from recli.render.models import list_view, path_view, show_view
from recli.render.project import project_view
from recli.render.recommend import recommend_view
from recli.render.reproduce import reproduce_view
from recli.render.similar import pair_view, similar_view
from recli.render.stats import _bins, stats_view
from recli.render.tables import facts
from recli.render.train import progress_table, train_view
from recli.render.tune import leaderboard, progress_line, start_line, trial_line, tune_view
from recli.render.view import View, json_text, quiet_text, tsv_text
from tests.render.samples import BAR, METRICS, RANKING, item_map, report, reproduce_result

HOSTILE = "[red]Al\x1b[31mien\x07</script>\u202e\t\n\x9b2J"


def fetched(title: str) -> View:
    record = {"source": title, "licence": title, "citation": title, "notes": [title], "sha256": {"u.data": "ab" * 32}}
    return fetch_view(FetchResult("ml-100k", Path("artifacts/datasets/ml-100k"), 943, 1682, 100_000, record, False))


def listed(title: str) -> View:
    own = DatasetListing("books", title, "", True, imported=True)
    return listing_view([own, DatasetListing("ml-100k", title, title, True)])


def described(title: str, *, popularity: bool = True) -> View:
    spread = Distribution(3.5, 1.1, 1, 3, 4, 4, 5)
    result = StatsResult(
        dataset="ml-100k", source=title, users=3, items=2, ratings=6, density=1.0, scale=RatingScale(1, 5),
        rating=spread,
        rating_counts={1.0: 1, 4.0: 3, 4.5: 2}, ratings_per_user=spread, user_counts=np.array([1, 2, 3]),
        ratings_per_item=spread, item_counts=np.array([2, 4]), year_counts={1977: 1}, items_without_year=1,
        mean_popularity=3.3, mean_year=1977.0, mean_year_marked=1960.0, missing_year_marker=1920,
        popularity=(PopularItem(50, title, None, 4, 4.25), PopularItem(7, "Fargo (1996)", 1996, 2, 3.0)),
    )  # fmt: skip
    return stats_view(result, popularity=popularity)


def trained(title: str) -> View:
    return train_view(
        TrainResult(
            ref="dot:3", model="dot", version=3, path=Path(f"artifacts/models/dot/0003{title}"), dataset="ml-100k",
            parameters=168_128, layers=(ParameterCount("user_embedding", (944, 64), 60_416),), config={"epochs": 2},
            has_vectors=True, fit_seconds=2.94, total_seconds=9.1,
            history=(Epoch(1, 2.6, 1.05, 1.4), Epoch(2, 0.85, None, 0.15)), best_epoch=2, stopped_early=False,
            metrics={"train": METRICS, "validation": None, "test": METRICS}, baseline=BAR,
        )
    )  # fmt: skip


def judged(title: str, *, slices: bool = False) -> View:
    return evaluate_view(EvaluateResult((report(title),), ()), slices=slices)


def compared(title: str, **changes: Any) -> View:
    rows = (
        Compared("dot:3", False, 15996, METRICS, None, None),
        Compared("bayes:12", False, 15996, BAR, None, Difference(0.018394, 0.0125, 0.025, WORSE)),
        Compared("dot:3", True, 15996, BAR, None, Difference(0.018394, -0.0125, 0.025, UNDECIDED)),
    )
    result = CompareResult(title, "ab" * 32, "mae", 4004, 814, "dot:3", False, rows)
    return compare_view(dataclasses.replace(result, **changes))


def near(title: str) -> View:
    return similar_view(
        SimilarResult(
            ref="dot:3", method="vectors", query=TitleMatch(50, title, 1977, 583),
            matches=(TitleMatch(50, title, 1977, 583), *(TitleMatch(i, title, None, 1) for i in range(20))),
            exact=False,
            neighbors=(Neighbor(1, 181, title, 1983, 0.91642, 507), Neighbor(2, 172, "Fargo (1996)", 1996, 0.9, 1)),
            min_ratings=20, hidden=691, untrained=52, query_trained=False, similarities=np.zeros(3, np.float32),
        )
    )  # fmt: skip


def paired(title: str) -> View:
    return pair_view(
        PairResult(
            "dot:3", "vectors", TitleMatch(50, title, 1977, 583), TitleMatch(181, title, None, 507), 0.916419, False
        )
    )


def mapped(title: str) -> View:
    shown = item_map(title)
    return project_view(ProjectResult(shown, {"html": Path(f"map{title}.html"), "csv": Path("map.csv")}, False))


def versions(title: str) -> View:
    sound = ModelListing(
        "dot:3", "2026-11-24T03:45:18Z", "ml-100k", METRICS, ("best", "latest"), 1_861_476, "ok", "", Path("a")
    )
    damaged = ModelListing("dot:2", "", "", None, (), 99, "corrupt", title, Path("b"))
    return list_view([damaged, sound])


def shown(title: str) -> View:
    listing = ModelListing("dot:3", "2026-11-24T03:45:18Z", title, METRICS, ("latest",), 1_861_476, "ok", "", Path("a"))
    about = {"created": "2026", "dataset": {"name": title}, "parameters": {"epochs": 10, "patience": None}}
    return show_view(
        ModelDetails(listing, about, {"test": METRICS}, BAR, (("weights.npz/user", "float32", (944, 64)),))
    )


def tuned(title: str) -> View:
    return tune_view(tune_result(title))


def reproduced(title: str) -> View:
    return reproduce_view(reproduce_result(title))


def located(title: str) -> View:
    return path_view(Path(f"/store/{title}"))


VIEWS = (
    reproduced,
    tuned,
    fetched,
    listed,
    described,
    trained,
    judged,
    compared,
    near,
    paired,
    mapped,
    versions,
    shown,
    located,
)


def on_terminal(view: View, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO(), markup=False, emoji=False, highlight=False, force_terminal=True)
    with console.capture() as capture:
        console.print(view.terminal(), crop=False)
    return capture.get()


@pytest.mark.parametrize("make", VIEWS)
@pytest.mark.parametrize("width", [80, 200])
def test_what_a_terminal_shows_fits_it(make: object, width: int) -> None:
    shown_lines = strip_styles(on_terminal(make("Star Wars (1977)"), width)).splitlines()
    assert max(len(line.rstrip()) for line in shown_lines) <= width


@pytest.mark.parametrize("width", [20, 40, 60, 80])
def test_no_number_loses_a_digit_however_narrow_the_terminal_and_long_the_title(width: int) -> None:
    screen = strip_styles(on_terminal(near("A title " * 60), width))
    assert {"0.916", "507", "181"} <= set(screen.split())
    assert "…" in screen or width == 20  # where no row fits, each becomes a list, and nothing is cut


def strip_styles(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("make", VIEWS)
def test_a_hostile_title_does_nothing_anywhere(make: object) -> None:
    view: View = make(HOSTILE)
    tsv, bare = tsv_text(view), quiet_text(view)
    for text in (tsv.replace("\t", "").replace("\n", ""), bare.replace("\n", ""), json_text(view).replace("\n", "")):
        assert not [c for c in text if unicodedata.category(c) == "Cc" or c == "\u202e"]
    columns = {line.count("\t") for line in tsv.splitlines()}
    assert len(columns) == 1
    assert len(tsv.splitlines()) == len(view.rows) + bool(view.header)
    screen = strip_styles(on_terminal(view, 200))
    assert not [c for c in screen.replace("\n", "") if unicodedata.category(c) == "Cc" or c == "\u202e"]
    assert HOSTILE not in screen
    json.loads(json_text(view))


def test_markup_in_a_title_is_shown_as_typed() -> None:
    assert "[red]Alien[/red] (1979)" in on_terminal(near("[red]Alien[/red] (1979)"))
    assert ":smile:" in on_terminal(near(":smile:"))


def test_similar_as_a_table() -> None:
    assert strip_styles(on_terminal(near("Star Wars (1977)"))).splitlines() == [
        "Star Wars (1977)  id 50 · nearest by dot:3 · vectors",
        "",
        "    title              similarity                              ratings    id",
        "────────────────────────────────────────────────────────────────────────────",
        "1   Star Wars (1977)        0.916   ██████████████████████         507   181",
        "2   Fargo (1996)            0.900   █████████████████████▋           1   172",
    ]


def test_similar_as_tsv() -> None:
    assert tsv_text(near("Star Wars (1977)")) == (
        "rank\titem_id\ttitle\tyear\tsimilarity\tratings\n"
        "1\t181\tStar Wars (1977)\t1983\t0.91642\t507\n"
        "2\t172\tFargo (1996)\t1996\t0.9\t1\n"
    )


def test_what_similar_says_beside_its_rows() -> None:
    notes = near("Star Wars (1977)").notes
    assert notes[0] == "dot:3 never saw 'Star Wars (1977)' in training: these neighbours mean nothing"
    assert notes[1] == "no title contains that; taken as: Star Wars (1977)"
    assert notes[2] == "also matching (choose with --id):"
    assert notes[3] == "  0  Star Wars (1977), 1 rating"
    assert notes[-3:] == [
        "  … and 12 more",
        "691 items with fewer than 20 ratings hidden (--min-ratings 0 shows them)",
        "52 items without training ratings left out",
    ]


def by_lists(**changes: Any) -> View:
    query = TitleMatch(50, "Alien", 1979, 9)
    found = SimilarResult(
        ref="ease:1",
        method="metadata",
        query=query,
        matches=(query,),
        exact=True,
        neighbors=(Neighbor(1, 181, "Aliens", 1986, 0.7, 30),),
        min_ratings=0,
        hidden=0,
        untrained=0,
        query_trained=True,
        similarities=np.zeros(3, np.float32),
    )
    return similar_view(dataclasses.replace(found, **changes))


def test_similar_tells_the_method_and_where_a_list_ends() -> None:
    assert by_lists().json["method"] == "metadata"
    assert by_lists().notes == []
    assert by_lists(cut_at=200).notes == ["by metadata, ease:1 keeps the 200 nearest of an item: no more to show"]


def test_a_query_that_is_an_id_too_and_another_method_of_lists_are_told() -> None:
    war = TitleMatch(50, "Star Wars", 1977, 583)
    assert by_lists(has_the_id=war).notes == ["50 is also the id of Star Wars (1977): recli similar --id 50"]
    other = PairResult("dot:1", "vectors", war, war, 1.0, trained=True, list_method="metadata")
    assert pair_view(other).notes == ["by vectors; the list of neighbours goes by metadata"]
    assert pair_view(other).subject == "cosine by dot:1, vectors"
    assert pair_view(dataclasses.replace(other, list_method=None)).notes == []


def test_neighbours_by_metadata_of_an_unseen_item_mean_something() -> None:
    assert by_lists(query_trained=False).notes == [
        "ease:1 never saw 'Alien' in training: these neighbours are like it in metadata"
    ]
    assert by_lists(query_trained=False, method="ratings", neighbors=()).notes == [
        "ease:1 never saw 'Alien' in training: no neighbours by ratings"
    ]


def test_train_as_tsv_puts_the_bar_beside_the_model() -> None:
    assert tsv_text(trained("")) == (
        "ref\trows\tn\tmae\tmse\trmse\tcold\tclipped\tmedian_mae\n"
        "dot:3\ttrain\t20000\t0.722765\t0.874131\t0.934949\t42\t451\t\n"
        "dot:3\ttest\t20000\t0.722765\t0.874131\t0.934949\t42\t451\t\n"
        "bias baseline\ttest\t20000\t0.741159\t0.881616\t0.938944\t35\t50\t\n"
    )


def test_stats_in_the_terminal_draw_bars_in_proportion() -> None:
    screen = strip_styles(on_terminal(described("Star Wars (1977)")))
    (four,) = [line for line in screen.splitlines() if line.strip().startswith("4 ")]
    (half,) = [line for line in screen.splitlines() if line.strip().startswith("4.5 ")]
    assert four.count("█") == 36
    assert half.count("█") == 24


def test_stats_as_tsv_are_one_table_the_ranking_or_the_flat_numbers() -> None:
    assert described("x").json["rating_counts"] == {"1": 1, "4": 3, "4.5": 2}
    assert tsv_text(described("x")).splitlines()[1] == "1\t50\tx\t\t4\t4.25"
    flat = tsv_text(described("x", popularity=False)).splitlines()
    assert flat[0] == "measure\tvalue"
    assert {"users\t3", "rating.mean\t3.5", "rating_counts.4.5\t2", "over_ratings.mean_release_year\t1977"} <= set(flat)


@pytest.mark.parametrize(
    ("values", "bins"),
    [
        ([1, 2, 2, 5], [("1", 1), ("2", 2), ("3", 0), ("4", 0), ("5", 1)]),
        ([0, 99], [("0–9", 1), *((f"{10 * i}–{10 * i + 9}", 0) for i in range(1, 9)), ("90–99", 1)]),
        ([0.5, 0.9, 2.9], [("0.4–0.6", 1), ("0.6–0.8", 0), ("0.8–1", 1), *[("", 0)] * 9, ("2.8–3", 1)]),
        ([3.25], [("3–4", 1)]),
        ([-9.5, 10], [("-10 to -8", 1), *[("", 0)] * 8, ("8 to 10", 1)]),  # 10 is no range of its own
    ],
)
def test_a_histogram_has_round_ranges_and_counts_everything(values: list[float], bins: list[tuple[str, int]]) -> None:
    found = _bins(np.array(values))
    assert [n for _, n in found] == [n for _, n in bins]
    assert [label for label, n in found if n] == [label for label, n in bins if n]


def test_ranges_of_whole_stars_begin_with_the_scale() -> None:
    found = _bins(np.arange(1, 101), start=1.0)
    assert [label for label, _ in found] == [f"{low}–{low + 9}" for low in range(1, 92, 10)]
    assert {n for _, n in found} == {10}


def tune_result(title: str = "ml-100k") -> TuneResult:
    """Three trials that ended, the default the second best, and one that diverged."""
    defaults = {"learning_rate": 0.002, "epochs": 15}
    trials = (
        Trial(0, defaults, 0.75, 2.0),
        Trial(1, {"learning_rate": 0.0123, "epochs": 9}, None, 4.0, f"diverged {title}"),
        Trial(2, {"learning_rate": 0.004, "epochs": 20}, 0.7, 4.0),
        Trial(3, {"learning_rate": 0.02, "epochs": 4}, 0.9, 0.0),
        Trial(4, {"learning_rate": 0.02, "epochs": 4}, None, 0.0, INTERRUPTED),
    )
    study = Study("dot", title, "mae", False, "random", 0, 8, 2, 1, defaults)
    published = TrainResult(
        ref="dot:3", model="dot", version=3, path=Path(f"artifacts/{title}"), dataset=title, parameters=1, layers=(),
        config={"epochs": 20}, has_vectors=True, fit_seconds=1.0, total_seconds=2.0, history=(), best_epoch=20,
        stopped_early=False, metrics={"train": METRICS, "validation": None, "test": METRICS}, baseline=BAR,
    )  # fmt: skip
    return TuneResult(study, trials, Path("artifacts/studies/dot.jsonl"), True, published, 12.0)


def test_a_leaderboard_ranks_and_marks_the_default() -> None:
    console = Console(width=80, file=io.StringIO())
    with console.capture() as capture:
        console.print(leaderboard(tune_result().study, tune_result().trials))
    assert [line.split() for line in strip_styles(capture.get()).splitlines()[2:]] == [
        ["2", "0.7000", "0.004", "20"],
        ["0", "default", "0.7500", "0.002", "15"],
        ["3", "0.9000", "0.02", "4"],
    ]


def test_a_leaderboard_writes_large_numbers_out() -> None:
    defaults = {"regularization": 300.0}
    study = dataclasses.replace(tune_result().study, defaults=defaults)
    console = Console(width=80, file=io.StringIO())
    with console.capture() as capture:
        console.print(leaderboard(study, (Trial(0, defaults, 0.75, 2.0),)))
    assert strip_styles(capture.get()).splitlines()[-1].split() == ["0", "default", "0.7500", "300"]


@pytest.mark.parametrize("model", NAMES)
def test_a_leaderboard_of_any_model_fits_eighty_columns(model: str) -> None:
    defaults = {name: configure(model, {}).parameters()[name] for name in space_of(model)}
    study = dataclasses.replace(tune_result().study, metric="median_mae", defaults=defaults)
    long = {name: 0.00123456 if isinstance(value, float) else 128 for name, value in defaults.items()}
    console = Console(width=80, file=io.StringIO())
    with console.capture() as capture:
        console.print(leaderboard(study, (Trial(0, defaults, 0.75, 2.0), Trial(119, long, 0.7, 1.0))))
    lines = strip_styles(capture.get()).splitlines()
    assert len(lines) == 4
    assert max(map(len, lines)) <= 80


def test_what_is_said_of_a_search() -> None:
    result = tune_result()
    study, trials = result.study, result.trials
    # Four count of eight; those with a value took 6 s, 2 s each; two at a time: 4 more take about 4 s.
    assert progress_line(study, trials) == "4 of 8 trials, 2 failed · 2 at a time · about 4 s left"
    assert trial_line(study, trials, trials[2]) == (
        "trial 2, 4/8  mae 0.7000  best 0.7000 (trial 2)  4.0 s  learning_rate=0.004 epochs=20"
    )
    assert start_line(study) == "the study goes on: 1 trial from before, 7 to go (--fresh begins anew)"
    assert tune_view(result).notes == [
        "the time was over after 4 trials of 8",
        "the model's defaults have 0.7500: 0.0500 worse",
        "2 trials failed",
        "trials ran beside each other, so another run finds others: --jobs 1 repeats itself",
    ]


def test_the_live_table_marks_the_best_epoch_and_the_time_left() -> None:
    console = Console(width=80, file=io.StringIO())
    with console.capture() as capture:
        console.print(progress_table([Epoch(1, 2.6, 1.05, 1.4), Epoch(2, 0.8, 0.7, 0.2), Epoch(3, 0.7, 0.9, 0.2)], 10))
    lines = strip_styles(capture.get()).splitlines()
    assert [line for line in lines if "lowest" in line] == ["    2   0.8000     0.7000   lowest   0.20 s"]
    assert lines[-1] == "val_loss █▁▅  epoch 3 of 10, 5.0 epochs/s, about 1 s left"


def test_the_first_epoch_which_compiles_says_nothing_of_the_time_left() -> None:
    console = Console(width=80, file=io.StringIO())
    with console.capture() as capture:
        console.print(progress_table([Epoch(1, 2.6, 1.05, 9.0)], 10))
    assert strip_styles(capture.get()).splitlines()[-1] == "epoch 1 of 10"


def test_json_refuses_what_json_cannot_say() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text(View({"x": float("nan")}, (), (), (), lambda: ""))


def test_evaluate_as_a_page_has_errors_verdict_distribution_ranking_and_slices_in_that_order() -> None:
    lines = strip_styles(on_terminal(judged("ml-100k", slices=True))).splitlines()
    assert [
        line.split() for line in lines if line.startswith(("MAE", "RMSE", "  1.2500", "0.3561", "           25"))
    ] == [
        ["MAE", "-0.0184", "-0.0250", "to", "-0.0125", "better"],
        ["RMSE", "-0.0040", "-0.0125", "to", "+0.0025", "undecided"],
        ["1.2500", "90.0%", "87.5%", "2.50", "19,958", "42"],
        ["0.3561", "0.3000", "0.2500", "0.1250", "0.5000", "0.8750", "924", "19"],
        ["25.0%", "0.900", "1.50", "150.5", "943", "9,430"],
    ]
    assert "ranking  top 10 of all unseen items · relevant from 4 stars · 1 cold user" in lines
    assert lines[-1].split() == ["5", "4,269", "0.8750", "1.0000", "-0.8750", "1.0000"]


def test_evaluate_as_tsv_judges_the_test_rows_alone() -> None:
    header, train, test = (line.split("\t") for line in tsv_text(judged("x")).splitlines())
    assert [train[header.index(name)] for name in ("rows", "verdict", "ndcg")] == ["train", "", ""]
    named = ("rows", "verdict", "mae_low", "coverage", "expected_coverage", "ndcg", "gini", "left_out")
    assert [test[header.index(name)] for name in named] == [
        "test",
        "better",
        "-0.025",
        "0.875",
        "0.9",
        "0.3561",
        "0.9",
        "19",
    ]
    assert tsv_text(judged("x", slices=True)).splitlines()[1] == "dot:3\tx\tstars\t1\t1193\t1.5\t1.75\t1.5\t1.625"


def test_evaluate_says_why_nothing_is_decided_or_ranked() -> None:
    lone = Difference(-0.5, None, None, UNDECIDED)
    nobody = dataclasses.replace(RANKING, accuracy=None)
    view = evaluate_view(
        EvaluateResult((report(verdicts=Verdicts(1, 2000, {"mae": lone, "rmse": lone}), ranking=nobody),), ())
    )
    screen = strip_styles(on_terminal(view))
    assert "all test rows are one user's" in screen
    assert "none of 943 users has a relevant held-out item" in screen
    assert json.loads(json_text(view))["reports"][0]["verdicts"]["differences"]["mae"]["low"] is None


def test_compare_as_a_table_with_its_bars_at_eighty_columns() -> None:
    assert [line.rstrip() for line in strip_styles(on_terminal(compared("ml-100k"))).splitlines()] == [
        "dot:3  by MAE · 4,004 common held-out rows of ml-100k · 814 users",
        "",
        "model         MAE   to best         95% interval   verdict     ┆ best",
        "────────────────────────────────────────────────────────────────────────────────",
        "dot:3      0.7228         –                    –   best             ●",
        "bayes:12   0.7412   +0.0184   +0.0125 to +0.0250   worse            ┆     ├─●──┤",
        "baseline   0.7412   +0.0184   -0.0125 to +0.0250   undecided   ├────────────●──┤",
    ]


@pytest.mark.parametrize(("width", "columns"), [(40, "list"), (60, "MAE RMSE"), (80, "MAE ┆"), (100, "MAE RMSE ┆")])
def test_columns_go_for_bars_and_bars_for_columns_but_never_digits(width: int, columns: str) -> None:
    lines = strip_styles(on_terminal(compared("x"), width)).splitlines()
    header = next(line for line in lines if line.startswith("model"))
    assert " ".join(word for word in header.split() if word in ("MAE", "RMSE", "┆")) == columns.replace("list", "")
    assert {"0.7228", "+0.0125", "+0.0250"} <= set(" ".join(lines).split())


def test_what_is_sorted_by_keeps_its_column() -> None:
    screen = strip_styles(on_terminal(compared("x", by="rmse")))
    assert "RMSE" in screen
    assert "MAE " not in screen


def test_what_compare_says_beside_its_rows() -> None:
    assert compared("x").notes == [
        "left out, because another one learned from them or watched them: dot:3 15,996, bayes:12 15,996 rows",
        "the baseline is that of dot:3",
    ]
    assert compared("x", same_rows=True).notes == []
    assert "one user's" in compared("x", users=1).notes[-1]
    assert quiet_text(compared("x")) == "dot:3\n"


def test_items_with_few_ratings_are_pointed_out_where_they_are_recommended() -> None:
    items = tuple(Recommendation(rank, rank, "Alien", 1979, 5.0, 5.0, n, None) for rank, n in ((1, 19), (2, 20)))
    found = RecommendResult("dot:1", 6, (), False, "rated", 0, items, 2, False)
    assert recommend_view(found).notes == ["1 of these has fewer than 20 ratings (--min-ratings 20 hides it)"]


def test_a_path_is_never_cut_and_other_facts_fold() -> None:
    long = Path("/home") / ("x" * 30)
    console = Console(width=20, file=io.StringIO())
    with console.capture() as capture:
        console.print(facts([("in", long), ("words", "one two three four")]), crop=False)
    assert [line.rstrip() for line in strip_styles(capture.get()).splitlines()] == [
        "words   one two",
        "        three four",
        "in",
        str(long),
    ]


def test_reasons_break_between_each_other_so_that_no_share_stands_alone() -> None:
    because = tuple(Reason(n, f"Film {n}", None, 4.0, 0.25) for n in range(3))
    items = (Recommendation(1, 9, "Alien", 1979, 5.0, 5.0, 50, because),)
    view = recommend_view(RecommendResult("ease:1", 6, (), False, "rated", 0, items, 1, True))
    assert strip_styles(on_terminal(view, 60)).splitlines()[-2:] == [
        "    because you gave Film 0 4 stars (25%),                  ",
        "    gave Film 1 4 stars (25%), gave Film 2 4 stars (25%)    ",
    ]


def test_items_that_have_no_titles_are_not_told_twice() -> None:
    items = tuple(Recommendation(rank, name, name, None, 5.0, 5.0, 50, None) for rank, name in ((1, "b7"), (2, "b9")))
    untitled = RecommendResult("ease:1", 6, (), False, "rated", 0, items, 2, False)
    assert strip_styles(on_terminal(recommend_view(untitled), 80)).count("b7") == 1
    one_titled = dataclasses.replace(untitled, items=(dataclasses.replace(items[0], title="Fargo"), items[1]))
    assert strip_styles(on_terminal(recommend_view(one_titled), 80)).count("b9") == 2
