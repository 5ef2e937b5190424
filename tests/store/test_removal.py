"""Versions that go, and numbers that do not come back."""

import errno
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recli.core.errors import BusyError, NotFoundError, StorageError, UsageError
from recli.core.reference import ArtifactRef
from recli.store import Store, io

from .conftest import tree

pytestmark = pytest.mark.usefixtures("no_sync")

FIRST, SECOND, LATEST = ArtifactRef("dot", 1), ArtifactRef("dot", 2), ArtifactRef.parse("dot")


@pytest.fixture
def two(store: Store) -> Store:
    for content in (b"1", b"22"):
        store.publish_model("dot", {"x": content}, {})
    return store


def test_a_removed_version_is_gone_and_its_number_stays_taken(two: Store, root: Path) -> None:
    size = sum(path.stat().st_size for path in (root / "models/dot/0002").iterdir())
    removal = two.remove(SECOND)
    assert (removal.ref, removal.bytes, removal.aliases) == ("dot:2", size, ())
    assert [status.ref for status in two.statuses()] == ["dot:1"]
    assert two.model(LATEST).ref == "dot:1"
    assert (root / "models/dot/aliases/latest").read_text() == "0001\n"
    assert [path.name for path in (root / "models/dot/0002").iterdir()] == ["REMOVED"]
    assert (root / "models/dot/0002/REMOVED").read_text().endswith("this number is not used again\n")
    with pytest.raises(NotFoundError, match="no version 2"):
        two.remove(SECOND)
    assert two.publish_model("dot", {}, {}).ref == "dot:3"


def test_without_a_version_there_is_no_latest_and_no_model(two: Store, root: Path) -> None:
    two.remove(SECOND)
    two.remove(LATEST)
    assert not (root / "models/dot/aliases/latest").exists()
    assert two.model_names() == []
    with pytest.raises(NotFoundError, match="no model 'dot'"):
        two.model(LATEST)
    assert two.publish_model("dot", {}, {}).ref == "dot:3"
    assert (root / "models/dot/aliases/latest").read_text() == "0003\n"


def test_a_named_version_goes_only_with_its_names(two: Store, root: Path) -> None:
    two.tag(FIRST, "best")
    two.tag(SECOND, "other")
    before = tree(root)
    with pytest.raises(UsageError, match="dot:1 is best"):
        two.remove(FIRST)
    assert tree(root) == before
    assert two.remove(FIRST, force=True).aliases == ("best",)
    assert sorted(path.name for path in (root / "models/dot/aliases").iterdir()) == ["latest", "other"]


@pytest.mark.parametrize("damage", ["no manifest", "manifest is a directory", "link", "file", "flip"])
def test_a_damaged_version_can_be_removed(two: Store, root: Path, tmp_path: Path, damage: str) -> None:
    path, manifest = root / "models/dot/0002", root / "models/dot/0002/manifest.json"
    elsewhere = tmp_path / "elsewhere"
    if damage == "flip":
        (path / "x").write_bytes(b"zz")
    elif damage in ("no manifest", "manifest is a directory"):
        manifest.unlink()
        if damage != "no manifest":
            manifest.mkdir()
    else:
        path.rename(elsewhere)
        if damage == "link":
            path.symlink_to(elsewhere)
        else:
            path.write_text("")
    there = tree(elsewhere) if elsewhere.exists() else None
    if damage != "file":  # which is no version, and yet keeps its number
        two.remove(SECOND)
    assert [status.ref for status in two.statuses()] == ["dot:1"]
    assert two.publish_model("dot", {}, {}).ref == "dot:3"
    assert (tree(elsewhere) if elsewhere.exists() else None) == there


def test_a_version_that_is_read_stays(two: Store) -> None:
    reader = two.model(SECOND)
    with pytest.raises(BusyError, match="dot:2"):
        two.remove(SECOND)
    assert reader.read_bytes("x") == b"22"
    reader.release()
    two.remove(SECOND)
    with pytest.raises(NotFoundError, match="dot:2 was removed"):
        reader.read_bytes("x")


def test_a_reader_that_goes_out_of_scope_holds_nothing(two: Store) -> None:
    assert two.model(SECOND).read_bytes("x") == b"22"
    two.remove(SECOND)


def test_a_reader_that_is_overtaken_looks_again(two: Store, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest version goes between the look at the store and the opening."""
    share = io.open_to_share

    def overtake(path: Path) -> io.Held:
        monkeypatch.setattr(io, "open_to_share", share)
        Store(root).remove(SECOND)
        return share(path)

    monkeypatch.setattr(io, "open_to_share", overtake)
    assert two.model(LATEST).ref == "dot:1"


def test_a_file_system_without_locks_lets_read_and_not_remove(two: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(io, "share", refuse)
    monkeypatch.setattr(io, "lock", refuse)
    assert two.model(SECOND).read_bytes("x") == b"22"
    with pytest.raises(StorageError, match="No locks available"):
        two.remove(SECOND)
    assert two.versions("dot") == [1, 2]


def test_a_writer_that_chose_its_number_before_a_removal_gets_another(
    two: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rival publishes version 3 and it is removed, all between this writer's choice of 3 and its rename."""
    rename = io.rename

    def overtake(source: Path, target: Path) -> None:
        monkeypatch.setattr(io, "rename", rename)
        rival = Store(root)
        assert rival.publish_model("dot", {}, {}).ref == "dot:3"
        rival.remove(ArtifactRef("dot", 3))
        rename(source, target)

    monkeypatch.setattr(io, "rename", overtake)
    assert two.publish_model("dot", {}, {}).ref == "dot:4"
    assert two.versions("dot") == [1, 2, 4]


STEPS = st.lists(
    st.one_of(
        st.just(("publish", 0)),
        st.tuples(st.sampled_from(["rm", "tag", "untag", "gc"]), st.integers(1, 6)),
    ),
    max_size=14,
)


@settings(max_examples=60)
@given(STEPS)
def test_whatever_happens_no_number_comes_twice_and_no_name_dangles(steps: list[tuple[str, int]]) -> None:
    """Against a model in memory: a set of numbers, the last one used, and the version that ``best`` means."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "artifacts")
        store.prepare()
        there, last, best = set(), 0, None
        for what, number in steps:
            ref = ArtifactRef("dot", number)
            if what == "publish":
                last += 1
                there.add(last)
                assert store.publish_model("dot", {}, {}).manifest.version == last
            elif what == "tag" and number in there:
                store.tag(ref, "best")
                best = number
            elif what == "untag" and best:
                assert store.untag("dot", "best") == best
                best = None
            elif what == "rm" and number in there and number != best:
                store.remove(ref)
                there.remove(number)
            elif what == "gc":
                keep = {*sorted(there)[-number:], best} - {None}
                assert {removal.ref for removal in store.collect(number).removed} == {f"dot:{n}" for n in there - keep}
                there &= keep
            assert store.versions("dot") == sorted(there)
        assert [check.reason for check in store.verify()] == [""] * (len(there) + (best is not None))
