"""A view of every command, made of fixed results: what the snapshots hold, and what ``recli explain`` may point to."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from recli.core.glossary import TERMS
from recli.core.ratings import RatingScale
from recli.core.results.config import ConfigResult, Setting
from recli.core.results.crossval import CrossvalResult, Fold
from recli.core.results.diff import DiffRow, ModelDiff
from recli.core.results.doctor import Diagnosis, Finding
from recli.core.results.evaluate import EvaluateResult
from recli.core.results.explain import Explained
from recli.core.results.export import ExportedTable, ExportResult
from recli.core.results.importing import BadLine, FileCount, ImportResult
from recli.core.results.predict import BASELINE, MODEL, Prediction, PredictResult, StarsInterval, Tally
from recli.core.results.recommend import AllUsers, GivenRating, Reason, Recommendation, RecommendResult, UserRow
from recli.core.results.similar import TitleMatch
from recli.core.results.upkeep import Checked, Collected, Exported, Removed, Tagged, Verification
from recli.render import predict, recommend
from recli.render.config import config_view, file_view
from recli.render.crossval import crossval_view
from recli.render.diff import diff_view
from recli.render.doctor import doctor_view
from recli.render.evaluate import evaluate_view
from recli.render.explain import explain_view
from recli.render.export import export_view
from recli.render.importing import import_view
from recli.render.upkeep import collected_view, exported_view, removed_view, tagged_view, verified_view
from recli.render.view import View
from tests.render import test_views as views
from tests.render.samples import BAR, METRICS, RANKING, report

Make = Callable[[str], View]
"""From a title, which is data, to the view."""
_SURE = (0.0, 0.03125, 0.09375, 0.5, 0.375)


def stats_flat(title: str) -> View:
    return views.described(title, popularity=False)


def judged_by_slices(title: str) -> View:
    return views.judged(title, slices=True)


def judged_on_a_sample(title: str) -> View:
    some = dataclasses.replace(RANKING, ranked_users=10_000, of_users=200_948)
    return evaluate_view(EvaluateResult((report(title, ranking=some),), ()))


def compared_on_a_sample(title: str) -> View:
    return views.compared(title, by="ndcg", users=9_802, ranked_users=10_000, of_users=200_948)


def cross_validated(title: str) -> View:
    folds = tuple(
        Fold(f"kfold:2/{k}", f"dot:{k}", {"train": METRICS, "validation": None, "test": METRICS}, METRICS, BAR)
        for k in (1, 2)
    )
    mean, sd = {"mae": 0.71, "mse": 0.8282, "rmse": 0.91}, {"mae": 0.0141, "mse": 0.0257, "rmse": 0.0141}
    return crossval_view(CrossvalResult("dot", title, {"epochs": 2}, folds, mean, sd, mean, sd, 61.24, "dot:9"))


def _recommendations(title: str, reasons: tuple[Reason, ...] | None) -> tuple[Recommendation, ...]:
    others = None if reasons is None else ()
    return (
        Recommendation(1, 474, title, 1963, 4.25, 4.5, 194, reasons),
        Recommendation(2, 100, "Fargo (1996)", 1996, 4.25, 2.25, 508, others),
    )


def recommended(title: str) -> View:
    items = _recommendations(title, (Reason(50, "Star Wars (1977)", 1977, 5.0, 0.625),))
    given = (GivenRating(50, "Star Wars (1977)", 1977, 5.0),)
    return recommend.recommend_view(RecommendResult("bayes:1", None, given, False, "rated", 1, items, 10, True))


def _everybody(title: str) -> AllUsers:
    blocks = iter([[UserRow(user, item) for item in _recommendations(title, None)] for user in (6, 42)])
    return AllUsers("bayes:1", 2, "rated", blocks)


def recommended_to_all(title: str) -> View:
    return recommend.all_view(_everybody(title))


def recommendations_written(title: str) -> View:
    return recommend.written_view(_everybody(title), Path(f"recs {title}.csv"))


def _predictions(title: str, *, pairs: bool) -> PredictResult:
    sure = Prediction(
        42, 50, title, 4.21875, 4.0, StarsInterval(0.8, 3.0, 5.0, 0.96875), _SURE, 4.25, MODEL, 5.0, "train"
    )
    cold = Prediction("new", -7, None, 3.25, None, None, None, 3.25, BASELINE)
    tally = Tally(pairs=2, cold=1, by_baseline=1, clipped=0, unknown=1, skipped=0, trained_on=1) if pairs else Tally(1)
    matches = () if pairs else (TitleMatch(50, title, 1977, 583), TitleMatch(51, "Star Trek (1979)", 1979, 9))
    found = (sure, cold) if pairs else (sure,)
    levels = (1.0, 2.0, 3.0, 4.0, 5.0)
    return PredictResult("bayes:1", RatingScale(1, 5), levels, iter([found]), "baseline", matches=matches, tally=tally)


def predicted(title: str) -> View:
    return predict.prediction_view(_predictions(title, pairs=False), distribution=True)


def predicted_pairs(title: str) -> View:
    return predict.pairs_view(_predictions(title, pairs=True))


def predictions_written(title: str) -> View:
    return predict.written_view(_predictions(title, pairs=True), Path(f"stars {title}.csv"))


def explained(title: str) -> View:
    return explain_view(Explained(TERMS[:1], listing=False))


def glossary(title: str) -> View:
    return explain_view(Explained(TERMS[:3], listing=True))


def diagnosed(title: str) -> View:
    findings = (
        Finding("python", "Python", "ok", "3.12.4 at /usr/bin/python3"),
        Finding("python", "TensorFlow runs", "ok", "2.21.0 on 1 CPU, imported in 3.5 s"),
        Finding("python", "extra umap", "warning", "umap-learn is not installed", "pip install 'recli[umap]'"),
        Finding("store", "dot:1", "problem", f"{title} does not hold", "recli models rm dot:1", 5),
        Finding("settings", "file", "ok", f"/home/ada/{title}/recli.toml"),
    )
    return doctor_view(Diagnosis(findings))


def configured(title: str) -> View:
    settings = (
        Setting(None, "artifacts", f"/store/{title}", "environment", "RECLI_ARTIFACTS"),
        Setting("train", "epochs", 20, "file", "/home/ada/recli.toml:3"),
        Setting("recommend", "genre", ("Comedy", "Crime"), "file", "/home/ada/recli.toml:6"),
    )
    return config_view(ConfigResult(Path("/home/ada/recli.toml"), None, settings))


def configured_command(title: str) -> View:
    settings = (
        Setting("train", "model", "bayes", "default", None),
        Setting("train", "dataset", title, "file", "/home/ada/recli.toml:2"),
        Setting("train", "seed", 0, "default", None),
        Setting("train", "patience", None, "default", None),
    )
    return config_view(ConfigResult(None, "train", settings))


def config_path(title: str) -> View:
    return file_view(ConfigResult(Path(f"/home/{title}/recli.toml"), None, ()))


def differing(title: str) -> View:
    sections = {
        "configuration": (DiffRow("model", "dot", "dot"), DiffRow("parameters.epochs", 10, 15)),
        "data": (DiffRow("name", "ml-100k", title), DiffRow("fingerprint", "a" * 64, "a" * 63 + "b")),
        "metrics": (DiffRow("test.mae", 0.716564123, None),),
    }
    return diff_view(ModelDiff(("dot:1", "dot:2"), sections))


def tagged(title: str) -> View:
    return tagged_view(Tagged("dot@champion", "dot:3", "dot:1"))


def untagged(title: str) -> View:
    return tagged_view(Tagged("dot@champion", None, "dot:1"))


def verified(title: str) -> View:
    place = Path("/store/models/dot")
    return verified_view(
        Verification(
            (
                Checked("model", "dot:1", place / "0001", 1_861_476, "", ""),
                Checked("model", "dot:2", place / "0002", 99, f"{title}: its size is 98", "recli models rm dot:2"),
                Checked("dataset", "ml-100k", Path("/store/datasets/ml-100k"), 2_411_334, "", ""),
            )
        )
    )


_GONE = (Removed("dot:1", 1_861_476, ("champion", "old")), Removed("dot:2", 99, ()))


def removed(title: str) -> View:
    return removed_view(_GONE)


def collected(title: str) -> View:
    left = ((Path(f"/store/tmp/{title}"), 4096),)
    return collected_view(Collected(True, 3, _GONE, ("dot:4",), left, 1_865_671))


def exported(title: str) -> View:
    files = (Path(f"{title}.tsv"), Path(f"{title}.metadata.tsv"))
    return exported_view(Exported("dot:3", files, ("52 items without training ratings are left out",)))


def dataset_exported(title: str) -> View:
    tables = (
        ExportedTable("ratings", Path(f"{title}/ratings.csv"), 100_000, ("user_id", "item_id", "rating"), 1_979_206),
        ExportedTable("items", Path("own/items.csv"), 1, ("item_id", "title", "year", "genres"), 72),
    )
    remarks = ("nothing but ids is known of the users: there is no file of them",)
    return export_view(ExportResult("own", "csv", RatingScale(0.5, 5.0), tables, remarks))


def imported(title: str) -> View:
    columns = {"user": "userId", "item": "movieId", "rating": "rating", "timestamp": None}
    bad = (BadLine(7, "rating", "scale", f"{title} is no number"),)
    ratings = FileCount(f"{title}.csv", "CSV", "utf-8", True, columns, 1_000, 990, 3, 1, {"scale": 10}, bad, "ab" * 32)
    scale = RatingScale(0.5, 5.0)
    return import_view(
        ImportResult("own", Path("artifacts/datasets/own"), 60, 40, 987, scale, False, ratings, None, None, ())
    )


COMMANDS: dict[str, tuple[Make, ...]] = {
    "fetch": (views.fetched, views.listed),
    "import": (imported,),
    "export": (dataset_exported,),
    "stats": (stats_flat, views.described),
    "train": (views.trained, cross_validated),
    "evaluate": (views.judged, judged_by_slices, judged_on_a_sample),
    "compare": (views.compared, compared_on_a_sample),
    "recommend": (recommended, recommended_to_all, recommendations_written),
    "predict": (predicted, predicted_pairs, predictions_written),
    "similar": (views.near, views.paired),
    "project": (views.mapped,),
    "reproduce": (views.reproduced,),
    "tune": (views.tuned,),
    "explain": (explained, glossary),
    "doctor": (diagnosed,),
    "config": (configured, configured_command, config_path),
    "models list": (views.versions,),
    "models show": (views.shown,),
    "models path": (views.located,),
    "models diff": (differing,),
    "models tag": (tagged,),
    "models untag": (untagged,),
    "models verify": (verified,),
    "models rm": (removed,),
    "models gc": (collected,),
    "models export": (exported,),
}
"""Words of a command → its views."""
WITHOUT = {"completion"}
"""Prints a script for the shell, which runs in tests/cli/test_completing.py, and no result."""
