"""What each command writes on fixed results, in each shape: a change of any of them shows as a change of a file.

``pytest tests/render/test_snapshots.py --snapshot-update`` writes the file anew: read the difference.
"""

import pytest
import typer
from syrupy.assertion import SnapshotAssertion

from recli.cli.main import app
from recli.cli.settings import leaves
from recli.render.view import View, csv_text, json_text, quiet_text, tsv_text
from tests.render.command_views import COMMANDS, WITHOUT, Make
from tests.render.test_views import on_terminal, strip_styles

SHAPES = {
    "40": lambda view: _screen(view, 40),
    "80": lambda view: _screen(view, 80),
    "200": lambda view: _screen(view, 200),
    "json": json_text,
    "tsv": tsv_text,
    "csv": csv_text,
    "quiet": quiet_text,
    "stderr": lambda view: "\n".join([view.subject, *view.notes, f"next: {view.next}"]),
}
LONG = "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1963)"
_MAKERS = [make for makers in COMMANDS.values() for make in makers]


def _screen(view: View, width: int) -> str:
    return "\n".join(line.rstrip() for line in strip_styles(on_terminal(view, width)).splitlines())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("make", _MAKERS, ids=lambda make: make.__name__)
def test_each_command_in_each_shape(make: Make, shape: str, snapshot: SnapshotAssertion) -> None:
    assert SHAPES[shape](make(LONG)) == snapshot


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("make", _MAKERS, ids=lambda make: make.__name__)
def test_each_command_fits_the_terminal(make: Make, width: int) -> None:
    view = make(LONG)
    uncut = {str(cell) for row in view.rows for cell in row}  # a path, which somebody copies
    assert all(len(line) <= width for line in _screen(view, width).splitlines() if line not in uncut)


def test_each_command_of_the_program_has_a_snapshot() -> None:
    commands = {" ".join(words) for words, _ in leaves(typer.main.get_command(app))}
    assert commands == COMMANDS.keys() | WITHOUT
