"""The commands that keep a store in order, from their arguments to the disk."""

import json
from pathlib import Path

import pytest

from recli.core.reference import ArtifactRef
from recli.store import Store
from tests.cli.conftest import Recli


@pytest.fixture(autouse=True)
def _small_store(tiny_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny_copy.root))


def test_a_name_moves_and_is_forgotten(recli: Recli, tiny_copy: Store) -> None:
    alias = tiny_copy.root / "models/dot/aliases/champion"
    assert json.loads(recli("models", "tag", "dot", "champion", "--json").out) == {
        "name": "dot@champion", "ref": "dot:1", "before": None,
    }  # fmt: skip
    assert alias.read_text().splitlines()[0] == "0001"
    assert recli("models", "path", "dot@champion").out.endswith("0001\n")
    assert json.loads(recli("models", "tag", "dot:1", "champion", "--json").out)["before"] == "dot:1"
    assert recli("models", "untag", "dot@champion", "-q").out == "dot@champion\n"
    assert not alias.exists()


def test_verify_lists_all_and_exits_5_when_anything_is_damaged(recli: Recli, tiny_copy: Store) -> None:
    assert recli("models", "verify").code == 0
    for path in ("models/dot/0001/weights.npz", "datasets/tiny/items.csv"):
        damaged = tiny_copy.root / path
        damaged.write_bytes(damaged.read_bytes()[:-1])
    ran = recli("models", "verify", "--json")
    answer = json.loads(ran.out)
    assert (ran.code, answer["checked"]) == (5, 3)
    assert [entry["name"] for entry in answer["damaged"]] == ["dot:1", "tiny"]
    assert "weights.npz has" in answer["damaged"][0]["reason"]
    assert "2 of 3 damaged: dot:1, tiny" in ran.err
    assert "fix: recli models rm dot:1" in ran.err
    assert recli("models", "verify", "bias").code == 0
    assert recli("models", "verify", "bias", "--datasets").code == 5


def test_nothing_is_removed_when_one_of_them_cannot_be(recli: Recli, tiny_copy: Store) -> None:
    recli("models", "tag", "dot", "best")
    ran = recli("models", "rm", "bias:1", "dot:1", "-y")
    assert (ran.code, tiny_copy.versions("bias")) == (2, [1])
    assert "fix: recli models rm dot:1 --force" in ran.err
    ran = recli("models", "rm", "bias:1", "dot@best", "bias", "-y", "--force", "--json")
    removed = json.loads(ran.out)["removed"]
    assert [(entry["ref"], entry["aliases"]) for entry in removed] == [("bias:1", []), ("dot:1", ["best"])]
    assert tiny_copy.model_names() == []


@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, []), ("n", 2, [1]), ("", 2, [1])])
def test_rm_asks_on_a_terminal(
    recli: Recli, tiny_copy: Store, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, left: list[int]
) -> None:
    asked: list[str] = []

    def confirm(question: str, *, err: bool) -> bool:
        asked.append(question)
        return err and answer == "y"

    monkeypatch.setattr("typer.confirm", confirm)
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    assert recli("models", "rm", "dot").code == code
    assert tiny_copy.versions("dot") == left
    assert asked[0].startswith("Remove dot:1 (")


def test_gc_says_what_it_would_free_and_then_frees_it(recli: Recli, tiny_copy: Store) -> None:
    recli("train", "bias", "-d", "tiny")
    planned = json.loads(recli("models", "gc", "--keep-last", "1", "--dry-run", "--json").out)
    assert [entry["ref"] for entry in planned["removed"]] == ["bias:1"]
    assert tiny_copy.versions("bias") == [1, 2]
    done = recli("models", "gc", "--keep-last", "1")
    assert done.out == f"what\tbytes\nbias:1\t{planned['bytes']}\n"
    assert tiny_copy.versions("bias") == [2]


def test_a_training_beside_a_reader_that_gc_would_take(recli: Recli, tiny_copy: Store) -> None:
    reader = tiny_copy.model(ArtifactRef("bias", 1))
    recli("train", "bias", "-d", "tiny")
    ran = recli("models", "gc", "--keep-last", "1", "--json")
    assert json.loads(ran.out)["held"] == ["bias:1"]
    assert "bias:1 stays: another process is reading it" in ran.err
    assert recli("models", "rm", "bias:1", "-y").code == 6
    reader.verify()


def test_exports_name_their_files(recli: Recli, tmp_path: Path) -> None:
    out = tmp_path / "items.tsv"
    ran = recli("models", "export", "dot", "--out", str(out), "--json")
    assert json.loads(ran.out) == {"ref": "dot:1", "files": [str(out), str(tmp_path / "items.metadata.tsv")]}
