"""``recli models`` ``tag``, ``untag``, ``verify``, ``rm``, ``gc`` and ``export``: what keeps a store in order."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from recli.cli.options import Ref
from recli.cli.shared import Shared
from recli.core.errors import UsageError


def tag(
    ref: Ref,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits, dots and dashes.")],
    *,
    shared: Shared,
) -> None:
    """Give a version a name.

    It moves there if another version has it. Versions with names stay when gc makes room. latest always is the
    newest version.
    """
    from recli.operations.upkeep import tag as operation
    from recli.render.upkeep import tagged_view

    output = shared.output()
    output.emit(tagged_view(operation(shared.store(), ref, name)))


def untag(
    name: Annotated[str, typer.Argument(metavar="MODEL@NAME", help="dot@champion.")],
    *,
    shared: Shared,
) -> None:
    """Forget a name; the version stays."""
    from recli.operations.upkeep import untag as operation
    from recli.render.upkeep import tagged_view

    output = shared.output()
    output.emit(tagged_view(operation(shared.store(), name)))


def verify(
    refs: Annotated[
        list[str] | None, typer.Argument(metavar="REF...", help="dot, dot:3 or dot@best; by default all there is.")
    ] = None,
    datasets: Annotated[bool, typer.Option("--datasets", help="The datasets, beside versions that are named.")] = False,
    *,
    shared: Shared,
) -> None:
    """Check every file.

    Its size, SHA-256, and the dtype and shape of its arrays. Versions with their projections and names, datasets
    and studies. All is checked and shown; damage exits 5.
    """
    from recli.operations.upkeep import require_sound
    from recli.operations.upkeep import verify as operation
    from recli.render.upkeep import verified_view

    output = shared.output()
    found = operation(shared.store(), refs or [], datasets=datasets)
    output.emit(verified_view(found))
    require_sound(found)


def rm(
    refs: Annotated[list[str], typer.Argument(metavar="REF...", help="dot:3 or dot@best; damaged ones too.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="With the names that they have.")] = False,
    *,
    shared: Shared,
) -> None:
    """Remove versions. Their numbers are never used again."""
    from recli.operations.upkeep import plan_removal, remove
    from recli.render.upkeep import removal_question, removed_view

    output, store = shared.output(), shared.store()
    planned = plan_removal(store, refs, force=force)
    if not yes:
        command = ["recli models rm", *(entry.ref for entry in planned), *(["--force"] if force else []), "-y"]
        _confirm(removal_question(planned), " ".join(command))
    output.emit(removed_view(remove(store, planned, force=force)))


def gc(
    keep_last: Annotated[int, typer.Option("--keep-last", metavar="N", min=1, help="Versions to keep of each model.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    *,
    shared: Shared,
) -> None:
    """Make room: remove old versions and what killed processes left.

    The newest N sound versions of each model stay, and all that have a name or that a running command reads.
    """
    from recli.operations.upkeep import collect
    from recli.render.upkeep import collected_view

    output = shared.output()
    output.emit(collected_view(collect(shared.store(), keep_last, dry_run=dry_run)))


def export(
    ref: Ref,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE|DIR", help=".npz, .keras, .tsv, .parquet, or a directory."),
    ],
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="csv|parquet", help="Of the vectors in a directory. [default: csv]"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    *,
    shared: Shared,
) -> None:
    """Write a version for other programs.

    All arrays (.npz), the network of dot, deep or hybrid (.keras), vectors and metadata for the Embedding Projector
    (.tsv, and .metadata.tsv beside it), or the vectors of items and users as Parquet or CSV. recli never reads them
    back. recli export writes the ratings.
    """
    from recli.operations.export import export_model
    from recli.render.csv_text import rows_text
    from recli.render.upkeep import exported_view

    output = shared.output()
    output.emit(exported_view(export_model(shared.store(), rows_text, ref=ref, out=out, form=format_, force=force)))


def _confirm(question: str, command: str) -> None:
    """Ask on a terminal.

    Raises:
        UsageError: the answer is no, or nobody is there to give one.
    """
    from recli.core.text import visible

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("nobody is there to ask whether they may go", fix=command)
    if not typer.confirm(visible(question), err=True):
        raise UsageError("nothing was removed", fix=command)


COMMANDS = (
    (tag, ("recli models tag dot:3 champion", "recli evaluate dot@champion")),
    (untag, ("recli models untag dot@champion",)),
    (verify, ("recli models verify", "recli models verify dot:3 --json")),
    (rm, ("recli models rm dot:3", "recli models rm dot:1 dot:2 -y")),
    (gc, ("recli models gc --keep-last 3 --dry-run", "recli models gc --keep-last 3")),
    (
        export,
        (
            "recli models export dot --out dot.npz",
            "recli models export bayes --out vectors/",
            "recli models export dot --out vectors/ --format parquet",
            "recli models export dot --out items.tsv",
            "recli models export deep --out deep.keras",
        ),
    ),
)
"""Each with its examples."""
