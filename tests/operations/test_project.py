from pathlib import Path

import numpy as np
import pytest

from recli.analysis.projection import ProjectionSpec
from recli.core.errors import NotFoundError, StorageError, UsageError
from recli.core.results.project import EmbeddingMap
from recli.operations import project as module
from recli.operations.project import formats_of, project_items
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
    first, second = (project_items(tiny_copy, pen, ref="dot", spec=PCA) for _ in range(2))
    assert pen.drawn == ["html", "csv", "png"]
    assert (first.from_cache, second.from_cache) == (False, True)
    assert first.files == second.files
    assert first.files["csv"].read_bytes() == b"csv of 40"
    assert np.array_equal(first.map.layout.points, second.map.layout.points)
    assert first.map.layout.trained.sum() < 40


@pytest.mark.parametrize("damage", ["map.html", "points.npy"])
@pytest.mark.parametrize("gone", [True, False], ids=["gone", "changed"])
def test_a_damaged_map_is_drawn_anew(tiny_copy: Store, damage: str, gone: bool) -> None:
    first = project_items(tiny_copy, Pen(), ref="dot", spec=PCA)
    broken = first.files["html"].with_name(damage)
    content = broken.read_bytes()
    broken.unlink() if gone else broken.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    again = project_items(tiny_copy, Pen(), ref="dot", spec=PCA)
    assert not again.from_cache
    assert broken.read_bytes() == content


def test_a_map_of_another_recli_is_drawn_anew(tiny_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    project_items(tiny_copy, Pen(), ref="dot", spec=PCA)
    monkeypatch.setattr(module, "__version__", "99")
    assert not project_items(tiny_copy, Pen(), ref="dot", spec=PCA).from_cache


def test_files_asked_for_are_written_and_nothing_is_kept(tiny_copy: Store, tmp_path: Path) -> None:
    outs = formats_of([tmp_path / "m.csv"])
    made = project_items(tiny_copy, Pen(), ref="dot", spec=PCA, outs=outs)
    assert made.files == {"csv": tmp_path / "m.csv"}
    assert (tmp_path / "m.csv").read_bytes() == b"csv of 40"
    assert not (tiny_copy.root / "models" / "dot" / "0001" / "projections").exists()


def test_what_cannot_be_written_is_refused_before_the_work(
    tiny_copy: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "project", lambda *_: pytest.fail("projected all the same"))
    with pytest.raises(StorageError, match="no directory"):
        project_items(tiny_copy, Pen(), spec=PCA, outs={"csv": tmp_path / "nowhere" / "m.csv"})
    monkeypatch.setattr(Store, "prepare", lambda self: (_ for _ in ()).throw(StorageError("read-only")))
    with pytest.raises(StorageError, match="read-only"):
        project_items(tiny_copy, Pen(), spec=PCA)


@pytest.mark.parametrize(
    ("names", "words"),
    [(["m.gif"], "no format"), (["m"], "no suffix"), (["a.png", "b.PNG"], "asked for twice")],
)
def test_names_that_say_no_format_are_refused(names: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        formats_of([Path(name) for name in names])


def test_a_model_without_vectors_has_no_map(tiny: Store) -> None:
    with pytest.raises(NotFoundError, match="bias:1 has no item vectors"):
        project_items(tiny, Pen(), ref="bias")
