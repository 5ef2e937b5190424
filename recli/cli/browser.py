"""``--open``: a page in the browser that the machine has."""

import webbrowser
from pathlib import Path

from recli.cli.output import say


def open_page(path: Path) -> None:
    """Open a file in the browser (``BROWSER`` names another); where there is none, say so: the file is there anyway."""
    try:
        opened = webbrowser.open(path.absolute().as_uri())
    except webbrowser.Error:
        opened = False
    if not opened:
        say(f"no browser could be started; the page is {path}")
