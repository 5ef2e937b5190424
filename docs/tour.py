"""Take the tour of demo.sh on a terminal, and put what it shows into the README, the Spanish tour and docs/pictures.

python docs/tour.py [--from ml-100k.zip]
"""

import argparse
import json
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from chromium import ARGUMENTS, chromium
from terminal import Shown, run

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
PAGES = (ROOT / "README.md", ROOT / "docs" / "es.md")
COLUMNS = 80
PLOT = 'recli similar "Star Trek" --model bayes --plot plot.svg'
"""What a plot looks like; it is beside the tour, for a picture is no screen."""
A_MOMENT = 1000
"""Milliseconds that a view takes to settle."""
BLOCK = re.compile(r"```console\n\$ (?P<command>recli [^\n]*)\n(?P<shown>.*?)```", re.DOTALL)
_PICTURE = re.compile(
    r"```console\n\$ (?P<command>recli [^\n]*)\n```\n+!\[[^\]]*\]\((?:docs/)?pictures/(?P<name>[\w-]+)\.svg\)"
)


def commands() -> list[str]:
    """Return the commands of the tour, as a person types them."""
    demo = (ROOT / "demo.sh").read_text(encoding="utf-8")
    return ["recli " + line.removeprefix("run ") for line in demo.splitlines() if line.startswith("run ")]


def take(where: Path, origin: str | None) -> dict[str, Shown]:
    """Run the tour and return command → what it showed.

    Args:
        where: an empty directory to run it in; its store stays there.
        origin: the dataset's zip, for ``fetch --from``; ``None`` downloads it.
    """
    shown = {}
    for command in commands():
        argv = shlex.split(command)
        if argv[1] == "fetch" and origin:
            argv += ["--from", origin]
        shown[command] = _run(argv, where)
    return shown


def _run(argv: list[str], where: Path) -> Shown:
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "RECLI_ARTIFACTS": "artifacts",
    }
    return run(argv, columns=COLUMNS, cwd=where, environment=environment)


def plot(where: Path) -> str:
    """Return the picture (SVG) that ``PLOT`` draws, where the tour was taken."""
    _run(shlex.split(PLOT), where)
    return (where / "plot.svg").read_text(encoding="utf-8")


def pictured(page: str) -> dict[str, str]:
    """Return command → name of the picture that a page shows of it."""
    return {found["command"]: found["name"] for found in _PICTURE.finditer(page)}


def rewritten(page: str, shown: Mapping[str, str]) -> str:
    """Return a page with what its commands show now; blocks of a bare command have a picture, and stay."""

    def block(found: re.Match[str]) -> str:
        command, before = found["command"], found["shown"]
        after = f"{shown[command]}\n" if before and command in shown else before
        return f"```console\n$ {command}\n{after}```"

    return BLOCK.sub(block, page)


def map_page(where: Path) -> tuple[bytes, list[str]]:
    """Return a picture (PNG) of the page that the tour has drawn, with Star Wars chosen, and the names beside it.

    Args:
        where: the directory in which the tour was taken.
    """
    from playwright.sync_api import sync_playwright

    (page_file,) = where.glob("artifacts/models/bayes/*/projections/*/map.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 760}, reduced_motion="reduce")
        page.goto(f"{page_file.as_uri()}#item=50")
        page.wait_for_selector("body[data-ready]")
        page.wait_for_selector("ol.rows .name")
        names = page.locator("ol.rows .name").all_inner_texts()
        page.get_by_role("button", name="Whole").click()
        page.wait_for_timeout(A_MOMENT)
        picture = page.screenshot()
        browser.close()
    return picture, names


def write(shown: Mapping[str, Shown], where: Path) -> None:
    """Write the pictures and the pages."""
    picture, names = map_page(where)
    (PICTURES / "map.png").write_bytes(picture)
    (PICTURES / "plot.svg").write_text(plot(where), encoding="utf-8")
    (PICTURES / "map.json").write_text(json.dumps(names, indent=2) + "\n", encoding="utf-8")
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        for command, name in pictured(page).items():
            drawn = shown[command].svg(f"$ {command}", COLUMNS)
            (PICTURES / f"{name}.svg").write_text(drawn, encoding="utf-8")
        path.write_text(rewritten(page, {command: own.text for command, own in shown.items()}), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="origin", help="the zip of MovieLens-100K; by default it is downloaded")
    with tempfile.TemporaryDirectory() as where:
        write(take(Path(where), parser.parse_args().origin), Path(where))
