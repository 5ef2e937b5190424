"""Two versions side by side."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from recli.core.results.diff import DiffRow, ModelDiff
from recli.core.text import visible
from recli.render.tables import heading, leaf_text, plural, stack
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

Sections = Mapping[str, Sequence[DiffRow]]


def diff_view(diff: ModelDiff, *, everything: bool = False) -> View:
    """Show what differs, or everything, section by section."""
    kept = {name: [row for row in rows if everything or row.differs] for name, rows in diff.sections.items()}
    shown = {name: rows for name, rows in kept.items() if rows}
    same = sum(not row.differs for rows in diff.sections.values() for row in rows)
    first, second = diff.refs
    notes = [] if everything else [f"{plural(same, 'value')} in common hidden (--all shows them)"]
    if first == second:
        notes = [f"both are {first}"]
    return View(
        json={
            "first": first,
            "second": second,
            "sections": {
                name: [
                    {"name": row.name, "first": row.first, "second": row.second, "differs": row.differs} for row in rows
                ]
                for name, rows in shown.items()
            },
        },
        header=("section", "name", "first", "second"),
        rows=[(name, row.name, row.first, row.second) for name, rows in shown.items() for row in rows],
        quiet=[row.name if name == "other" else f"{name}.{row.name}" for name, rows in shown.items() for row in rows],
        terminal=lambda: _terminal(diff.refs, shown),
        notes=notes,
        next=f"recli compare {first} {second}" if first != second and _same_data(diff) else None,
    )


def _same_data(diff: ModelDiff) -> bool:
    return not any(row.differs for row in diff.sections.get("data", ()) if row.name == "fingerprint")


def _terminal(refs: tuple[str, str], sections: Sections) -> "RenderableType":
    if not sections:
        return heading(" and ".join(dict.fromkeys(refs)), "nothing differs")
    return stack(*(_section(name, refs, rows) for name, rows in sections.items()))


def _section(name: str, refs: tuple[str, str], rows: Sequence[DiffRow]) -> "RenderableType":
    """Lay out a section; what is long takes several lines, for a difference may stand at its end."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for column in (name, *refs):
        made.add_column(Text(visible(column)), overflow="fold")
    for row in rows:
        made.add_row(*(Text(visible(cell)) for cell in (row.name, leaf_text(row.first), leaf_text(row.second))))
    return made
