"""What other programs read in the files that are written for them."""

from pathlib import Path

import numpy as np
import pytest

from recli.core.errors import UsageError
from recli.core.reference import ArtifactRef
from recli.operations.artifacts import load_predictor
from recli.operations.export import export_model
from recli.operations.train import configure, train
from recli.render.csv_text import rows_text
from recli.store import Store

DOT = ArtifactRef("dot", 1)


def test_npz_holds_what_was_learned(tiny: Store, tmp_path: Path) -> None:
    out = tmp_path / "dot.npz"
    assert export_model(tiny, rows_text, ref="dot", out=out).files == (out,)
    artifact = tiny.model(DOT)
    with np.load(out) as arrays:
        assert set(arrays) == {"user_embedding", "item_embedding", "item_vectors", "user_vectors"}
        np.testing.assert_array_equal(arrays["item_vectors"], artifact.read_array("item_vectors.npy"))


def test_csv_gives_back_the_same_bits_beside_ids_and_titles(tiny: Store, tmp_path: Path) -> None:
    import pandas as pd

    folder = tmp_path / "vectors"
    export_model(tiny, rows_text, ref="dot", out=folder)
    artifact = tiny.model(DOT)
    items = pd.read_csv(folder / "item_vectors.csv")
    assert list(items.columns[:4]) == ["item_id", "title", "year", "v0"]
    stored = artifact.read_array("item_vectors.npy")
    np.testing.assert_array_equal(items.iloc[:, 3:].to_numpy(np.float32), stored)
    users = pd.read_csv(folder / "user_vectors.csv")
    np.testing.assert_array_equal(users.iloc[:, 1:].to_numpy(np.float32), artifact.read_array("user_vectors.npy"))
    with pytest.raises(UsageError, match="is there already") as told:
        export_model(tiny, rows_text, ref="dot", out=folder)
    assert told.value.fix == f"recli models export dot --out {folder} --force"
    assert len(export_model(tiny, rows_text, ref="dot", out=folder, force=True).files) == 2


@pytest.mark.parametrize("out", ["vectors", "items.parquet"])
def test_parquet_holds_a_vector_as_one_cell_beside_ids_and_titles(tiny: Store, tmp_path: Path, out: str) -> None:
    import pyarrow.parquet as pq

    form = None if "." in out else "parquet"
    items, users = export_model(tiny, rows_text, ref="dot", out=tmp_path / out, form=form).files
    artifact = tiny.model(DOT)
    read = pq.read_table(items)
    assert read.column_names == ["item_id", "title", "year", "vector"]
    assert str(read.schema.field("vector").type) == "fixed_size_list<element: float>[8]"
    np.testing.assert_array_equal(np.array(read["vector"].to_pylist()), artifact.read_array("item_vectors.npy"))
    assert users.name == ("items.users.parquet" if form is None else "user_vectors.parquet")
    assert len(pq.read_table(users)) == len(artifact.read_array("user_vectors.npy"))


@pytest.mark.parametrize(("out", "form"), [("x.npz", "csv"), ("x.parquet", "csv"), ("x", "arrow")])
def test_a_format_is_one_of_the_vectors_in_a_directory(tiny: Store, tmp_path: Path, out: str, form: str) -> None:
    with pytest.raises(UsageError, match="--format"):
        export_model(tiny, rows_text, ref="dot", out=tmp_path / out, form=form)
    assert list(tmp_path.iterdir()) == []


def test_the_projector_gets_a_line_of_metadata_for_each_vector(tiny: Store, tmp_path: Path) -> None:
    vectors, metadata = export_model(tiny, rows_text, ref="dot", out=tmp_path / "items.tsv").files
    assert metadata.name == "items.metadata.tsv"
    assert np.loadtxt(vectors, delimiter="\t").shape == (40, 8)
    header, *rows = metadata.read_text().splitlines()
    assert header == "item_id\ttitle\tyear\tratings\tgenres"
    assert len(rows) == 40


@pytest.mark.parametrize(("model", "loss"), [("dot", "mae"), ("deep", "mae"), ("hybrid", "mae"), ("hybrid", "ordinal")])
def test_keras_reads_the_network_without_recli(tiny_copy: Store, tmp_path: Path, model: str, loss: str) -> None:
    """Its numbers are those that recli computes; before the ordinal loss makes stars of them."""
    import keras

    ref = train(tiny_copy, configure(model, {"epochs": 1, "embedding_size": 4, "loss": loss}), dataset="tiny").ref
    out = tmp_path / "network.keras"
    exported = export_model(tiny_copy, rows_text, ref=ref, out=out)
    assert len(exported.remarks) == (2 if loss == "ordinal" else 1)
    network = keras.saving.load_model(out)  # noqa: TID251 - recli never does; this shows that others can
    assert not {type(layer).__module__.split(".")[0] for layer in network.layers} - {"keras"}
    users, items = np.array([0, 3, 5], np.int32), np.array([7, 1, 2], np.int32)
    own = load_predictor(tiny_copy.model(ArtifactRef.parse(ref))).model.output(users, items)
    rows = [users + 1, items + 1]
    found = np.asarray(network([*rows, *rows] if model == "hybrid" else rows))[:, 0]
    np.testing.assert_allclose(found, own, rtol=1e-4, atol=1e-5)
