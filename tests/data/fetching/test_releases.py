"""GroupLens' later releases, each in its true syntax: small zips made here, known by the sum they have."""

import dataclasses
import hashlib
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from recli.core.errors import InputDataError, IntegrityError, NotFoundError, UsageError
from recli.data.fetching.catalogue import RELEASES, KnownDataset, lookup
from recli.data.fetching.obtain import obtain

DAT = {
    "ratings.dat": "1::260::5::978300760\n2::260::4::978302109\n2::1193::3::978301968\n",
    "movies.dat": "260::Star Wars: Episode IV - A New Hope (1977)::Action|Sci-Fi\n1193::Amélie: 2 (2001)::Comedy\n",
    "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
}
CSV = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,260,4.5,978300760\n2,260,0.5,978302109\n2,1193,3.0,978301968\n",
    "movies.csv": 'movieId,title,genres\n260,"Star Wars: Episode IV, so called (1977)",Action|Sci-Fi\n'
    "1193,Amélie (2001),(no genres listed)\n",
}


def zipped(members: Mapping[str, str], folder: str, encoding: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(f"{folder}/{name}", text.encode(encoding))
        archive.writestr(f"{folder}/README.txt", "read me")
    return content.getvalue()


def made(name: str, to: Path, members: Mapping[str, str] | None = None) -> KnownDataset:
    """Write a zip in a release's layout, and return the release as if its sum were that of the zip."""
    known = lookup(name)
    release = known.release
    assert release is not None
    if members is None:
        members = (
            CSV if release.suffix == "csv" else {k: v for k, v in DAT.items() if release.users or "users" not in k}
        )
    content = zipped(members, release.folder, release.encoding)
    to.write_bytes(content)
    pinned = dataclasses.replace(release, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    return dataclasses.replace(known, release=pinned)


@pytest.mark.parametrize("name", [known.name for known in RELEASES])
def test_each_release_is_read_as_it_is_written(name: str, tmp_path: Path) -> None:
    known = made(name, tmp_path / "some.zip")
    dataset = obtain(known, origin=str(tmp_path / "some.zip"))
    assert (len(dataset.users), len(dataset.items), len(dataset.ratings)) == (2, 2, 3)
    assert dataset.items.vocabulary.ids.tolist() == [260, 1193]
    assert dataset.items.titles[0].startswith("Star Wars: Episode IV")
    assert dataset.items.titles[1].startswith("Amélie")
    assert dataset.items.years.tolist() == [1977, 2001]
    assert dataset.items.genres[0] == ("Action", "Sci-Fi")
    assert dataset.ratings.timestamps.tolist() == [978300760, 978302109, 978301968]
    assert dataset.scale.low == (1 if name == "ml-1m" else 0.5)
    assert dataset.source["official"] is True
    assert set(dataset.source["sha256"]) == set(CSV if name not in ("ml-1m", "ml-10m") else DAT) - (
        {"users.dat"} if name == "ml-10m" else set()
    )


def test_the_people_of_ml_1m_are_described(tmp_path: Path) -> None:
    dataset = obtain(made("ml-1m", tmp_path / "z.zip"), origin=str(tmp_path / "z.zip"))
    assert dataset.users.columns["gender"] == ("F", "M")
    assert dataset.users.columns["zip_code"] == ("48067", "70072")


def test_another_zip_is_refused_but_for_one_that_changes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made("ml-1m", tmp_path / "z.zip")
    with pytest.raises(IntegrityError, match="is not the zip that recli knows: its sha256 is"):
        obtain(lookup("ml-1m"), origin=str(tmp_path / "z.zip"))
    made("ml-latest-small", tmp_path / "z.zip")
    dataset = obtain(lookup("ml-latest-small"), origin=str(tmp_path / "z.zip"))
    assert dataset.source["official"] is False
    assert "GroupLens updates this one" in caplog.text


def test_a_line_that_is_not_as_documented_is_named(tmp_path: Path) -> None:
    known = made("ml-20m", tmp_path / "z.zip", {**CSV, "ratings.csv": CSV["ratings.csv"] + "3,260,7,1\n"})
    with pytest.raises(InputDataError, match=r"ratings\.csv:5 in .*z\.zip: rating"):
        obtain(known, origin=str(tmp_path / "z.zip"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda members: {k: v for k, v in members.items() if k != "movies.csv"}, "has no movies.csv"),
        (lambda members: {**members, "movies.csv": "x" * 40_000_000}, "would inflate"),
    ],
)
def test_a_zip_that_lacks_a_member_or_is_a_bomb_is_refused(tmp_path: Path, change: object, says: str) -> None:
    assert callable(change)
    known = made("ml-20m", tmp_path / "z.zip", change(CSV))
    with pytest.raises(IntegrityError, match=says):
        obtain(known, origin=str(tmp_path / "z.zip"))


def test_a_member_that_is_damaged_is_refused_though_the_sum_was_right(tmp_path: Path) -> None:
    known = made("ml-20m", tmp_path / "z.zip")
    content = bytearray((tmp_path / "z.zip").read_bytes())
    content[45] ^= 0xFF  # within the first member's deflated bytes
    (tmp_path / "z.zip").write_bytes(content)
    assert known.release is not None
    pinned = dataclasses.replace(known.release, sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(IntegrityError, match="damaged"):
        obtain(dataclasses.replace(known, release=pinned), origin=str(tmp_path / "z.zip"))


def test_a_folder_goes_by_import_and_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the zip alone can be verified") as refused:
        obtain(lookup("ml-25m"), origin=str(tmp_path))
    assert refused.value.fix == f"recli import {tmp_path}/ratings.csv --items {tmp_path}/movies.csv --name mine"
    with pytest.raises(NotFoundError):
        obtain(lookup("ml-25m"), origin=str(tmp_path / "none.zip"))


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(IntegrityError, match="no regular file"):
        obtain(lookup("ml-25m"), origin=str(tmp_path / "pipe.zip"))
