"""GroupLens' later releases, ML-1M to ML-32M: one zip each, read from where it lies, a member at a time."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError, IntegrityError
from recli.core.ratings import RatingScale
from recli.core.results.importing import FileCount
from recli.data.build import assemble
from recli.data.fetching.archives import Layout, file_sha256, open_zip
from recli.data.fetching.catalogue import Release
from recli.data.formats.text.described import described_items, described_users
from recli.data.formats.text.rating_files import Wanted, ratings_of
from recli.data.formats.text.streams import Source

_INFLATED = 12
"""Times the zip's size that a member may inflate to: ratings shrink to a fourth."""
_log = logging.getLogger("recli")


def require_promised(path: Path, release: Release, label: str, *, fix: str) -> str:
    """Return a zip's SHA-256 (hex), once it is known to be GroupLens'.

    Raises:
        IntegrityError: it is another file, or no regular one.
        StorageError: it cannot be read.
    """
    found = file_sha256(path)
    if release.sha256 not in (found, None):
        told = f"{label} is not the zip that recli knows: its sha256 is {found} instead of {release.sha256}"
        if not release.changes:
            raise IntegrityError(told, fix=fix)
        _log.warning("%s; GroupLens updates this one from time to time", told)
    return found


def read_release(path: Path, release: Release, name: str, source: Mapping[str, Any], label: str) -> Dataset:
    """Read a release's zip.

    Args:
        path: of the zip.
        release: which.
        name: what commands will call the dataset.
        source: the record of where it came from.
        label: what messages call the zip.

    Raises:
        IntegrityError: it is no zip, damaged, hostile, or lacks a member.
        InputDataError: a line is not as documented.
    """
    ratings_file, items_file, *users_file = _names(release)
    layout = Layout(frozenset(_names(release)), frozenset({"", release.folder}))
    with open_zip(path, layout, label, max_member_bytes=_INFLATED * release.size) as members:
        sources = {name: Source(name, file) for name, file in members.items()}
        items = described_items(sources[items_file], release.encoding)
        users = [described_users(sources[name], release.encoding) for name in users_file]
        wanted = Wanted({}, RatingScale(*release.scale), release.encoding, columns_fix="recli fetch --list")
        ratings = ratings_of(sources[ratings_file], wanted)
    counts = [ratings.count, items.count, *(one.count for one in users)]
    for count in counts:
        _require_whole(count, label)
    return assemble(
        name,
        ratings.ratings,
        items.rows,
        [row for one in users for row in one.rows],
        scale=RatingScale(*release.scale),
        source={**source, "sha256": {count.file: count.sha256 for count in counts}},
    )


def _names(release: Release) -> list[str]:
    """Return the members that are read: ratings, items, and users where they are described."""
    return [f"{part}.{release.suffix}" for part in ("ratings", "movies", *(["users"] if release.users else []))]


def _require_whole(count: FileCount, label: str) -> None:
    """Refuse a release of which a line cannot be taken: its files are known to the byte."""
    if count.rejected:
        first = count.examples[0]
        raise InputDataError(f"{count.file}:{first.line} in {label}: {first.column} {first.problem}")
