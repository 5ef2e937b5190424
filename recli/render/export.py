"""A dataset that was written for other programs."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from recli.core.results.export import ExportedTable, ExportResult
from recli.render.tables import facts, heading, plural, stack
from recli.render.upkeep import size_text
from recli.render.view import View


def export_view(result: ExportResult) -> View:
    """Show the files that were written, and what reads them back."""
    tables = result.tables
    return View(
        json={
            "dataset": result.dataset,
            "format": result.format,
            "scale": {"low": result.scale.low, "high": result.scale.high},
            "files": [
                {
                    "table": table.name,
                    "path": str(table.path),
                    "rows": table.rows,
                    "columns": list(table.columns),
                    "bytes": table.bytes,
                }
                for table in tables
            ],
        },
        header=("table", "path", "rows", "bytes"),
        rows=[(table.name, str(table.path), table.rows, table.bytes) for table in tables],
        quiet=[str(table.path) for table in tables],
        terminal=lambda: stack(
            heading(result.dataset, f"written as {result.format}"),
            facts(_facts(tables)),
        ),
        notes=result.remarks,
        next=_import_command(result),
    )


def _facts(tables: Sequence[ExportedTable]) -> list[tuple[str, str | Path]]:
    sizes = [(table.name, f"{plural(table.rows, 'row')} · {size_text(table.bytes)}") for table in tables]
    return [*sizes, *(("file", table.path) for table in tables)]


def _import_command(result: ExportResult) -> str | None:
    """Return the command that makes a dataset of text files again, with the scale, which they do not tell."""
    paths = {table.name: str(table.path) for table in result.tables}
    if "ratings" not in paths or result.format == "parquet":
        return None
    words = ["recli", "import", paths["ratings"], "--name", "copy"]
    words += [word for name in ("items", "users") if name in paths for word in (f"--{name}", paths[name])]
    return shlex.join([*words, "--scale", f"{result.scale.low:g}:{result.scale.high:g}"])
