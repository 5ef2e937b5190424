"""``--plot FILE``: checked before the work, written after it."""

from dataclasses import dataclass
from pathlib import Path

from recli.cli.output import log


@dataclass(frozen=True)
class Picture:
    """A file that can be written."""

    path: Path
    format: str

    def save(self, content: bytes) -> None:
        """Write it."""
        from recli.operations.files import write_file

        write_file(self.path, content)
        log.warning("drawn: %s", self.path)  # a line that --quiet spares


def open_picture(path: Path | None) -> Picture | None:
    """Check where a picture is to go; ``None`` where none is asked for.

    Raises:
        UsageError: the name ends in no format that recli draws.
        StorageError: no file can be written there.
    """
    if path is None:
        return None
    from recli.operations.files import check_destination
    from recli.render.plots import require_format

    fmt = path.suffix.lower().removeprefix(".")
    require_format(fmt, f"--plot {path}")
    check_destination(path)
    return Picture(path, fmt)
