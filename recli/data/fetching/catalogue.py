"""The datasets recli knows by name: where they come from, how they are checked, under what terms they may be used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recli.core.errors import NotFoundError
from recli.core.spelling import near


@dataclass(frozen=True)
class RemoteArchive:
    """A zip somebody publishes, pinned byte for byte."""

    url: str
    """Where its publisher offers it."""
    size: int
    """Bytes of the zip."""
    sha256: str
    """Of the zip, hex."""
    members: Mapping[str, str] = field(repr=False)
    """The members recli reads → the SHA-256 (hex) of each: the proof of a copy that was packed anew."""
    folds: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Members with the test rows of a fold, ``u1.test``, which a copy may lack → the SHA-256 (hex) of each."""


@dataclass(frozen=True)
class Release:
    """A zip of one of GroupLens' later releases, and what is in it."""

    url: str
    size: int
    """Bytes; of one that changes, about."""
    sha256: str | None
    """Of the zip, hex; ``None`` where it changes all the time."""
    folder: str
    """In the zip."""
    suffix: str
    """Of its files: ``dat``, divided by ``::``, or ``csv``."""
    scale: tuple[float, float]
    """Fewest and most stars."""
    encoding: str = "utf-8"
    users: bool = False
    """Whether a file describes the users."""
    changes: bool = False
    """Whether GroupLens updates it: another sum is then told, not refused."""


@dataclass(frozen=True)
class KnownDataset:
    """One entry of the catalogue."""

    name: str
    """What commands call it."""
    title: str
    """What it is, in one line."""
    licence: str
    """What its users may do with it."""
    citation: str
    """What a publication has to cite; empty where nothing."""
    archive: RemoteArchive | None = None
    """Of MovieLens 100K, which is read by its own README."""
    release: Release | None = None
    """Of a later MovieLens. A dataset without either is one that recli generates."""

    @property
    def synthetic(self) -> bool:
        """Whether recli generates it."""
        return self.archive is None and self.release is None

    def record(
        self,
        source: str,
        *,
        url: str | None,
        official: bool,
        sha256: Mapping[str, str],
        zip_sha256: str | None = None,
        notes: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Return what ``dataset.json`` says about where a dataset came from.

        Args:
            source: which of the sources gave it, in words.
            url: where that is; ``None`` for a generated dataset.
            official: whether every file is byte for byte its publisher's.
            sha256: name of a source file → its hex digest.
            zip_sha256: of the zip they were in.
            notes: what a user of the data should know.
        """
        return {
            "title": self.title,
            "source": source,
            "url": url,
            "official": official,
            "synthetic": self.synthetic,
            "licence": self.licence,
            "citation": self.citation,
            "sha256": dict(sha256),
            "zip_sha256": zip_sha256,
            "notes": list(notes),
        }


_LICENCE = "Research use only; no redistribution, no commercial use without permission of GroupLens; cite the paper."
_CITATION = (
    "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. "
    "ACM Transactions on Interactive Intelligent Systems (TiiS) 5, 4, Article 19. https://doi.org/10.1145/2827872"
)
_PLACE = "https://files.grouplens.org/datasets/movielens"

ML_100K = KnownDataset(
    name="ml-100k",
    title="MovieLens 100K: 100,000 ratings of 1,682 movies by 943 users, 1997-1998",
    licence=_LICENCE,
    citation=_CITATION,
    archive=RemoteArchive(
        url=f"{_PLACE}/ml-100k.zip",
        size=4_924_029,
        sha256="50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
        members={
            "u.data": "06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490",
            "u.item": "553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701",
            "u.user": "f120e114da2e8cf314fd28f99417c94ae9ddf1cb6db8ce0e4b5995d40e90e62c",
        },
        folds={
            "u1.test": "18c6014a4b2c7324f250a63f8904a7b16b2b19f911129e346141507b0cbac950",
            "u2.test": "4de658d1e04ed9104629509a2e2528fce833ac8e048280183f1df167632038c3",
            "u3.test": "0f548b51c78327de4c156461d3e430b7e5579fe2b5681586a59416e48fd35f6d",
            "u4.test": "7c02ad0a1e7ab1083c8b9d4b627203a051dd7b5eab46d99fa44de33470de8db9",
            "u5.test": "351cc52e0d15b6c721466276fc24671d40936899e3d01fadeaf312915b8c5634",
            "ua.test": "d0497e202417720f57a184ec8c66be2d1afa4ff41bb53787c57b28d6bf79bc42",
            "ub.test": "d54a72d05730d5892062734b2bec73e976f9b713d18c828a18b968d6cce442da",
        },
    ),
)

TINY = KnownDataset(
    name="tiny",
    title="Synthetic ratings of invented movies, generated by a seed: for tests and first steps",
    licence="Synthetic: generated by recli, free to use.",
    citation="",
)

SYNTHETIC = tuple(
    KnownDataset(
        name=f"synthetic-{size}",
        title=f"Synthetic: {n} ratings, {items}, {users}",
        licence="Synthetic: generated by recli, free to use.",
        citation="",
    )
    for size, n, items, users in (
        ("100k", "100,000", "1,682 items", "943 users"),
        ("1m", "1,000,209", "3,706 items", "6,040 users"),
        ("10m", "10,000,054", "10,677 items", "69,878 users"),
        ("32m", "32,000,204", "87,585 items", "200,948 users"),
    )
)


def _release(name: str, size: int, sha256: str | None, title: str, **also: Any) -> KnownDataset:
    zipped = Release(
        f"{_PLACE}/{name}.zip", size, sha256, **{"folder": name, "suffix": "csv", "scale": _HALF_STARS, **also}
    )
    return KnownDataset(name, f"MovieLens {title}", _LICENCE, _CITATION, release=zipped)


_HALF_STARS = (0.5, 5.0)
RELEASES = (
    _release(
        "ml-1m", 5_917_549, "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
        "1M: 1,000,209 ratings, 3,706 movies, 6,040 users",
        suffix="dat", scale=(1.0, 5.0), encoding="latin-1", users=True,
    ),
    # The sums of ml-10m and ml-32m come from single repositories. GroupLens' own, beside the zips, are the MD5
    # ce571fd55effeba0271552578f2648bd and d472be332d4daa821edc399621853b57: the site was not in reach to compare.
    _release(
        "ml-10m", 65_566_137, "813c411ccb6122564edfe752e7f80c4dcc5aa25fa94c93622f6877a7ba252862",
        "10M: 10,000,054 ratings, 10,677 movies, 69,878 users",
        folder="ml-10M100K", suffix="dat",
    ),
    _release(
        "ml-20m", 198_702_078, "96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3",
        "20M: 20,000,263 ratings, 26,744 movies, 138,493 users",
    ),
    _release(
        "ml-25m", 261_978_986, "8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa",
        "25M: 25,000,095 ratings, 59,047 movies, 162,541 users",
    ),
    _release(
        "ml-32m", 238_950_008, "e4a68655d7386b8f95f2f2424b2ff975dfdd15ffd59e0d864a14dca43e99d6ee",
        "32M: 32,000,204 ratings, 84,432 movies, 200,948 users",
    ),
    _release(
        "ml-latest-small", 978_202, "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
        "latest, small: 100,836 ratings, 9,724 movies, 610 users", changes=True,
    ),
    _release("ml-latest", 350_000_000, None, "latest: about 33 million ratings", changes=True),
)  # fmt: skip

_KNOWN = {known.name: known for known in (ML_100K, TINY, *RELEASES, *SYNTHETIC)}


def catalogue() -> tuple[KnownDataset, ...]:
    """Return every known dataset, the default one first."""
    return tuple(_KNOWN.values())


def lookup(name: str) -> KnownDataset:
    """Return the known dataset of a name; ``synthetic:1m`` is ``synthetic-1m``.

    Raises:
        NotFoundError: there is none; its candidates are the nearest names.
    """
    name = name.replace("synthetic:", "synthetic-", 1)
    if name not in _KNOWN:
        meant = near(name, _KNOWN) or list(_KNOWN)
        raise NotFoundError(f"no dataset is called {name!r}", fix="recli fetch --list", candidates=meant)
    return _KNOWN[name]
