"""What was looked at, a line each."""

import dataclasses
import sys
from typing import TYPE_CHECKING

from recli.core.results.doctor import Diagnosis, Finding
from recli.core.text import visible
from recli.render.tables import plural
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

_SIGNS = {"ok": "✓", "warning": "!", "problem": "✗"}
_PLAIN_SIGNS = {"ok": "ok", "warning": "!", "problem": "X"}
_NARROW = 60
"""Cells below which what was found stands under its name."""
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
        terminal=lambda: _Findings(findings),
        notes=[_sum(diagnosis)],
    )


def _sum(diagnosis: Diagnosis) -> str:
    warnings = sum(found.status == "warning" for found in diagnosis.findings)
    parts = [plural(len(diagnosis.problems), "problem")] if diagnosis.problems else []
    return ", ".join([*parts, plural(warnings, "warning")]) if parts or warnings else "all is well"


@dataclasses.dataclass(frozen=True)
class _Findings:
    findings: tuple[Finding, ...]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        yield self._beside() if options.max_width >= _NARROW else self._below()

    def _beside(self) -> "RenderableType":
        from rich.table import Table
        from rich.text import Text

        made = Table.grid(padding=(0, 2))
        made.add_column(style="dim", no_wrap=True)
        for _ in range(2):
            made.add_column(no_wrap=True)
        made.add_column(overflow="fold")
        about = ""
        for found in self.findings:
            group = "" if found.about == about else found.about
            made.add_row(group, _sign(found), Text(visible(found.name)), _said(found))
            about = found.about
        return made

    def _below(self) -> "RenderableType":
        """Put what was found under the name of what was looked at: a narrow terminal has no room beside it."""
        from rich.console import Group
        from rich.padding import Padding
        from rich.text import Text

        lines: list[RenderableType] = []
        for found in self.findings:
            name = Text(f" {visible(found.name)}").append(f"  {found.about}", style="dim")
            lines += [_sign(found) + name, Padding(_said(found), (0, 0, 0, 2))]
        return Group(*lines)


def _sign(found: Finding) -> "Text":
    from rich.text import Text

    signs = _SIGNS if "utf" in (sys.stdout.encoding or "").lower() else _PLAIN_SIGNS
    return Text(signs[found.status], style=_STYLES[found.status])


def _said(found: Finding) -> "Text":
    from rich.text import Text

    said = Text(visible(found.detail))
    return said.append(f"\n→ {visible(found.fix)}", style="dim") if found.fix else said
