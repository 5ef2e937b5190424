"""An imported dataset: what became of each line of its files."""

import dataclasses
from collections.abc import Iterator, Mapping

from recli.core.results.importing import FileCount, ImportResult
from recli.render.tables import facts, heading, plural, stack
from recli.render.view import View


def columns_line(columns: Mapping[str, str | None]) -> str:
    """Say which columns are read."""
    named = {role: f"column {name}" if name.isdigit() else name for role, name in columns.items() if name is not None}
    return "columns: " + ", ".join(f"{role} = {name}" for role, name in named.items())


def import_view(result: ImportResult) -> View:
    """Show what is in the store now, and that no line was lost silently."""
    counts = result.counts
    return View(
        json=_json(result),
        header=("dataset", "users", "items", "ratings", "lines", "accepted", "rejected", "duplicates", "path"),
        rows=[
            (
                result.dataset,
                result.users,
                result.items,
                result.ratings,
                counts.lines,
                counts.accepted,
                counts.rejected,
                counts.duplicates,
                str(result.path),
            )
        ],
        quiet=[result.dataset],
        terminal=lambda: stack(heading(result.dataset, "imported"), facts(_facts(result))),
        notes=[*_warnings(result), *result.notes],
        next=f"recli stats {result.dataset}",
    )


def _json(result: ImportResult) -> dict[str, object]:
    counts = result.counts.record()
    files = {"items_file": result.items_file, "users_file": result.users_file}
    return {
        "dataset": result.dataset,
        "path": str(result.path),
        "users": result.users,
        "items": result.items,
        "ratings": result.ratings,
        "scale": {**dataclasses.asdict(result.scale), "given": result.scale_given},
        **counts,
        **{key: count and count.record() for key, count in files.items()},
        "notes": list(result.notes),
    }


def _facts(result: ImportResult) -> Iterator[tuple[str, str]]:
    counts = result.counts
    yield "ratings", f"{result.ratings:,} by {plural(result.users, 'user')} of {plural(result.items, 'item')}"
    yield "scale", f"{result.scale.low:g} to {result.scale.high:g}" + ("" if result.scale_given else ", by the ratings")
    yield "columns", columns_line(counts.columns).removeprefix("columns: ")
    yield f"{counts.unit}s", _accounted(counts)
    for what, count in (("items", result.items_file), ("users", result.users_file)):
        if count:
            yield what, f"{count.file}: {_accounted(count)}"
    yield "path", str(result.path)


def _accounted(count: FileCount) -> str:
    told = f"{plural(count.lines, count.unit)} = {count.accepted:,} accepted + {count.rejected:,} rejected"
    again = (
        f"; {plural(count.duplicates, count.unit)} replaced by a later rating of the same item"
        if count.duplicates
        else ""
    )
    blank = f"; {plural(count.blank_lines, 'blank line')} beside" if count.blank_lines else ""
    return told + again + blank


def _warnings(result: ImportResult) -> Iterator[str]:
    """Say what was skipped, on stderr: whoever pipes the result should see it too."""
    for count in (result.counts, result.items_file, result.users_file):
        if count and count.rejected:
            reasons = ", ".join(f"{n:,} {reason}" for reason, n in count.rejected_by.items())
            first = count.examples[0]
            where = f"{first.column}: " if first.column else ""
            yield (
                f"{count.file}: {plural(count.rejected, count.unit)} of {count.lines:,} rejected ({reasons}); "
                f"the first is {count.unit} {first.line}: {where}{first.problem}"
            )
