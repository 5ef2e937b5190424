from hashlib import sha256
from pathlib import Path

import pytest

from recli.core.errors import IntegrityError, NotFoundError
from recli.core.reference import ArtifactRef
from recli.store import Store, io


def ref(store: Store, text: str) -> str:
    return store.model(ArtifactRef.parse(text)).ref


def missing(store: Store, text: str) -> NotFoundError:
    with pytest.raises(NotFoundError) as caught:
        store.model(ArtifactRef.parse(text))
    assert caught.value.exit_code == 4
    return caught.value


@pytest.fixture
def three(store: Store, root: Path) -> Store:
    """``dot`` in versions 1 to 3, of which 2 is ``best``; ``deep`` in version 1."""
    for model in ("dot", "dot", "dot", "deep"):
        store.publish_model(model, {"x": b""}, {})
    (root / "models/dot/aliases/best").write_text("0002\n")
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [("dot", "dot:3"), ("dot@latest", "dot:3"), ("dot:1", "dot:1"), ("dot@best", "dot:2"), ("deep", "deep:1")],
)
def test_references(three: Store, text: str, found: str) -> None:
    assert ref(three, text) == found


def test_versions_are_sorted_as_numbers(store: Store, root: Path) -> None:
    (root / "models/dot/9998").mkdir(parents=True)
    for _ in range(3):
        store.publish_model("dot", {}, {})
    assert store.versions("dot") == [9999, 10000, 10001]
    assert ref(store, "dot") == "dot:10001"


@pytest.mark.parametrize("text", ["0099\n", "", "junk", "0001\n"])
def test_latest_is_computed_whatever_its_file_says(three: Store, root: Path, text: str) -> None:
    (root / "models/dot/aliases/latest").write_text(text)
    assert ref(three, "dot") == "dot:3"
    (root / "models/dot/aliases/latest").unlink()
    assert ref(three, "dot@latest") == "dot:3"


def test_latest_is_the_newest_complete_version(three: Store, root: Path) -> None:
    (root / "models/dot/0003/manifest.json").unlink()
    assert ref(three, "dot") == "dot:2"
    assert three.versions("dot") == [1, 2]


def test_latest_of_nothing_but_damage_says_what_is_damaged(three: Store, root: Path) -> None:
    (root / "models/deep/0001/manifest.json").unlink()
    with pytest.raises(IntegrityError, match=r"deep/0001/manifest\.json is missing"):
        three.model(ArtifactRef.parse("deep"))


def test_a_damaged_newest_version_is_not_passed_over(three: Store, root: Path) -> None:
    (root / "models/dot/0003/manifest.json").write_text("{")
    with pytest.raises(IntegrityError):
        three.model(ArtifactRef.parse("dot"))


def test_an_unknown_model_comes_with_its_neighbours(three: Store, root: Path) -> None:
    error = missing(three, "dto")
    assert error.message == f"no model 'dto' in {root}"
    assert error.candidates == ("dot",)
    assert error.fix == "recli models list"


def test_a_model_that_is_not_trained_yet(store: Store, three: Store) -> None:
    error = missing(three, "bayes")
    assert error.fix == "recli train bayes"
    assert error.candidates == ("deep", "dot")


def test_a_model_in_an_empty_store(store: Store) -> None:
    error = missing(store, "dot")
    assert error.fix == "recli train dot"
    assert error.candidates == ()


def test_an_unknown_version_comes_with_the_nearest(three: Store) -> None:
    error = missing(three, "dot:4")
    assert error.message == "dot has no version 4"
    assert error.candidates == ("dot:3", "dot:2", "dot:1")
    assert error.fix == "recli models list"


def test_an_unknown_alias_comes_with_the_others(three: Store) -> None:
    error = missing(three, "dot@bets")
    assert error.message == "dot has no alias 'bets'"
    assert error.candidates == ("dot@best",)
    assert missing(three, "dot@zzz").candidates == ("dot@best", "dot@latest")


def test_an_alias_that_dangles_says_so(three: Store, root: Path) -> None:
    (root / "models/dot/aliases/best").write_text("0009\n")
    error = missing(three, "dot@best")
    assert error.message == "dot@best is version 9, which does not exist"
    assert error.candidates == ("dot:3", "dot:2", "dot:1")


def test_a_change_of_any_bit_of_an_alias_is_refused_or_means_the_same(three: Store, root: Path) -> None:
    """Versions 1 to 3 exist: a changed digit would mean another one of them."""
    three.tag(ArtifactRef("dot", 2), "best")
    path = root / "models/dot/aliases/best"
    good = path.read_bytes()
    assert good == b"0002\n" + sha256(b"dot@best 0002").hexdigest()[:16].encode() + b"\n"
    for bit in range(8 * len(good)):
        data = bytearray(good)
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)
        with pytest.raises(IntegrityError, match="aliases/best"):
            three.model(ArtifactRef.parse("dot@best"))
    for length in range(len(good)):
        path.write_bytes(good[:length])
        if length != 5:
            with pytest.raises(IntegrityError, match="aliases/best"):
                three.model(ArtifactRef.parse("dot@best"))
    path.write_bytes(good[:5])
    assert ref(three, "dot@best") == "dot:2"


def test_an_alias_in_the_place_of_another_is_refused(three: Store, root: Path) -> None:
    three.tag(ArtifactRef("dot", 2), "best")
    (root / "models/dot/aliases/best").rename(root / "models/dot/aliases/champion")
    with pytest.raises(IntegrityError, match="champion has changed"):
        three.model(ArtifactRef.parse("dot@champion"))


@pytest.mark.parametrize("text", ["", "3", "0000\n", "../0001", "0001\n\n", "0001 0002", "٠٠٠١", "\xff"])
def test_a_malformed_alias_is_refused(three: Store, root: Path, text: str) -> None:
    (root / "models/dot/aliases/best").write_text(text)
    with pytest.raises(IntegrityError, match="aliases/best"):
        three.model(ArtifactRef.parse("dot@best"))


@pytest.mark.parametrize(
    "name", ["models", "models/dot", "models/dot/0003", "models/dot/aliases", "models/dot/aliases/best"]
)
def test_no_link_leads_to_a_version(three: Store, root: Path, tmp_path: Path, name: str) -> None:
    (root / name).rename(tmp_path / "real")
    (root / name).symlink_to(tmp_path / "real")
    with pytest.raises(IntegrityError, match="is a symbolic link"):
        three.model(ArtifactRef.parse("dot:3" if name.endswith("0003") else "dot@best"))


@pytest.mark.parametrize("name", ["", "..", "../dot", "a/b", "DOT"])
def test_texts_that_are_no_names_find_nothing(three: Store, name: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        three.model(ArtifactRef(name, version=1))
    assert caught.value.fix == "recli models list"
    with pytest.raises(NotFoundError) as caught:
        three.dataset(name)
    assert caught.value.fix == "recli fetch --list"
    assert three.projection(three.model(ArtifactRef("dot", 1)), name) is None
    assert three.versions(name) == []
    with pytest.raises(NotFoundError, match="has no alias"):
        three.model(ArtifactRef("dot", alias=name or ".."))


def test_an_unknown_dataset_comes_with_the_command_that_lists_them(store: Store, root: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        store.dataset("ml-100k")
    assert caught.value.message == f"no dataset 'ml-100k' in {root}"
    assert caught.value.fix == "recli fetch --list"
    assert caught.value.candidates == ()


def test_an_unknown_dataset_comes_with_its_neighbours(store: Store) -> None:
    for name in ("ml-100k", "tiny"):
        store.publish_dataset(name, {}, {})
    with pytest.raises(NotFoundError) as caught:
        store.dataset("ml-10k")
    assert caught.value.candidates == ("ml-100k",)


@pytest.mark.parametrize("name", ["dot", "dot@latest", "dot@best"])
def test_a_name_means_a_version_though_all_that_were_seen_are_removed_meanwhile(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Between two looks at the store another process publishes, moves the name, and removes what was before."""
    store.publish_model("dot", {}, {})
    store.tag(ArtifactRef("dot", 1), "best")
    listed = io.list_directory

    def overtake(path: Path) -> list[str]:
        names = listed(path)
        monkeypatch.setattr(io, "list_directory", listed)
        rival = Store(root)
        rival.publish_model("dot", {}, {})
        rival.tag(ArtifactRef("dot", 2), "best")
        rival.remove(ArtifactRef("dot", 1))
        return names

    monkeypatch.setattr(io, "list_directory", overtake)
    assert store.model(ArtifactRef.parse(name)).ref == "dot:2"
