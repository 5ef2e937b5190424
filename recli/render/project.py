"""A finished map: where it is."""

from recli.core.results.project import ProjectResult
from recli.render.tables import facts, heading, stack
from recli.render.view import View


def project_view(result: ProjectResult) -> View:
    """Show the files; the first is the thing itself."""
    layout = result.map.layout
    settings = ", ".join(f"{name} {value:g}" for name, value in layout.settings.items())
    files = [(fmt, str(path)) for fmt, path in result.files.items()]
    return View(
        json={
            "ref": layout.ref,
            "method": layout.method,
            "settings": dict(layout.settings),
            "points": len(result.map.points),
            "files": dict(files),
            "from_cache": result.from_cache,
        },
        header=("format", "path"),
        rows=files,
        quiet=[files[0][1]],
        terminal=lambda: stack(
            heading(
                f"{len(result.map.points):,} items of {layout.ref}",
                f"{layout.method} · {settings}",
            ),
            facts(files),
        ),
        next=f"open {files[0][1]} in a browser" if "html" in result.files else None,
    )
