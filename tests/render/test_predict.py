"""Predictions as they are shown and written."""

import io
import json
from pathlib import Path

from rich.console import Console

from recli.core.ratings import RatingScale
from recli.core.results.predict import BASELINE, MODEL, Prediction, PredictResult, StarsInterval, Tally
from recli.core.results.similar import TitleMatch
from recli.render.predict import notes, pairs_view, prediction_view, table_pieces, written_view
from recli.render.view import View, json_text, quiet_text, tsv_text

SURE = Prediction(
    42, 50, "Star Wars (1977)", 4.5, 5.0, StarsInterval(0.8, 4.0, 5.0, 0.875), (0.0, 0.125, 0.5, 0.375), 4.25, MODEL,
    given=5.0, part="train",
)  # fmt: skip
COLD = Prediction("=1+1", -7, '@a, "b"\t', 3.25, None, None, None, 3.25, BASELINE)
NOTHING = Prediction("q", "x", None, None, None, None, None, None, None)


def result(*found: Prediction, cold: str = "error", tally: Tally | None = None, **more: object) -> PredictResult:
    blocks = iter([(prediction,) for prediction in found])
    counts = tally or Tally(pairs=len(found))
    return PredictResult("m:1", RatingScale(1, 5), (1, 3, 4, 5), blocks, cold, tally=counts, **more)


def terminal(view: View) -> str:
    screen = io.StringIO()
    Console(file=screen, width=80, markup=False, emoji=False, highlight=False).print(view.terminal(), crop=False)
    return "\n".join(line.rstrip() for line in screen.getvalue().splitlines())


def test_one_prediction_on_a_terminal() -> None:
    assert (
        terminal(prediction_view(result(SURE), distribution=False))
        == """\
Star Wars (1977)  id 50 · for user 42 · by m:1

predicted       4.50 stars
median          5 stars
80% interval    4 to 5 stars, which hold 88%
bias baseline   4.25 stars
given           5 stars, in a row of the training part

stars   probability
──────────────────────────────────────────────────────────
    1          0.0%
    3         12.5%   █████████
    4         50.0%   ████████████████████████████████████
    5         37.5%   ███████████████████████████"""
    )


def test_one_prediction_elsewhere() -> None:
    view = prediction_view(result(SURE), distribution=True)
    assert tsv_text(view) == (
        "user_id\titem_id\ttitle\trating\tmedian\tlow\thigh\tsource\tp_1\tp_3\tp_4\tp_5\tbaseline\tgiven\ttrained_on\n"
        "42\t50\tStar Wars (1977)\t4.5\t5\t4\t5\tmodel\t0\t0.125\t0.5\t0.375\t4.25\t5\ttrue\n"
    )
    assert quiet_text(view) == "4.5\n"
    assert json.loads(json_text(view)) == {
        "ref": "m:1",
        "predictions": [{
            "user_id": 42, "item_id": 50, "title": "Star Wars (1977)", "rating": 4.5, "median": 5.0,
            "interval": {"level": 0.8, "low": 4.0, "high": 5.0, "holds": 0.875},
            "distribution": {"1": 0.0, "3": 0.125, "4": 0.5, "5": 0.375},
            "baseline": 4.25, "source": "model", "given": 5.0, "part": "train", "trained_on": True,
        }],
        "matches": [], "cold": 0, "clipped": 0, "unknown": 0, "skipped": 0,
    }  # fmt: skip
    assert view.notes == ["the rating given is a training row of m:1: this prediction proves nothing"]


def test_where_nothing_is_said_cells_are_empty() -> None:
    view = prediction_view(result(NOTHING, cold="nan"), distribution=False)
    assert tsv_text(view).splitlines()[1] == "q\tx" + "\t" * 9
    assert quiet_text(view) == "\n"
    assert "predicted   –" in terminal(view)
    assert terminal(prediction_view(result(cold="skip"), distribution=False)) == "nothing to predict"


def test_the_other_titles_are_named() -> None:
    matches = (TitleMatch(1, "A", 1990, 20), TitleMatch(2, "B", None, 1))
    view = prediction_view(result(COLD, matches=matches, exact=False), distribution=False)
    assert view.notes == [
        "no title contains that; taken as: A (1990)", "also matching (choose with --item ID):", "  2  B, 1 rating",
    ]  # fmt: skip


def test_tables_guard_text_and_keep_every_row_a_row() -> None:
    assert "".join(table_pieces(result(SURE, COLD, NOTHING), ",", distribution=False)) == (
        "user_id,item_id,title,rating,median,low,high,source\n"
        "42,50,Star Wars (1977),4.5,5,4,5,model\n"
        '\'=1+1,-7,"\'@a, ""b""\\x09",3.25,,,,baseline\n'
        "q,x,,,,,,\n"
    )
    assert "".join(table_pieces(result(COLD), "\t", distribution=True, raw=True)).splitlines()[1] == (
        '=1+1\t-7\t@a, "b"\\x09\t3.25\t\t\t\tbaseline\t\t\t\t'
    )


def test_many_pairs_on_a_terminal_are_cut_and_counted() -> None:
    view = pairs_view(result(*[SURE] * 22))
    shown = terminal(view).splitlines()
    assert shown[0] == "22 pairs  by m:1"
    assert sum("Star Wars" in line for line in shown) == 20
    assert shown[-1] == "… and 2 pairs more: --out FILE takes all"
    assert not view.notes, "nothing is cut but what a terminal shows"
    assert len(json.loads(json_text(view))["predictions"]) == 22


def test_a_written_file_is_named_with_its_counts() -> None:
    view = written_view(result(tally=Tally(pairs=9, cold=2, clipped=1, unknown=3, skipped=3)), Path("out.csv"))
    assert json.loads(json_text(view)) == {
        "ref": "m:1", "pairs": 9, "cold": 2, "clipped": 1, "unknown": 3, "skipped": 3, "files": {"out": "out.csv"}
    }  # fmt: skip
    assert quiet_text(view) == "out.csv\n"


def test_what_a_reader_should_know_is_counted() -> None:
    tally = Tally(pairs=9, cold=4, by_baseline=4, clipped=1, unknown=3, trained_on=2)
    assert notes(result(cold="baseline", tally=tally, no_dataset="gone")) == [
        "2 of 9 pairs are training rows of m:1: what is predicted for them proves nothing",
        "3 pairs with an id that m:1 does not know: answered by the baseline",
        "1 pair with a user or an item that training never saw: answered by the baseline",
        "1 prediction moved to the edge of the scale",
        "what users have really given is not known: gone",
    ]
    assert notes(result(cold="skip", tally=Tally(pairs=9, cold=1, unknown=3, skipped=3))) == [
        "3 pairs with an id that m:1 does not know: left out",
        "1 pair with a user or an item that training never saw: answered from metadata",
    ]
    assert notes(result(cold="nan", tally=Tally(pairs=9, cold=3, unknown=3))) == [
        "3 pairs with an id that m:1 does not know: left empty"
    ]
