"""Rules that a linter cannot see: what no module may do, whatever it is called on."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "recli"
MODULES = sorted(PACKAGE.rglob("*.py"))
RUNS_CODE = {"eval", "exec", "load_model", "extractall", "unpack_archive", "compile_command", "read_pickle", "run_path",
             "allow_pickle", "__import__", "import_module", "model_from_json"}  # fmt: skip
UNPICKLES = {"pickle", "_pickle", "dill", "shelve", "marshal", "cloudpickle", "jsonpickle", "torch", "yaml", "runpy"}
LOADERS = {"joblib", "numpy", "keras", "tensorflow"}
"""Modules whose ``load`` can run what it reads."""
DISK = {"mkdir", "rmdir", "unlink", "rmtree", "rename", "touch", "fsync", "write_bytes", "write_text", "read_text",
        "iterdir", "listdir", "scandir", "symlink_to"}  # fmt: skip
IN_STORE = sorted(set((PACKAGE / "store").glob("*.py")) - {PACKAGE / "store" / "io.py"})


def calls(module: Path) -> list[tuple[int, ast.Call, str]]:
    """Return line, call and the called name's last part."""
    found = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found.append((node.lineno, node, name))
    return found


def code_runners(source: str) -> list[str]:
    """Return what in a module could run code that is in a file, by whatever name it goes there: ``3 eval``."""
    tree = ast.parse(source)
    found, modules = [], {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name.split(".")[0]: alias.name.split(".")[0] for alias in node.names}
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [f"{alias.name}." for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Name):
            names = [node.id]
        elif isinstance(node, ast.Attribute):
            names = [node.attr, f"{modules.get(getattr(node.value, 'id', ''), '')}.{node.attr}"]
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            names = [] if getattr(node.value, "value", True) is False else ["allow_pickle"]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):  # of getattr, or of **options
            names = [node.value]
        line = getattr(node, "lineno", 0)
        found += [f"{line} {name}" for name in names if _runs_code(name)]
    return found


def _runs_code(name: str) -> bool:
    module, _, last = name.rpartition(".")
    top = module.split(".")[0]
    loads = (top in LOADERS and last in ("load", "*")) or (top, last) == ("importlib", "*")
    return last in RUNS_CODE or top in UNPICKLES or loads


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_that_is_read_can_run_code(module: Path) -> None:
    found = code_runners(module.read_text(encoding="utf-8"))
    if module.name == "registry.py":  # imports the models of its own closed table
        found = [what for what in found if not what.endswith("import_module")]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "run = exec",
        "import pickle",
        "from pickle import loads as read",
        "import numpy as np\nnp.load(path)",
        "from numpy import load as read",
        "from numpy import *",
        "read(path, allow_pickle=True)",
        "read(path, allow_pickle=trusted)",
        "read(path, **{'allow_pickle': True})",
        "import joblib as j\nj.load(path)",
        "from joblib import load",
        "from joblib.numpy_pickle import load",
        "getattr(keras.saving, 'load_model')(path)",
        "from keras.saving import load_model as read",
        "archive.extractall(folder)",
        "import torch\ntorch.load(path)",
        "import marshal",
        "import shelve",
        "from dill import loads",
        "import yaml\nyaml.load(text, yaml.Loader)",
        "from pandas import read_pickle",
        "frame.read_pickle(path)",
        "__import__('pickle')",
        "from importlib import import_module",
    ],
)
def test_the_rule_sees_through_other_names(source: str) -> None:
    assert code_runners(source)


@pytest.mark.parametrize(
    "source",
    [
        "json.loads(text)",
        "re.compile(text)",
        "BiasModel.load(config)",
        "read(path, allow_pickle=False)",
        "model.eval_(1)",
    ],
)
def test_the_rule_leaves_alone_what_runs_nothing(source: str) -> None:
    assert code_runners(source) == []


@pytest.mark.parametrize("module", IN_STORE, ids=lambda path: path.name)
def test_the_store_touches_the_disk_in_one_module(module: Path) -> None:
    for line, call, name in calls(module):
        owner = getattr(getattr(call.func, "value", None), "id", "")
        assert owner not in ("os", "shutil", "tempfile"), f"{module}:{line} calls {owner}.{name}"
        assert owner == "io" or name not in DISK, f"{module}:{line} calls {name} beside recli.store.io"
        assert getattr(call.func, "id", "") != "open", f"{module}:{line} opens a file"
