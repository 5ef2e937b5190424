"""What is slow to import must not be imported by what people wait for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from recli.operations.train import configure, train
from recli.store import Store

HEAVY = ("tensorflow", "keras", "pandas", "sklearn", "scipy", "matplotlib", "umap", "joblib", "requests")

PROBE = """
import json, sys
from recli.cli.main import main
sys.argv = ["recli", *json.loads(sys.argv[1])]
try:
    main()
except SystemExit as end:
    code = end.code or 0
with open(sys.stderr.fileno(), "w", closefd=False) as stderr:
    print("PROBE", json.dumps({"code": code, "modules": sorted({m.split(".")[0] for m in sys.modules})}), file=stderr)
"""


def modules_after(*argv: str) -> set[str]:
    """Run a command in a process of its own; return the packages that it imported."""
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(argv)], capture_output=True, text=True, timeout=60, check=True
    )
    found = json.loads(ran.stderr.split("PROBE ")[-1])
    assert found["code"] == 0, ran.stderr
    return set(found["modules"])


@pytest.mark.parametrize(
    "argv",
    [["--help"], ["--version"], ["train", "--help"], ["similar", "--help"], ["export", "--help"], ["tune", "--help"]],
)
def test_help_imports_typer_and_nothing_heavy(argv: list[str]) -> None:
    assert not modules_after(*argv) & {*HEAVY, "numpy", "rich", "rapidfuzz", "pyarrow"}


@pytest.mark.parametrize(
    "argv",
    [
        ["similar", "the", "--json"],
        ["similar", "--id", "1", "-q"],
        ["models", "list"],
        ["explain", "nDCG"],
        ["config"],
        ["models", "show", "dot"],
        ["models", "diff", "dot", "bias"],
        ["models", "verify"],
        ["models", "gc", "--keep-last", "9", "--dry-run"],
        ["stats", "tiny", "--popularity"],
        ["export", "tiny", "--out", "-"],
        ["evaluate", "dot"],
        ["compare", "dot", "bias"],
        ["recommend", "--user", "6"],
        ["recommend", "--all-users"],
        ["predict", "--user", "7", "--item", "orbit"],
    ],
    ids=" ".join,
)
def test_reading_commands_import_numpy_at_most(tiny: Store, argv: list[str]) -> None:
    assert not modules_after(*argv, "--artifacts", str(tiny.root)) & {*HEAVY, "rich"}


def test_an_import_needs_no_more(tmp_path: Path) -> None:
    ratings = tmp_path / "ratings.csv"
    ratings.write_text("user,item,rating\n1,2,3\n1,3,4\n")
    argv = ("import", str(ratings), "--name", "own", "--artifacts", str(tmp_path / "store"))
    assert not modules_after(*argv) & {*HEAVY, "rich"}


def test_an_import_of_parquet_needs_arrow_and_no_more(tmp_path: Path) -> None:
    samples = Path(__file__).parents[1] / "data" / "samples"
    argv = ("import", str(samples / "ratings.parquet"), "--items", str(samples / "movies.parquet"), "--name", "own")
    assert not modules_after(*argv, "--artifacts", str(tmp_path / "store")) & {*HEAVY, "rich"}


def test_lists_of_neighbours_need_no_more(tiny_copy: Store) -> None:
    train(tiny_copy, configure("ease", {}), dataset="tiny")
    argv = ("similar", "--id", "1", "--model", "ease", "--artifacts", str(tiny_copy.root))
    assert not modules_after(*argv) & {*HEAVY, "rich"}


def test_a_prediction_with_its_distribution_needs_no_more(tiny_copy: Store) -> None:
    short = {"rank": 2, "chains": 1, "sweeps": 20, "burn_in": 10, "samples": 5}
    train(tiny_copy, configure("bayes", short), dataset="tiny")
    argv = ("predict", "--user", "7", "--item", "3", "--model", "bayes", "--artifacts", str(tiny_copy.root))
    assert not modules_after(*argv) & {*HEAVY, "rich"}


def test_a_bad_option_is_refused_before_anything_heavy(tiny: Store) -> None:
    argv = ["train", "bias", "--dropout", "0.5", "--artifacts", str(tiny.root)]
    probe = PROBE.replace("code = end.code or 0", "code = 0 if end.code == 2 else 'not 2'")
    ran = subprocess.run(
        [sys.executable, "-c", probe, json.dumps(argv)], capture_output=True, text=True, timeout=60, check=True
    )
    found = json.loads(ran.stderr.split("PROBE ")[-1])
    assert found["code"] == 0, ran.stderr
    assert not set(found["modules"]) & set(HEAVY)
