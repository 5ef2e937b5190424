"""The documents say what the program does."""

import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from recli.cli.main import app
from recli.cli.settings import leaves
from recli.store import Store

ROOT = Path(__file__).parents[1]


def test_the_page_of_commands_is_current() -> None:
    written = runpy.run_path(str(ROOT / "docs" / "write_cli.py"))
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == written["page"](), "run: make docs"


def test_every_exit_code_is_in_its_page() -> None:
    from recli.core import errors

    page = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.RecliError)]
    codes = {kind.exit_code for kind in kinds}
    rows = [row.split("|")[1].strip() for row in page.splitlines() if row.startswith("|")]
    assert {str(code) for code in codes} <= set(rows)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))])
def test_links_to_files_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target


def test_each_promise_is_held_by_tests_that_there_are() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if row.startswith("| ")][2:]
    held = [re.findall(r"`(tests/[\w/]+\.py)`", row.split("|")[-2]) for row in rows]
    assert len(held) >= 8
    assert all(held)
    assert [path for paths in held for path in paths if not (ROOT / path).is_file()] == []


def test_the_tour_is_the_demo_command_by_command_and_holds_no_error() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = [shlex.split(line.removeprefix("$ ")) for line in readme.splitlines() if line.startswith("$ recli ")]
    demo = (ROOT / "demo.sh").read_text(encoding="utf-8")
    run = [["recli", *shlex.split(line)[1:]] for line in demo.splitlines() if line.startswith("run ")]
    assert shown == run
    assert "recli: error" not in readme


def test_the_python_example_runs(ml_100k: Store, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, flags=re.S)
    shutil.copytree(ml_100k.root, tmp_path / "artifacts")
    ran = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True
    )
    errors, title = ran.stdout.splitlines()
    assert len(errors.split()) == 2
    assert title in ("Return of the Jedi (1983)", "Empire Strikes Back, The (1980)")


def test_the_example_of_a_frame_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, flags=re.S)
    ran = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == "3 RatingScale(low=0.5, high=5.0) 0\n"


def test_every_command_ends_its_help_with_examples_of_itself() -> None:
    for words, command in leaves(typer.main.get_command(app)):
        name = " ".join(("recli", *(word for word in words if word != "list")))  # recli models alone lists
        assert "Examples:" in (command.epilog or "").splitlines(), name
        assert name in command.epilog
