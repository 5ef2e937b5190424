import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recli.analysis.projection import ProjectionSpec, project
from recli.core.errors import InputDataError, IntegrityError, NotFoundError, RecliError, StorageError, UsageError
from recli.core.results.project import EmbeddingMap
from recli.core.vocabulary import Vocabulary
from recli.operations import kept_maps, spaces
from recli.operations import project as module
from recli.operations.datasets import open_dataset
from recli.operations.project import draw_map, formats_of
from recli.operations.spaces import on_the_same_points, open_space
from recli.store import Store

PCA = ProjectionSpec("pca")


class Pen:
    """Draws nothing, and counts."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def __call__(self, item_map: EmbeddingMap, fmt: str) -> bytes:
        self.drawn.append(fmt)
        return f"{fmt} of {len(item_map.points)}".encode()


def test_a_map_is_drawn_once_and_kept_beside_its_version(tiny_copy: Store) -> None:
    pen = Pen()
    first, second = (draw_map(tiny_copy, pen, refs=("dot",), spec=PCA) for _ in range(2))
    assert pen.drawn == ["html", "csv", "png", "svg", "tsv", "metadata"]
    assert (first.from_cache, second.from_cache) == (False, True)
    assert first.files == second.files
    assert first.files["csv"].read_bytes() == b"csv of 40"
    assert np.array_equal(first.map.layout.points, second.map.layout.points)
    assert first.map.layout.trained.sum() < 40


@pytest.mark.parametrize("damage", ["pca-cosine/map.html", "layout-pca-cosine/points.npy"])
@pytest.mark.parametrize("gone", [True, False], ids=["gone", "changed"])
def test_a_damaged_map_is_drawn_anew(tiny_copy: Store, damage: str, gone: bool) -> None:
    first = draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA)
    broken = first.files["html"].parents[1] / damage
    content = broken.read_bytes()
    broken.unlink() if gone else broken.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    pen = Pen()
    again = draw_map(tiny_copy, pen, refs=("dot",), spec=PCA)
    assert again.from_cache == (broken.name == "map.html")
    assert "html" in pen.drawn
    assert broken.read_bytes() == content


def test_a_map_of_another_recli_is_drawn_anew(tiny_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA)
    monkeypatch.setattr(kept_maps, "__version__", "99")
    assert not draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA).from_cache


def test_a_map_that_was_drawn_with_other_sources_is_drawn_anew(tiny_copy: Store) -> None:
    draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA, look="old")
    pens = [Pen(), Pen()]
    for pen in pens:
        draw_map(tiny_copy, pen, refs=("dot",), spec=PCA, look="new")
    assert [len(pen.drawn) for pen in pens] == [6, 0]


def test_files_asked_for_are_written_and_only_the_layout_is_kept(tiny_copy: Store, tmp_path: Path) -> None:
    outs = formats_of([tmp_path / "m.csv"])
    made = draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA, outs=outs)
    assert made.files == {"csv": tmp_path / "m.csv"}
    assert (tmp_path / "m.csv").read_bytes() == b"csv of 40"
    kept = tiny_copy.root / "models" / "dot" / "0001" / "projections"
    assert [path.name for path in kept.iterdir()] == ["layout-pca-cosine"]


def test_a_layout_is_computed_once_for_all_files_colours_and_comparisons(
    tiny_copy: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = []
    monkeypatch.setattr(module, "project", lambda *given: computed.append(given) or project(*given))
    maps = [
        draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA, color=color, outs=outs)
        for color, outs in (("mean", {"svg": tmp_path / "m.svg"}), ("year", {"png": tmp_path / "m.png"}), ("year", {}))
    ]
    maps.append(draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA))
    draw_map(tiny_copy, Pen(), refs=("dot", "dot"), spec=PCA)
    assert len(computed) == 1
    assert [made.from_cache for made in maps] == [False, True, True, True]
    assert maps[2].files["png"] != maps[3].files["png"]


def test_a_store_that_cannot_be_written_has_its_map_all_the_same(
    tiny_copy: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "publish_projection", lambda *_: (_ for _ in ()).throw(StorageError("read-only")))
    draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA, outs={"csv": tmp_path / "m.csv"})
    assert (tmp_path / "m.csv").exists()
    with pytest.raises(StorageError, match="read-only"):
        draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA)


def test_what_cannot_be_written_is_refused_before_the_work(
    tiny_copy: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "project", lambda *_: pytest.fail("projected all the same"))
    with pytest.raises(StorageError, match="no directory"):
        draw_map(tiny_copy, Pen(), spec=PCA, outs={"csv": tmp_path / "nowhere" / "m.csv"})
    monkeypatch.setattr(Store, "prepare", lambda self: (_ for _ in ()).throw(StorageError("read-only")))
    with pytest.raises(StorageError, match="read-only"):
        draw_map(tiny_copy, Pen(), spec=PCA)


@pytest.mark.parametrize(
    ("names", "words"),
    [(["m.gif"], "does not end"), (["m"], "does not end"), (["a.png", "b.PNG"], "asked for twice")],
)
def test_names_that_say_no_format_are_refused(names: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        formats_of([Path(name) for name in names])


def test_a_model_without_vectors_has_no_map(tiny: Store) -> None:
    with pytest.raises(NotFoundError, match="bias:1 has no item vectors"):
        draw_map(tiny, Pen(), refs=("bias",))


def test_a_kept_map_is_written_elsewhere_without_computing(
    tiny_copy: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = draw_map(tiny_copy, Pen(), refs=("dot",), spec=PCA)
    monkeypatch.setattr(module, "project", lambda *_: pytest.fail("projected all the same"))
    pen = Pen()
    again = draw_map(tiny_copy, pen, refs=("dot",), spec=PCA, outs={"csv": tmp_path / "m.csv"})
    assert (tmp_path / "m.csv").read_bytes() == b"csv of 40"
    assert pen.drawn == []
    mine, kept = first.map.layout, again.map.layout
    assert mine.faithfulness == kept.faithfulness
    assert np.array_equal(mine.neighbors, kept.neighbors)
    assert np.array_equal(mine.similarities, kept.similarities)


def test_users_have_their_labels_and_what_they_gave(tiny_copy: Store) -> None:
    made = draw_map(tiny_copy, Pen(), refs=("dot",), users=True, spec=PCA)
    data = open_dataset(tiny_copy, "tiny")
    points = made.map.points
    assert points.kind == "users"
    assert points.vocabulary == data.users.vocabulary
    first = data.ratings.values[data.ratings.user_nums == 0]
    assert points.n_ratings[0] == len(first)
    assert points.mean_ratings[0] == pytest.approx(first.mean())
    assert made.notes == ()


def test_without_its_dataset_users_have_the_training_rows_only(tiny_copy: Store) -> None:
    whole = draw_map(tiny_copy, Pen(), refs=("dot",), users=True, spec=PCA)
    shutil.rmtree(tiny_copy.root / "datasets" / "tiny")
    made = draw_map(tiny_copy, Pen(), refs=("dot",), users=True, spec=PCA)
    assert "tiny that dot:1 was trained on is not in the store any more" in made.notes[0]
    assert np.isnan(made.map.points.mean_ratings).all()
    assert made.map.points.n_ratings.sum() < whole.map.points.n_ratings.sum()
    assert made.files != whole.files


@pytest.mark.parametrize(
    ("error", "words"), [(InputDataError("other"), "has other rows now"), (IntegrityError("bad"), "is damaged")]
)
def test_what_is_wrong_with_its_dataset_is_said(
    tiny_copy: Store, monkeypatch: pytest.MonkeyPatch, error: RecliError, words: str
) -> None:
    monkeypatch.setattr(spaces, "dataset_of", lambda *_: (_ for _ in ()).throw(error))
    made = draw_map(tiny_copy, Pen(), refs=("dot",), users=True, spec=PCA)
    assert f"tiny that dot:1 was trained on {words}: ratings are counted" in made.notes[0]


def test_two_versions_are_compared_on_the_same_points(tiny_copy: Store) -> None:
    both = draw_map(tiny_copy, Pen(), refs=("dot", "dot:1"), spec=PCA)
    one, other = both.map.layouts
    np.testing.assert_allclose(one.points, other.points, atol=1e-5)  # the same version: it lies on itself
    assert both.map.agreement == 1
    assert set(both.files) == {"html", "csv", "png", "svg"}
    again = draw_map(tiny_copy, Pen(), refs=("dot", "dot:1"), spec=PCA)
    assert again.from_cache
    assert np.array_equal(again.map.layouts[1].points, other.points)


def test_models_of_different_things_cannot_be_compared(tiny_copy: Store) -> None:
    space = open_space(tiny_copy, "dot", users=False)
    reimported = replace(space, dataset=replace(space.dataset, fingerprint="0" * 64))
    with pytest.raises(UsageError, match=r"knows the items of tiny, fingerprint .*; dot:1 those of tiny, .* 0{12}…"):
        on_the_same_points([space, reimported])
    fewer = replace(space.points, vocabulary=Vocabulary.of([1, 2]))
    with pytest.raises(UsageError, match="different items of tiny"):
        on_the_same_points([space, replace(space, points=fewer)])


def test_a_renamed_dataset_is_the_same(tiny_copy: Store) -> None:
    space = open_space(tiny_copy, "dot", users=False)
    renamed = replace(space, dataset=replace(space.dataset, name="other"))
    assert len(on_the_same_points([space, renamed])) == 2


def test_the_projector_takes_two_files_of_one_model(tiny_copy: Store, tmp_path: Path) -> None:
    outs = formats_of([tmp_path / "v.tsv"])
    assert outs == {"tsv": tmp_path / "v.tsv", "metadata": tmp_path / "v.metadata.tsv"}
    with pytest.raises(UsageError, match="one model at a time"):
        draw_map(tiny_copy, Pen(), refs=("dot", "dot"), spec=PCA, outs=outs)


def test_a_colour_that_nothing_has_is_refused_with_those_there_are(tiny_copy: Store) -> None:
    with pytest.raises(UsageError, match="users have popularity, mean"):
        draw_map(tiny_copy, Pen(), refs=("dot",), users=True, spec=PCA, color="year")


def test_of_very_many_a_sample_is_laid_out_and_all_are_told_so(tiny_copy: Store) -> None:
    said: list[str] = []
    result = draw_map(tiny_copy, Pen(), refs=("dot",), very_many=39, sample=20, say=said.append)
    layout = result.map.layout
    assert layout.settings == {"metric": "cosine", "perplexity": 6, "seed": 0, "sampled": 20}
    assert layout.points.shape == (40, 2)
    assert said[0].endswith("by tsne: a sample of 20, then the others beside those most like them; this takes minutes")
    assert "sampled20" in result.files["html"].parent.name
    assert draw_map(tiny_copy, Pen(), refs=("dot",), very_many=39, sample=20).from_cache
    assert "sampled" not in draw_map(tiny_copy, Pen(), refs=("dot",), very_many=40).map.layout.settings


@pytest.mark.parametrize(
    ("n", "spec", "words"),
    [
        (5_000, ProjectionSpec(), ""),
        (5_001, ProjectionSpec(), ": this takes minutes"),
        (60_000, PCA, ""),
        (60_000, ProjectionSpec("umap"), ": this takes minutes"),
    ],
)
def test_who_waits_is_told_before(n: int, spec: ProjectionSpec, words: str) -> None:
    assert module._patience(n, spec) == words
