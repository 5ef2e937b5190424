import json
from pathlib import Path

import pytest

from recli.core.errors import IntegrityError, NotFoundError, UsageError
from recli.core.reference import ArtifactRef
from recli.operations.models import list_models, model_path, show_model
from recli.store import Store


def test_every_version_is_listed_with_its_errors(tiny: Store) -> None:
    listed = {entry.ref: entry for entry in list_models(tiny)}
    assert set(listed) == {"bias:1", "dot:1"}
    dot = listed["dot:1"]
    stored = json.loads((dot.path / "metrics.json").read_text())
    assert dot.metrics is not None
    assert dot.metrics.mae == stored["metrics"]["test"]["mae"]
    assert (dot.dataset, dot.aliases, dot.status, dot.reason) == ("tiny", ("latest",), "ok", "")
    assert dot.bytes == sum(path.stat().st_size for path in dot.path.rglob("*") if path.is_file())


def test_a_version_that_is_no_training_run_is_corrupt_and_hides_none(tiny_copy: Store) -> None:
    tiny_copy.publish_model("dot", {"metrics.json": b"{}"}, {"dataset": "of another program"})
    tiny_copy.publish_model("foreign", {}, {})
    listed = {entry.ref: entry for entry in list_models(tiny_copy)}
    assert {ref: entry.status for ref, entry in listed.items()} == {
        "bias:1": "ok", "dot:1": "ok", "dot:2": "corrupt", "foreign:1": "corrupt",
    }  # fmt: skip
    assert "describes no training run" in listed["dot:2"].reason


def test_a_version_that_is_removed_while_they_are_listed_is_left_out(
    tiny_copy: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = tiny_copy.statuses()
    tiny_copy.remove(ArtifactRef("dot", 1))
    monkeypatch.setattr(Store, "statuses", lambda store: statuses)
    assert [entry.ref for entry in list_models(tiny_copy)] == ["bias:1"]


def test_metrics_that_a_later_recli_added_are_passed_over(tiny_copy: Store) -> None:
    artifact = tiny_copy.root / "models" / "dot" / "0001"
    metrics = json.loads((artifact / "metrics.json").read_text())
    metrics["metrics"]["test"]["ndcg"] = 0.4
    manifest = json.loads((artifact / "manifest.json").read_text())
    about = {key: manifest[key] for key in ("parameters", "baseline", "dataset", "split")}
    tiny_copy.publish_model("dot", {"metrics.json": json.dumps(metrics).encode()}, about)
    (second,) = [entry for entry in list_models(tiny_copy) if entry.ref == "dot:2"]
    assert second.status == "ok"
    assert second.metrics is not None


@pytest.mark.parametrize("metrics", [b"[]", b"{}", b'{"metrics": {"test": {"n": "x"}}, "baseline": {}}', b"not json"])
def test_malformed_metrics_are_an_integrity_error(tiny_copy: Store, metrics: bytes) -> None:
    manifest = json.loads((tiny_copy.root / "models" / "dot" / "0001" / "manifest.json").read_text())
    about = {key: manifest[key] for key in ("parameters", "baseline", "dataset", "split")}
    tiny_copy.publish_model("dot", {"metrics.json": metrics}, about)
    assert [entry.status for entry in list_models(tiny_copy)] == ["ok", "ok", "corrupt"]
    with pytest.raises(IntegrityError):
        show_model(tiny_copy, "dot:2")


def test_show_tells_configuration_errors_and_arrays(tiny: Store) -> None:
    details = show_model(tiny, "dot")
    assert details.about["parameters"]["epochs"] == 3
    assert details.about["environment"]["numpy"]
    assert set(details.metrics) == {"train", "validation", "test"}
    arrays = {name: (dtype, shape) for name, dtype, shape in details.arrays}
    assert arrays["item_vectors.npy"] == ("float32", (40, 8))
    assert arrays["weights.npz/user_embedding"] == ("float32", (61, 8))


def test_show_refuses_a_damaged_version(tiny_copy: Store) -> None:
    weights = tiny_copy.root / "models" / "dot" / "0001" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(IntegrityError, match=r"weights\.npz"):
        show_model(tiny_copy, "dot")


def test_path_is_absolute(tiny: Store) -> None:
    assert model_path(tiny, "dot:1") == (tiny.root / "models" / "dot" / "0001").absolute()


@pytest.mark.parametrize(("ref", "error"), [("dot:9", NotFoundError), ("nothing", NotFoundError), ("Dot!", UsageError)])
def test_what_is_not_there_is_not_found(tmp_path: Path, tiny: Store, ref: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        model_path(tiny, ref)
