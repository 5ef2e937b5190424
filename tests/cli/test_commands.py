"""Every command from its arguments to its output, on the small dataset."""

import json
from pathlib import Path

import pytest

from recli import __version__
from recli.operations import doctor
from recli.store import Store
from tests.cli.conftest import Recli

PROMISED = {
    "fetch tiny": {"dataset", "source", "path", "users", "items", "ratings", "sha256"},
    "export tiny --out /dev/null": {"dataset", "format", "scale", "files"},
    "stats tiny": {
        "dataset", "users", "items", "ratings", "density", "rating", "rating_counts", "ratings_per_user", "popularity",
    },
    "train bias --dataset tiny": {
        "ref", "model", "version", "path", "parameters", "seconds", "history", "metrics", "baseline",
    },
    "train bias --split kfold:5 --dataset tiny": {
        "model", "dataset", "split", "folds", "mean", "sd", "baseline_mean", "seconds",
    },
    "evaluate dot": {"reports"},
    "compare dot bias": {"dataset", "fingerprint", "by", "n", "users", "best", "entries"},
    "tune bias -d tiny --trials 2 --jobs 1": {"ref", "metric", "best", "default", "trials", "study", "metrics"},
    "recommend --user 6": {"user", "ref", "items"},
    "recommend --rate 1=5 --rate 14=2": {"user", "ref", "given", "items"},
    "recommend": {"user", "ref", "by_popularity", "items"},
    "recommend --all-users -n 2": {"ref", "users", "recommendations"},
    "predict --user 7 --item 3": {"ref", "predictions", "cold", "clipped"},
    "similar --id 1": {"ref", "query", "matches", "neighbors"},
    "project --method pca": {"ref", "method", "points", "files"},
    "explain": {"terms"},
    "explain mae": {"terms"},
    "doctor": {"ok", "checks"},
    "models list": {"models"},
    "models show dot": {"ref", "created", "dataset", "metrics", "aliases", "bytes", "status", "arrays"},
    "models path dot": {"path"},
    "models diff dot bias": {"first", "second", "sections"},
    "models tag dot:1 champion": {"name", "ref", "before"},
    "models verify": {"checked", "damaged", "checks"},
    "models rm dot -y": {"removed", "bytes"},
    "models gc --keep-last 1": {"dry_run", "keep_last", "removed", "held", "leftovers", "bytes"},
}  # fmt: skip
"""The keys that scripts rely on."""


@pytest.fixture(autouse=True)
def _small_store(tiny_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny_copy.root))
    monkeypatch.setattr(doctor, "_TENSORFLOW", "print('2.0', '3.5', 'CPU')")  # the real import takes seconds


@pytest.mark.parametrize("command", PROMISED)
def test_json_is_one_object_with_the_promised_keys(recli: Recli, command: str) -> None:
    ran = recli(*command.split(), "--json")
    assert ran.code == 0, ran.err
    assert PROMISED[command] <= json.loads(ran.out).keys()
    assert ran.out.isascii()


@pytest.mark.parametrize("command", [c for c in PROMISED if c not in ("models path dot", "models gc --keep-last 1")])
def test_no_terminal_gets_tab_separated_rows_under_a_header(recli: Recli, command: str) -> None:
    header, *rows = recli(*command.split()).out.splitlines()
    assert rows
    assert {len(row.split("\t")) for row in (header, *rows)} == {len(header.split("\t"))}
    assert not set("│┃─━╭") & set("".join(rows))


def test_nested_keys_of_the_promise(recli: Recli) -> None:
    stats = json.loads(recli("stats", "tiny", "--json").out)
    assert {"mean", "std", "min", "q25", "median", "q75", "max"} <= stats["rating"].keys()
    assert stats["rating_counts"].keys() <= {"1", "2", "3", "4", "5"}
    assert {"item_id", "title", "year", "ratings", "mean_rating"} <= stats["popularity"][0].keys()
    train = json.loads(recli("train", "dot", "--dataset", "tiny", "--epochs", "1", "--json").out)
    assert train["seconds"].keys() == {"fit", "total"}
    assert train["history"][0].keys() == {"epoch", "loss", "val_loss"}
    assert train["metrics"].keys() == {"train", "validation", "test"}
    assert {"n", "mae", "mse", "rmse"} <= train["metrics"]["test"].keys()
    folds = json.loads(recli("train", "bias", "--dataset", "tiny", "--split", "kfold:2", "--json").out)
    assert [fold["split"] for fold in folds["folds"]] == folds["split"] == ["kfold:2/1", "kfold:2/2"]
    assert folds["folds"][0].keys() == {"ref", "split", "metrics", "baseline"}
    assert folds["folds"][0]["metrics"].keys() == {"train", "validation", "test"}
    assert {"mae", "mse", "rmse"} <= folds["mean"].keys() == folds["sd"].keys()
    (report,) = json.loads(recli("evaluate", "dot", "--json").out)["reports"]
    assert {"ref", "dataset", "n", "mae", "mse", "rmse"} <= report.keys()
    assert {"verdict", "verdicts", "baseline", "train", "distribution", "ranking", "slices"} <= report.keys()
    assert {"k", "relevant", "cold_users", "ranked_users", "of_users", "accuracy", "lists"} == report["ranking"].keys()
    (predicted,) = json.loads(recli("predict", "--user", "7", "--item", "3", "--json").out)["predictions"]
    assert {"user_id", "item_id", "title", "rating", "median", "interval", "distribution"} <= predicted.keys()
    assert {"baseline", "given", "trained_on"} <= predicted.keys()
    similar = json.loads(recli("similar", "--id", "1", "--json").out)
    assert similar["query"].keys() == {"item_id", "title"}
    assert {"rank", "item_id", "title", "year", "similarity", "ratings"} <= similar["neighbors"][0].keys()
    (term,) = json.loads(recli("explain", "mae", "--json").out)["terms"]
    assert {"term", "text", "formula", "see", "shown_by"} <= term.keys()
    (check, *_) = json.loads(recli("doctor", "--json").out)["checks"]
    assert check.keys() == {"about", "name", "status", "detail", "fix", "exit_code"}
    (first, *_) = json.loads(recli("models", "list", "--json").out)["models"]
    assert {"ref", "created", "dataset", "metrics", "aliases", "bytes", "status"} <= first.keys()


def test_quiet_prints_the_thing_itself(recli: Recli, tiny_copy: Store) -> None:
    assert recli("fetch", "tiny", "-q").out == "tiny\n"
    assert recli("train", "bias", "-d", "tiny", "-q").out.startswith("bias:")
    assert recli("models", "path", "dot:1", "-q").out == f"{tiny_copy.root / 'models' / 'dot' / '0001'}\n"
    folds = recli("train", "bias", "-d", "tiny", "--split", "kfold:2", "-q")
    assert (folds.out, folds.err) == ("bias:3\nbias:4\n", "")
    ids = recli("similar", "--id", "1", "-n", "3", "-q", "--min-ratings", "0")
    assert len(ids.out.split()) == 3
    assert ids.err == ""
    assert recli("project", "dot:1", "--method", "pca", "-q").out.endswith("map.html\n")
    tuned = recli("tune", "bias", "-d", "tiny", "--trials", "1", "--jobs", "1", "-q")
    assert (tuned.out.startswith("bias:"), tuned.err) == (True, "")


def test_a_path_is_bare_for_cd_and_scripts(recli: Recli, tiny_copy: Store) -> None:
    assert recli("models", "path", "dot:1").out == f"{tiny_copy.root / 'models' / 'dot' / '0001'}\n"


def test_epochs_are_plain_lines_where_stderr_is_no_terminal(recli: Recli) -> None:
    ran = recli("train", "dot", "-d", "tiny", "--epochs", "2")
    lines = [line for line in ran.err.splitlines() if line.startswith("epoch")]
    assert [line.split("  ")[0] for line in lines] == ["epoch 1/2", "epoch 2/2"]
    assert recli("train", "dot", "-d", "tiny", "--epochs", "2", "-q").err == ""


def test_each_fold_that_is_done_is_a_plain_line(recli: Recli) -> None:
    lines = recli("train", "bias", "-d", "tiny", "--split", "kfold:2").err.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "fold kfold:2/1 done (1 of 2)", "fold kfold:2/2 done (2 of 2)",
        "bias now means bias:3, the model of the last fold; bias:1 is still there",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("argv", "suffix"),
    [
        (["stats", "tiny"], "png"),
        (["stats", "tiny"], "svg"),
        (["train", "dot", "-d", "tiny", "--epochs", "2"], "png"),
        (["evaluate", "dot:1"], "png"),
        (["train", "bias", "-d", "tiny"], "html"),
        (["train", "bias", "-d", "tiny", "--split", "kfold:2"], "svg"),
        (["evaluate", "dot:1", "bias:1", "--no-ranking"], "svg"),
        (["compare", "dot:1", "bias:1"], "html"),
        (["similar", "--id", "1"], "svg"),
    ],
    ids=str,
)
def test_plot_writes_a_picture_beside_the_numbers(recli: Recli, tmp_path: Path, argv: list[str], suffix: str) -> None:
    picture = tmp_path / f"picture.{suffix}"
    ran = recli(*argv, "--plot", str(picture), "--json")
    assert ran.code == 0, ran.err
    assert picture.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml", b"<!doc")
    json.loads(ran.out)
    assert list(tmp_path.iterdir()) == [picture]


def test_project_writes_where_it_is_told_and_beside_the_model_else(
    recli: Recli, tmp_path: Path, tiny_copy: Store
) -> None:
    page, table = tmp_path / "m.html", tmp_path / "m.csv"
    made = json.loads(recli("project", "dot:1", "--perplexity", "5", "-o", str(page), "-o", str(table), "--json").out)
    assert made["files"] == {"html": str(page), "csv": str(table)}
    assert made["points"] == 40
    assert len(table.read_text().splitlines()) == 41
    kept = json.loads(recli("project", "dot:1", "--perplexity", "5", "--json").out)
    assert [made["from_cache"], kept["from_cache"]] == [False, True]
    assert Path(kept["files"]["png"]).is_relative_to(tiny_copy.root / "models" / "dot" / "0001" / "projections")
    again = json.loads(recli("project", "dot:1", "--perplexity", "5", "--json").out)
    assert again["from_cache"]
    assert again["files"] == kept["files"]


def test_project_opens_its_page_in_the_browser(
    recli: Recli, tmp_path: Path, tiny_copy: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda uri: not seen.append(uri))
    page = tmp_path / "m.html"
    argv = ("project", "dot:1", "--method", "pca", "-o", str(page), "--open")
    assert recli(*argv).code == 0
    assert seen == [page.as_uri()]
    monkeypatch.setattr("webbrowser.open", lambda uri: False)
    ran = recli(*argv)
    assert (ran.code, f"no browser could be started; the page is {page}" in ran.err) == (0, True)


def test_version(recli: Recli) -> None:
    assert recli("--version").out == f"recli {__version__}\n"


def test_list_names_every_dataset(recli: Recli) -> None:
    listed = json.loads(recli("fetch", "--list", "--json").out)["datasets"]
    fetched = {entry["dataset"]: entry["fetched"] for entry in listed}
    assert (fetched["ml-100k"], fetched["tiny"], fetched["synthetic-32m"]) == (False, True, False)


def test_a_gate_that_fails_exits_10_after_the_table(recli: Recli) -> None:
    ran = recli("evaluate", "dot:1", "bias:1", "--no-ranking", "--fail-if", "mae>0.01", "--fail-if", "n<1")
    assert ran.code == 10
    assert len(ran.out.splitlines()) == 5
    assert "dot:1 has mae" in ran.err
    assert "bias:1 has mae" in ran.err
    assert recli("evaluate", "--fail-if", "mae>9", "--fail-if", "ndcg>1").code == 0
    assert recli("evaluate", "dot", "--fail-if", "log_loss>1").code == 2
    assert recli("evaluate", "dot", "--no-ranking", "--fail-if", "ndcg<1").code == 2
