"""What was looked at, a line each."""

import dataclasses
import sys
from typing import TYPE_CHECKING

from recli.core.results.doctor import Diagnosis, Finding
from recli.core.text import visible
from recli.render.tables import plural
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

_SIGNS = {"ok": "✓", "warning": "!", "problem": "✗"}
_PLAIN_SIGNS = {"ok": "ok", "warning": "!", "problem": "X"}
_STYLES = {"ok": "green", "warning": "yellow", "problem": "red"}


def doctor_view(diagnosis: Diagnosis) -> View:
    """Show every finding, and what to do where something is to be done."""
    findings = diagnosis.findings
    return View(
        json={
            "ok": not diagnosis.problems,
            "checks": [dataclasses.asdict(found) for found in findings],
        },
        header=("about", "name", "status", "detail", "fix"),
        rows=[(found.about, found.name, found.status, found.detail, found.fix) for found in findings],
        quiet=[f"{found.about}, {found.name}: {found.detail}" for found in diagnosis.problems],
        terminal=lambda: _terminal(findings),
        notes=[_sum(diagnosis)],
    )


def _sum(diagnosis: Diagnosis) -> str:
    warnings = sum(found.status == "warning" for found in diagnosis.findings)
    parts = [plural(len(diagnosis.problems), "problem")] if diagnosis.problems else []
    return ", ".join([*parts, plural(warnings, "warning")]) if parts or warnings else "all is well"


def _terminal(findings: tuple[Finding, ...]) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    signs = _SIGNS if "utf" in (sys.stdout.encoding or "").lower() else _PLAIN_SIGNS
    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(no_wrap=True)
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    about = ""
    for found in findings:
        said = Text(visible(found.detail))
        if found.fix:
            said.append(f"\n→ {visible(found.fix)}", style="dim")
        sign = Text(signs[found.status], style=_STYLES[found.status])
        made.add_row("" if found.about == about else found.about, sign, Text(visible(found.name)), said)
        about = found.about
    return made
