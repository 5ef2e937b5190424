import json

from benchmarks.table import Row, as_json, markdown, mean_of_folds, median_of_runs

FULL = Row("bayes", "ok", "", "recli 1", 0.8761, 0.6839, 0.6321, 0.1234, 900, 43, 0.784, 12.34, 199.6, 5, 7, {}, 0.4321)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_measure_that_a_model_does_not_have_stays_blank() -> None:
    page = markdown([FULL, Row("implicit ALS", ndcg=0.2, fit_seconds=0.345, peak_mb=71)], "caption", ["a note"])
    caption, _, titles, _, full, partial, _, note = page.splitlines()
    assert (caption, note) == ("caption", "- a note")
    assert len(cells(titles)) == len(cells(full)) == len(cells(partial)) == 9
    assert cells(full) == ["bayes", "0.8761", "0.6839", "0.6321", "0.123", "0.432", "78%", "12", "200"]
    assert cells(partial) == ["implicit ALS", "", "", "", "0.200", "", "", "0.34", "71"]


def test_a_peer_that_is_not_there_keeps_its_row() -> None:
    line = markdown([Row("myFM", status="not installed")], "", []).splitlines()[-2]
    assert cells(line) == ["myFM", "not installed", *[""] * 7]


def test_runs_give_the_median_time_and_the_largest_memory() -> None:
    runs = [Row("dot", rmse=1.0, fit_seconds=seconds, peak_mb=peak) for seconds, peak in ((9, 1), (1, 3), (2, 2))]
    found = median_of_runs(runs)
    assert (found.rmse, found.fit_seconds, found.peak_mb) == (1.0, 2, 3)


def test_a_run_that_failed_is_not_hidden_by_those_that_did_not() -> None:
    assert median_of_runs([Row("dot"), Row("dot", status="failed", detail="why")]).detail == "why"
    assert mean_of_folds({"u1": Row("dot"), "u2": Row("dot", status="failed", detail="why")}).detail == "why"


def test_folds_give_means_and_each_folds_rmse() -> None:
    found = mean_of_folds({"u1": Row("dot", rmse=0.9, mae=0.7, cold=3), "u2": Row("dot", rmse=0.8, mae=0.5, cold=4)})
    assert (round(found.rmse or 0, 9), round(found.mae or 0, 9), found.median_mae, found.cold) == (0.85, 0.6, None, 7)
    titles, _, line = markdown([found], "", []).splitlines()[2:5]
    assert cells(titles)[-2:] == ["RMSE u1", "RMSE u2"]
    assert cells(line)[-2:] == ["0.9000", "0.8000"]


def test_the_json_holds_every_number_unrounded() -> None:
    record = json.loads(as_json([FULL], {"dataset": "ml-100k"}))
    assert record["dataset"] == "ml-100k"
    assert (record["rows"][0]["rmse"], record["rows"][0]["users_left_out"]) == (0.8761, 43)
