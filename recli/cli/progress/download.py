"""A bar while downloading."""

from collections.abc import Iterator
from contextlib import contextmanager

from recli.cli.progress.bars import animated, bar
from recli.data.fetching.download import Progress


@contextmanager
def download_bar(name: str, *, quiet: bool) -> Iterator[Progress | None]:
    """Show a bar, on a terminal only, from the first byte on."""
    if quiet or not animated():
        yield None
        return
    from rich import progress

    with bar(progress.DownloadColumn(), progress.TimeRemainingColumn()) as made:
        task = made.add_task(f"fetching {name}", total=None, visible=False)
        yield lambda done, total: made.update(task, completed=done, total=total, visible=True)
