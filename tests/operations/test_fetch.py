import importlib
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from recli.core.dataset import Dataset
from recli.core.errors import IntegrityError, NetworkError, NotFoundError, StorageError, UsageError
from recli.data.fetching import tiny
from recli.data.files import load_dataset
from recli.operations.fetch import fetch, list_datasets
from recli.operations.importing import import_frame
from recli.store import Store

module = importlib.import_module("recli.operations.fetch")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "artifacts")


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str | None]]:
    """Replaces the sources by one that gives ``tiny`` of a seed, or fails; the origins asked for are returned."""

    def replace(result: int | Exception) -> list[str | None]:
        origins: list[str | None] = []

        def obtain(known: object, *, origin: str | None, **_: object) -> Dataset:
            origins.append(origin)
            if isinstance(result, Exception):
                raise result
            return tiny.generate(result)

        monkeypatch.setattr(module, "obtain", obtain)
        return origins

    return replace


def seed_in(store: Store) -> str:
    return load_dataset(store.dataset("tiny")).source["notes"][0][-2]


def test_a_dataset_is_published_with_its_record(store: Store) -> None:
    result = fetch(store, "tiny")
    assert (result.dataset, result.users, result.items, result.ratings) == ("tiny", 60, 40, 1132)
    assert result.path == store.root / "datasets" / "tiny"
    assert (result.path / "dataset.json").is_file()
    assert not result.already_there
    assert result.record["synthetic"] is True
    assert result.record["licence"].startswith("Synthetic")
    assert result.record["counts"] == {"users": 60, "items": 40, "ratings": 1132}
    assert result.record["scale"] == {"low": 1.0, "high": 5.0}


def test_what_was_published_can_be_loaded(store: Store) -> None:
    fetch(store, "tiny")
    loaded = load_dataset(store.dataset("tiny"))
    generated = tiny.generate()
    assert loaded.fingerprint == generated.fingerprint
    assert loaded.source == generated.source
    assert loaded.items.titles == generated.items.titles
    assert (loaded.ratings.values == generated.ratings.values).all()


def test_what_is_there_is_not_fetched_again(store: Store, sources) -> None:
    first = fetch(store, "tiny")
    origins = sources(NetworkError("offline"))
    again = fetch(store, "tiny")
    assert again.already_there
    assert (again.path, again.record, again.ratings) == (first.path, first.record, first.ratings)
    assert origins == []


def test_force_fetches_again(store: Store, sources) -> None:
    fetch(store, "tiny")
    sources(7)
    assert not fetch(store, "tiny", force=True).already_there
    assert seed_in(store) == "7"


def test_an_origin_for_what_is_there_is_not_ignored_silently(
    store: Store, sources, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    fetch(store, "tiny")
    origins, mine = sources(7), tmp_path / "mine.zip"
    with pytest.raises(NotFoundError, match="there is no"):
        fetch(store, "tiny", origin=str(mine))
    mine.touch()
    assert fetch(store, "tiny", origin=str(mine)).already_there
    assert "--force" in caplog.text
    assert str(mine) in caplog.text
    fetch(store, "tiny", origin=str(mine), force=True)
    assert origins == [str(mine)]


@pytest.mark.parametrize("file", ["items.csv", "ratings/values.npy", "dataset.json"])
@pytest.mark.parametrize("damage", ["altered", "removed"])
def test_a_damaged_dataset_is_fetched_again(
    store: Store, caplog: pytest.LogCaptureFixture, file: str, damage: str
) -> None:
    path = fetch(store, "tiny").path / file
    if damage == "removed":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    with caplog.at_level(logging.WARNING, "recli"):
        result = fetch(store, "tiny")
    assert not result.already_there
    assert load_dataset(store.dataset("tiny")).fingerprint == tiny.generate().fingerprint
    assert "tiny is damaged and is fetched again" in caplog.text


@pytest.mark.parametrize("error", [NetworkError("offline"), IntegrityError("altered"), KeyboardInterrupt()])
def test_a_fetch_that_fails_leaves_the_store_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch, error) -> None:
    fetch(store, "tiny")
    before = {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()}

    def fail(*args: object, **options: object) -> Dataset:
        raise error

    monkeypatch.setattr(module, "obtain", fail)
    with pytest.raises(type(error)):
        fetch(store, "tiny", force=True)
    assert {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()} == before


def test_a_store_that_cannot_be_written_to_says_so_before_anything_is_downloaded(tmp_path: Path, sources) -> None:
    (tmp_path / "file").write_text("in the way")
    origins = sources(7)
    with pytest.raises(StorageError):
        fetch(Store(tmp_path / "file" / "artifacts"), "tiny")
    assert origins == []


def test_an_unknown_name_creates_no_store(store: Store) -> None:
    with pytest.raises(NotFoundError) as caught:
        fetch(store, "ml100k")
    assert caught.value.candidates == ("ml-100k",)
    assert not store.root.exists()


def test_a_generated_dataset_takes_no_origin(store: Store) -> None:
    with pytest.raises(UsageError):
        fetch(store, "tiny", origin="mine.zip")


def test_the_list_says_what_is_there(store: Store) -> None:
    assert not any(line.fetched for line in list_datasets(store))
    assert not store.root.exists()
    fetch(store, "tiny")
    assert [line.dataset for line in list_datasets(store) if line.fetched] == ["tiny"]
    assert (first := list_datasets(store)[0]).dataset == "ml-100k"
    assert "no redistribution" in first.licence


def test_the_list_begins_with_what_was_imported(store: Store) -> None:
    fetch(store, "tiny")
    import_frame(store, {"user": ["ann", "bob"], "item": [1, 1], "rating": [0.5, 4.0]}, name="mine", scale="0.5:5")
    own, *others = list_datasets(store)
    assert (own.dataset, own.title) == ("mine", "2 ratings of 1 items by 2 users, 0.5 to 5")
    assert own.imported
    assert not any(line.imported for line in others)


def test_a_damaged_dataset_is_listed_for_its_name_is_taken(store: Store) -> None:
    made = import_frame(store, {"user": [1], "item": [1], "rating": [4.0]}, name="mine")
    (made.path / "dataset.json").write_text("{}")
    own = list_datasets(store)[0]
    assert (own.dataset, own.title) == ("mine", "not readable: recli doctor says why")
