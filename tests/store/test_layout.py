from pathlib import Path

import pytest

from recli.store.layout import (
    dataset_place,
    is_file_name,
    projection_place,
    version_name,
    version_number,
    version_place,
)


@pytest.mark.parametrize(("number", "name"), [(1, "0001"), (9999, "9999"), (10000, "10000"), (123456789, "123456789")])
def test_version_names_have_four_digits_or_as_many_as_they_need(number: int, name: str) -> None:
    assert version_name(number) == name
    assert version_number(name) == number


@pytest.mark.parametrize("name", ["", "1", "001", "0001 ", "000a", "-0001", "٠٠٠١", "1234567890", "aliases"])
def test_other_texts_are_no_version(name: str) -> None:
    assert version_number(name) is None


@pytest.mark.parametrize("name", ["items.csv", "ratings/values.npy", "a/b/c", "_x", "A-1.b"])
def test_plain_relative_names_are_file_names(name: str) -> None:
    assert is_file_name(name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/../x", "/x", "a//b", "a/", "./a", ".hidden", "a/.b", "a\\b", "a b", "a\nb", "ä", "-x"],
)
def test_other_names_are_not(name: str) -> None:
    assert not is_file_name(name)


@pytest.mark.parametrize(
    "name", ["SHA256SUMS", "manifest.json", "dataset.json", "projection.json", "projections", "projections/x"]
)
def test_names_that_the_store_uses_are_reserved(name: str) -> None:
    assert not is_file_name(name)


def test_places_know_path_and_fix() -> None:
    root = Path("/s t")
    assert dataset_place(root, "ml-100k").path == root / "datasets" / "ml-100k"
    assert dataset_place(root, "ml-100k").fix == "recli fetch ml-100k --force"
    version = version_place(root, "dot", 3)
    assert version.path == root / "models" / "dot" / "0003"
    assert version.fix == "recli models list"
    projection = projection_place(version.path, "tsne")
    assert projection.path == version.path / "projections" / "tsne"
    assert projection.fix == "rm -r '/s t/models/dot/0003/projections/tsne'"
