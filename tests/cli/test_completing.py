"""What a shell is told at TAB."""

import inspect
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from recli.analysis.projection import METHODS
from recli.cli import completing
from recli.cli.similar import similar
from recli.cli.words import bash_words, split_line
from recli.core.reference import ArtifactRef
from recli.core.results.compare import BY
from recli.core.results.predict import COLD
from recli.core.results.recommend import EXCLUDABLE
from recli.core.results.similar import MIN_RATINGS
from recli.core.split import SplitSpec
from recli.data.exports import exported, table_files
from recli.models import registry
from recli.operations import complete, export, importing
from recli.store import Store, layout

BREAKS = " \t\n\"'@><=;|&(:"
HOSTILE = ["it's", 'a "b"', "$(touch x)", "`id`", "a: b", "a!b", "two\nlines", "~root", "a;b|c&d", "é*?[x]"]
PROBE = """
import json, sys
from recli.cli.main import main
try:
    main()
finally:
    print(json.dumps(sorted({m.split(".")[0] for m in sys.modules})), file=sys.stderr)
"""


def told(root: Path, line: str) -> list[str]:
    environment = {"_RECLI_COMPLETE": "bash", "RECLI_ARTIFACTS": str(root), "PYTHONUTF8": "1"}
    argv = [sys.executable, "-c", PROBE, line, BREAKS]
    ran = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=True)
    modules = set(json.loads(ran.stderr))  # and so nothing else was written there
    assert not modules & {"numpy", "rich", "pandas", "rapidfuzz", "tensorflow"}
    return ran.stdout.split("\0")


def test_references_titles_and_names_of_the_store_by_the_standard_library_alone(tiny: Store) -> None:
    assert told(tiny.root, "recli evaluate do") == ["words", "dot", "dot:1", "dot@latest"]
    assert told(tiny.root, "recli evaluate dot:") == ["words", "1"]
    assert told(tiny.root, "recli export t") == ["words", "tiny"]
    assert told(tiny.root, "recli stats t") == ["words", "tiny"]
    assert told(tiny.root, "recli compare dot --by=m") == ["words", "mae", "median_mae"]
    assert told(tiny.root, "recli predict --pairs x") == ["files"]
    assert told(tiny.root, "recli models s") == ["words", "show"]
    assert told(tiny.root, "recli fetch synthetic-1") == ["words", "synthetic-100k", "synthetic-1m", "synthetic-10m"]
    assert told(tiny.root, "recli recommend --genre Do") == ["words", "Documentary"]
    assert told(tiny.root, "recli project --color oc") == ["words", "occupation"]
    assert told(tiny.root, 'recli evaluate --fail-if "verd') == ["nospace", "verdict"]
    assert told(tiny.root, 'recli similar "the midnight l') == ["words", "The Midnight Ledger (1974)"]


def test_names_that_can_be_forgotten(tiny_copy: Store) -> None:
    tiny_copy.tag(ArtifactRef("dot", 1), "best")
    assert told(tiny_copy.root, "recli models untag d") == ["words", "dot@best"]


@pytest.mark.parametrize("quote", ["", '"', "'"])
@pytest.mark.parametrize("title", HOSTILE)
def test_bash_takes_a_chosen_title_as_that_title(title: str, quote: str) -> None:
    (chosen,) = bash_words(split_line(f"recli similar {quote}", BREAKS)[-1], [title])
    argv = ["bash", "-c", f"printf %s {quote}{chosen}{quote}"]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout == title


def test_a_damaged_store_offers_nothing_and_says_nothing(tiny_copy: Store) -> None:
    for path in tiny_copy.root.rglob("items.csv"):
        path.write_bytes(b'\xff"\0,\n' * 50)
    assert told(tiny_copy.root, "recli similar x") in (["words"], [""])
    shutil.rmtree(tiny_copy.root)
    assert told(tiny_copy.root, "recli similar x") in (["words"], [""])


def test_where_nothing_is_or_is_any_more_there_is_nothing_to_offer(tmp_path: Path, tiny_copy: Store) -> None:
    assert complete.titles(tmp_path, "the", None, None) == []
    tiny_copy.remove(ArtifactRef("dot", 1), force=True)
    assert [one.value for one in complete.references(tiny_copy.root) if one.value.startswith("dot:")] == []


def test_titles_are_those_of_the_model_that_is_taken_where_none_is_named(tiny_copy: Store) -> None:
    """Of dot and bias there is dot, as in the registry, though bias comes first by name."""
    for items in (tiny_copy.root / "models" / "bias").rglob("items.csv"):
        items.write_text("item_id,title,genres\n1,The Wrong One,\n")
    titles = [one.value for one in complete.titles(tiny_copy.root, "the", None, None)]
    assert titles
    assert "The Wrong One" not in titles


def test_the_layout_that_is_looked_at_is_the_stores() -> None:
    names = ("DATASETS", "MODELS", "ALIASES", "LATEST", "REMOVED")
    assert [getattr(complete, name) for name in names] == [getattr(layout, name) for name in names]
    assert complete.VERSION == layout._NUMBERED
    assert complete.MODEL_NAMES == registry.NAMES


def test_what_is_offered_is_what_the_program_takes() -> None:
    assert completing.CHOICES["tsne|umap|pca"] == METHODS
    assert completing.CHOICES["mae|rmse|median_mae|ndcg"] == BY
    assert completing.CHOICES["cold"] == COLD
    assert completing.CHOICES["fail|skip"] == importing.ON_BAD
    assert completing.CHOICES["utf-8|latin-1"] == importing.ENCODINGS
    assert completing.CHOICES["FORMAT"] == table_files.FORMATS
    assert completing.CHOICES["csv|parquet"] == export.FOLDER_FORMATS
    assert completing.CHOICES["ratings|items|users"] == exported.TABLES
    assert completing.CHOICES["exclude"] == EXCLUDABLE
    assert inspect.signature(similar).parameters["min_ratings"].default == MIN_RATINGS  # whose module imports numpy
    for split in completing.CHOICES["split"]:
        assert SplitSpec.parse(split)
