import subprocess
import sys
from pathlib import Path

import pytest

from recli.core.errors import NotFoundError
from recli.core.reference import ArtifactRef
from recli.store import Store

from .conftest import tree


def test_a_store_that_does_not_exist_is_empty_and_stays_absent(store: Store, root: Path) -> None:
    assert store.dataset_names() == []
    assert store.model_names() == []
    assert store.versions("dot") == []
    assert store.statuses() == []
    for look in (lambda: store.model(ArtifactRef.parse("dot")), lambda: store.dataset("ml-100k")):
        with pytest.raises(NotFoundError):
            look()
    assert not root.exists()


def test_names_are_sorted_and_leave_out_what_is_none(store: Store, root: Path) -> None:
    for name in ("tiny", "ml-100k"):
        store.publish_dataset(name, {}, {})
        store.publish_model(name, {}, {})
    for junk in ("datasets/half", "datasets/.hidden", "datasets/UPPER", "models/empty", "models/half/0001", ".tmp-1"):
        (root / junk).mkdir(parents=True)
    (root / "datasets/UPPER/dataset.json").touch()
    (root / "datasets/notes.txt").touch()
    assert store.dataset_names() == ["ml-100k", "tiny"]
    assert store.model_names() == ["ml-100k", "tiny"]


def test_the_default_store_may_hold_other_files(store: Store, root: Path) -> None:
    root.mkdir()
    (root / ".gitignore").write_text("*\n")
    store.publish_dataset("tiny", {"x": b""}, {})
    assert store.dataset_names() == ["tiny"]
    assert tree(root)[".gitignore"] == b"*\n"


def test_naming_a_store_does_not_touch_the_disk(root: Path) -> None:
    assert Store(root).root == root
    assert not root.exists()


SIMILAR = """
import sys
from pathlib import Path
from recli.core.reference import ArtifactRef
from recli.store import Store
Store(Path(sys.argv[1])).model(ArtifactRef.parse("dot")).read_array("ratings/values.npy")
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_reading_imports_nothing_heavy(store: Store, root: Path, files: dict[str, object]) -> None:
    store.publish_model("dot", files, {})
    run = subprocess.run([sys.executable, "-c", SIMILAR, str(root)], capture_output=True, text=True, check=True)
    heavy = {"tensorflow", "keras", "pandas", "sklearn", "scipy", "matplotlib", "joblib", "rapidfuzz", "typer", "rich"}
    lazy = {"difflib", "zipfile", "tempfile"}
    assert not (heavy | lazy) & set(run.stdout.split())
