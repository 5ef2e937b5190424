"""A finished map: where it is."""

import dataclasses
from pathlib import Path
from typing import Any

from recli.analysis.projection import ProjectionSpec
from recli.core.results.project import Layout, ProjectResult
from recli.core.text import visible
from recli.render.map_text import faithfulness_words, method_words
from recli.render.tables import facts, heading, stack
from recli.render.view import View


def project_view(result: ProjectResult) -> View:
    """Show the files; the first is the thing itself."""
    shown, layout = result.map, result.map.layout
    kind = shown.points.kind
    files = [(fmt, str(path)) for fmt, path in result.files.items()]
    refs = " and ".join(own.ref for own in shown.layouts)
    believed = [
        (f"how faithful{'' if len(shown.layouts) == 1 else f', {own.ref}'}", faithfulness_words(own.faithfulness, kind))
        for own in shown.layouts
    ]
    if shown.agreement is not None:
        believed.append(("in common", f"{shown.agreement:.0%} of true neighbours"))
    return View(
        json={
            "ref": layout.ref,
            "method": layout.method,
            "settings": dict(layout.settings),
            "points": len(shown.points),
            "files": dict(files),
            "from_cache": result.from_cache,
            "kind": kind,
            "dataset": shown.dataset,
            "color": shown.color,
            "faithfulness": _score(layout),
            "layouts": [_layout_json(own) for own in shown.layouts],
            "agreement": shown.agreement,
        },
        header=("format", "path"),
        rows=files,
        quiet=[files[0][1]],
        terminal=lambda: stack(
            heading(f"{len(shown.points):,} {kind} of {visible(refs)}", method_words(shown)),
            facts([*believed, *_places(result)]),
        ),
        notes=result.notes,
        next=_next(result),
    )


def _next(result: ProjectResult) -> str | None:
    """Return how to see the page: the command that opens it where it is kept, for its path there is long."""
    if "html" not in result.files:
        return None
    if not result.kept:
        return f"open {result.files['html']} in a browser"
    usual, layout = ProjectionSpec(), result.map.layout
    refs = [own.ref for own in result.map.layouts]
    settings = {"method": layout.method, **layout.settings}
    asked = [
        f"--{name} {value}" for name, value in settings.items() if name != "sampled" and getattr(usual, name) != value
    ]
    users = ["--users"] if result.map.points.kind == "users" else []
    which = f"--compare {' '.join(refs)}" if len(refs) > 1 else refs[0]
    return " ".join(["recli project", which, *users, *asked, "--open"])


def _places(result: ProjectResult) -> list[tuple[str, str | Path]]:
    """Say where the files are: several in one directory by their names, and the directory once."""
    folders = {path.parent for path in result.files.values()}
    if len(result.files) == 1 or len(folders) > 1:
        return list(result.files.items())
    names = [path.name for path in result.files.values()]
    return [("files", ", ".join(names)), ("in", folders.pop())]


def _layout_json(layout: Layout) -> dict[str, Any]:
    return {
        "ref": layout.ref,
        "method": layout.method,
        "settings": dict(layout.settings),
        "trained": int(layout.trained.sum()),
        "faithfulness": _score(layout),
    }


def _score(layout: Layout) -> dict[str, Any] | None:
    return None if layout.faithfulness is None else dataclasses.asdict(layout.faithfulness)
