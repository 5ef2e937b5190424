"""Rules that a linter cannot see: what no module may do, whatever it is called on."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "recli"
MODULES = sorted(PACKAGE.rglob("*.py"))
RUNS_CODE = {"eval", "exec", "load_model", "extractall", "compile_command"}
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


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_that_is_read_can_run_code(module: Path) -> None:
    for line, call, name in calls(module):
        assert name not in RUNS_CODE, f"{module}:{line} calls {name}"
        for keyword in call.keywords:
            allows = keyword.arg == "allow_pickle" and getattr(keyword.value, "value", True) is not False
            assert not allows, f"{module}:{line} allows pickles"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_unpickles(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not {name.split(".")[0] for name in names} & {"pickle", "dill", "shelve", "marshal", "cloudpickle"}


@pytest.mark.parametrize("module", IN_STORE, ids=lambda path: path.name)
def test_the_store_touches_the_disk_in_one_module(module: Path) -> None:
    for line, call, name in calls(module):
        owner = getattr(getattr(call.func, "value", None), "id", "")
        assert owner not in ("os", "shutil", "tempfile"), f"{module}:{line} calls {owner}.{name}"
        assert owner == "io" or name not in DISK, f"{module}:{line} calls {name} beside recli.store.io"
        assert getattr(call.func, "id", "") != "open", f"{module}:{line} opens a file"
