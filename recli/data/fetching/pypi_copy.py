"""The copy of MovieLens 100K inside the recbole package: for where pip works and GroupLens cannot be reached.

The package holds the ratings and users of the official files under a header line, so both can be rebuilt byte for byte
and proved by their hashes. Its item table is another one: titles without their year, no release dates, no links.
"""

import hashlib
import logging
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recli.core.dataset import NO_YEAR
from recli.core.errors import InputDataError, IntegrityError, NetworkError
from recli.data.build import ItemRow
from recli.data.fetching.archives import Layout, read_file, read_zip
from recli.data.fetching.grouplens import RATINGS_FILE, USERS_FILE
from recli.data.fetching.scratch import scratch_folder

REQUIREMENT = "recbole==1.2.1"
URL = "pkg:pypi/recbole@1.2.1"
"""A package URL: which index answers is up to the user's pip."""
ITEMS_MEMBER = "ml-100k.item"
ITEMS_SHA256 = "51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532"
NOTES = (
    "u.data and u.user were rebuilt from the package and are byte for byte GroupLens' files.",
    "The item table is the package's: it has no release dates and no links.",
    "Titles were put together from its title and year columns ('unkonwn' and 'V' stand there for some years).",
    "The year of an item is the one in its title; for one item in nine it differs from the year of the release date.",
)

_RATINGS_MEMBER = "ml-100k.inter"
_USERS_MEMBER = "ml-100k.user"
_LAYOUT = Layout(
    names=frozenset({_RATINGS_MEMBER, ITEMS_MEMBER, _USERS_MEMBER}),
    folders=frozenset({"recbole/dataset_example/ml-100k"}),
)
_ITEM_HEADER = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq"
_NO_YEAR_WORD = "unkonwn"
_YEARS_IN_TITLE = re.compile(r"\(([0-9]{4})\)")
_PIP_SECONDS = 600
_FIX = "recli fetch ml-100k --from PATH"

_log = logging.getLogger("recli")


@dataclass(frozen=True)
class Copy:
    """What the package holds of MovieLens 100K."""

    members: Mapping[str, bytes]
    """``u.data`` and ``u.user``, rebuilt; their hashes are still to be checked."""
    items: list[ItemRow]


def fetch_copy() -> Copy:
    """Download the package by pip into a temporary folder and read the three files it is wanted for.

    Raises:
        NetworkError: pip is not installed, or could not download it.
        IntegrityError: the package is damaged or not the known one.
        StorageError: there is no place for a temporary file.
    """
    with scratch_folder() as folder:
        wheel = _download_wheel(folder)
        members = read_zip(read_file(wheel), _LAYOUT, wheel.name)
    return Copy(
        members={
            RATINGS_FILE: _body(members[_RATINGS_MEMBER]),
            USERS_FILE: _body(members[_USERS_MEMBER]).replace(b"\t", b"|"),
        },
        items=parse_items(members[ITEMS_MEMBER]),
    )


def parse_items(content: bytes) -> list[ItemRow]:
    """Parse the package's item table.

    Raises:
        IntegrityError: it is not the known one, by its hash.
        InputDataError: a line is malformed; it names file and line.
    """
    digest = hashlib.sha256(content).hexdigest()
    if digest != ITEMS_SHA256:
        raise IntegrityError(f"{ITEMS_MEMBER} in {REQUIREMENT} is another file: its sha256 is {digest}", fix=_FIX)
    header, *lines = content.decode().rstrip("\n").split("\n")
    if header != _ITEM_HEADER:
        raise InputDataError(f"{ITEMS_MEMBER}:1: the columns are {header!r}")
    return [_item(line, number) for number, line in enumerate(lines, start=2)]


def _download_wheel(folder: Path) -> Path:
    _log.info("asking pip for %s", REQUIREMENT)
    try:
        done = _run_pip_download(folder)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NetworkError(f"pip could not download {REQUIREMENT}: {error}", fix=_FIX) from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        raise NetworkError(f"pip could not download {REQUIREMENT}: {said[-1]}", fix=_FIX)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise NetworkError(f"pip gave {len(wheels)} wheels of {REQUIREMENT} instead of one", fix=_FIX)
    return wheels[0]


def _run_pip_download(folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command that consists of literals; the one word that varies goes by the environment."""
    return subprocess.run(
        [
            sys.executable,
            "-P",  # a file pip.py in the current directory is not pip
            "-m",
            "pip",
            "download",
            "recbole==1.2.1",
            "--no-deps",
            "--only-binary=:all:",  # a source package would run its setup.py
            "--no-input",
            "--disable-pip-version-check",
            "--retries=1",  # offline, pip's own five take half a minute to say so
            "--quiet",
        ],
        env=os.environ | {"PIP_DEST": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_PIP_SECONDS,
        check=False,
    )


def _body(content: bytes) -> bytes:
    """Return a table without its header line."""
    return content.partition(b"\n")[2]


def _item(line: str, number: int) -> ItemRow:
    fields = line.split("\t")
    if len(fields) != 4 or not fields[0].isdecimal():
        raise InputDataError(f"{ITEMS_MEMBER}:{number}: not an item id, a title, a year and genres")
    item_id, bare_title, year, genres = fields
    # "… the Great Giving (1995)" with the year "V" is "… the Great Giving (1995) (V)": a release on video.
    title = "unknown" if year == _NO_YEAR_WORD else f"{bare_title} ({year})"
    years = _YEARS_IN_TITLE.findall(title)
    return ItemRow(int(item_id), title=title, year=int(years[-1]) if years else NO_YEAR, genres=tuple(genres.split()))
