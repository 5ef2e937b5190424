"""What was done to the store, and what it would be."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recli.core.results.upkeep import Checked, Collected, Exported, Removed, Tagged, Verification
from recli.render.tables import facts, heading, plural, stack, table
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType


def size_text(n: int) -> str:
    """Return bytes as people read them: ``1.2 MB``."""
    return f"{n} B" if n < 1000 else f"{n / 1e3:.1f} kB" if n < 1_000_000 else f"{n / 1e6:.1f} MB"


def tagged_view(tagged: Tagged) -> View:
    """Show an alias and what it means."""
    return View(
        json={"name": tagged.name, "ref": tagged.ref, "before": tagged.before},
        header=("name", "ref", "before"),
        rows=[(tagged.name, tagged.ref, tagged.before)],
        quiet=[tagged.name],
        terminal=lambda: heading(tagged.name, _meaning(tagged)),
        next=f"recli evaluate {tagged.name}" if tagged.ref else "recli models list",
    )


def _meaning(tagged: Tagged) -> str:
    if tagged.ref is None:
        return f"is forgotten; it was {tagged.before or 'damaged'}"
    was = f", and was {tagged.before}" if tagged.before not in (None, tagged.ref) else ""
    return f"is {tagged.ref}{was}"


def verified_view(found: Verification) -> View:
    """Show what was checked, and say what is wrong with what is damaged."""
    return View(
        json={
            "checked": len(found.checks),
            "damaged": [_check_json(check) for check in found.damaged],
            "checks": [_check_json(check) for check in found.checks],
        },
        header=("kind", "name", "bytes", "status", "reason"),
        rows=[(check.kind, check.name, check.bytes, check.status, check.reason or None) for check in found.checks],
        quiet=[check.name for check in found.damaged],
        terminal=lambda: _verified(found),
        notes=[f"{check.name}: {check.reason}" for check in found.damaged]
        or ([] if found.checks else ["there is nothing to check"]),
    )


def _check_json(check: Checked) -> dict[str, str | int]:
    return {
        "kind": check.kind,
        "name": check.name,
        "path": str(check.path),
        "bytes": check.bytes,
        "status": check.status,
        "reason": check.reason,
    }


def _verified(found: Verification) -> "RenderableType":
    total = sum(check.bytes for check in found.checks)
    sound = f"{len(found.damaged)} damaged" if found.damaged else "all sound"
    rows = [(check.name, check.kind, size_text(check.bytes), check.status) for check in found.checks]
    return stack(
        heading(f"{len(found.checks):,} checked", f"{sound} · {size_text(total)}"),
        table(("name", "kind", "size", "status"), rows, left=("name", "kind", "status")),
    )


def removed_view(removed: Sequence[Removed]) -> View:
    """Show what is gone."""
    return View(
        json={"removed": [_removed_json(entry) for entry in removed], "bytes": sum(entry.bytes for entry in removed)},
        header=("ref", "bytes", "aliases"),
        rows=[(entry.ref, entry.bytes, ",".join(entry.aliases)) for entry in removed],
        quiet=[entry.ref for entry in removed],
        terminal=lambda: stack(
            heading("Removed", size_text(sum(entry.bytes for entry in removed))), _removed_table(removed)
        ),
        next="recli models list",
    )


def removal_question(planned: Sequence[Removed]) -> str:
    """Ask whether versions may go."""
    named = [f"{entry.ref}{_also(entry)} ({size_text(entry.bytes)})" for entry in planned]
    return f"Remove {', '.join(named)} for ever?"


def _also(entry: Removed) -> str:
    return f", which is {' and '.join(entry.aliases)}," if entry.aliases else ""


def _removed_json(entry: Removed) -> dict[str, object]:
    return {"ref": entry.ref, "bytes": entry.bytes, "aliases": list(entry.aliases)}


def _removed_table(removed: Sequence[Removed]) -> "RenderableType":
    rows = [(entry.ref, size_text(entry.bytes), ", ".join(entry.aliases)) for entry in removed]
    return table(("ref", "size", "aliases"), rows, left=("ref", "aliases"))


def collected_view(found: Collected) -> View:
    """Show what went, or would go, and what stayed because somebody reads it."""
    leftovers = [(str(path), size) for path, size in found.leftovers]
    word = "would be freed" if found.dry_run else "freed"
    notes = [f"{ref} stays: another process is reading it" for ref in found.held]
    return View(
        json={
            "dry_run": found.dry_run,
            "keep_last": found.keep_last,
            "removed": [_removed_json(entry) for entry in found.removed],
            "held": list(found.held),
            "leftovers": [{"path": path, "bytes": size} for path, size in leftovers],
            "bytes": found.bytes,
        },
        header=("what", "bytes"),
        rows=[*((entry.ref, entry.bytes) for entry in found.removed), *leftovers],
        quiet=[*(entry.ref for entry in found.removed), *(path for path, _ in leftovers)],
        terminal=lambda: _collected(found, leftovers, word),
        subject=f"{size_text(found.bytes)} {word}",
        notes=notes,
        next=f"recli models gc --keep-last {found.keep_last}" if found.dry_run and found.bytes else "recli models list",
    )


def _collected(found: Collected, leftovers: Sequence[tuple[str, int]], word: str) -> "RenderableType":
    versions = plural(len(found.removed), "version")
    title = heading(f"{size_text(found.bytes)} {word}", f"{versions} · {plural(len(leftovers), 'leftover')}")
    rows = [*((entry.ref, size_text(entry.bytes)) for entry in found.removed)]
    rows += [(path, size_text(size)) for path, size in leftovers]
    return (
        stack(title, table(("what", "size"), rows, left=("what",))) if rows else heading("There is nothing to remove")
    )


def exported_view(exported: Exported) -> View:
    """Show the files that were written."""
    return View(
        json={"ref": exported.ref, "files": [str(path) for path in exported.files]},
        header=("file",),
        rows=[(str(path),) for path in exported.files],
        quiet=[str(path) for path in exported.files],
        terminal=lambda: facts(("" if place else exported.ref, path) for place, path in enumerate(exported.files)),
        notes=exported.remarks,
    )
