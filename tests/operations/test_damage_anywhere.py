"""Random damage to artifacts of each kind: whatever reads the damaged file refuses it, and nothing else is hidden."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recli.core.errors import IntegrityError
from recli.operations.datasets import open_dataset
from recli.operations.evaluate import evaluate
from recli.operations.models import list_models
from recli.operations.predict import predict_one
from recli.operations.similar import similar_by_id
from recli.operations.upkeep import require_sound, verify
from recli.store import Store, io
from tests.torture import Tally, sized

HOMES = {"dot:1": "models/dot/0001", "bias:1": "models/bias/0001", "tiny": "datasets/tiny"}
READERS: dict[str, list[Callable[[Store], object]]] = {
    "dot:1": [
        lambda store: similar_by_id(store, "1", model="dot:1"),
        lambda store: predict_one(store, "6", "1", model="dot:1"),
        lambda store: evaluate(store, ["dot:1"]),
    ],
    "bias:1": [lambda store: evaluate(store, ["bias:1"])],
    "tiny": [lambda store: open_dataset(store, "tiny"), lambda store: evaluate(store, ["bias:1"])],
}
Rng = np.random.Generator
Damage = Callable[[Path, Path, Rng], None]


def flip(path: Path, _: Path, rng: Rng) -> None:
    data = bytearray(path.read_bytes())
    data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
    path.write_bytes(data)


def cut(path: Path, _: Path, rng: Rng) -> None:
    path.write_bytes(path.read_bytes()[: rng.integers(path.stat().st_size)])


def lengthen(path: Path, _: Path, rng: Rng) -> None:
    path.write_bytes(path.read_bytes() + rng.bytes(int(rng.integers(1, 100))))


def blank(path: Path, _: Path, rng: Rng) -> None:
    """Zero what begins somewhere, as a file system does that lost the end of a file in a power cut."""
    data = path.read_bytes()
    begin = int(rng.integers(len(data)))
    path.write_bytes(data[:begin] + bytes(len(data) - begin))


def swap(path: Path, other: Path, _: Rng) -> None:
    mine, others = path.read_bytes(), other.read_bytes()
    path.write_bytes(others)
    other.write_bytes(mine)


def delete(path: Path, _: Path, __: Rng) -> None:
    path.unlink()


def link(path: Path, _: Path, __: Rng) -> None:
    """Leave a link in its place that leads to it."""
    outside = path.with_name("elsewhere")
    path.rename(outside)
    path.symlink_to(outside)


DAMAGES: list[Damage] = [flip, flip, flip, cut, cut, lengthen, blank, swap, delete, link]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """The files that the store has opened to read."""
    paths: set[Path] = set()
    opening = io.open_existing

    def watch(path: Path) -> object:
        paths.add(path)
        return opening(path)

    monkeypatch.setattr(io, "open_existing", watch)
    return paths


@pytest.mark.torture
@pytest.mark.parametrize("ref", HOMES)
def test_damage_anywhere_is_refused_by_whoever_meets_it(
    tiny_copy: Store, opened: set[Path], tally: Tally, ref: str
) -> None:
    home = tiny_copy.root / HOMES[ref]
    files = {path: path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}
    paths, rng = list(files), np.random.default_rng(len(ref))
    for number in range(sized(10, 400)):
        hurt, other = (paths[at] for at in rng.permutation(len(paths))[:2])
        damage = DAMAGES[number % len(DAMAGES)]
        damage(hurt, other, rng)
        changed = {
            path for path, data in files.items() if path.is_symlink() or not path.exists() or path.read_bytes() != data
        }
        if changed:  # two equal files can be swapped, and zeros be zeroed
            what = f"{damage.__name__} {hurt}"
            for read in READERS[ref]:
                opened.clear()
                try:
                    read(tiny_copy)
                    assert not opened & changed, what
                except IntegrityError as error:
                    assert error.exit_code == 5
            found = verify(tiny_copy)
            assert [check.name for check in found.damaged] == [ref], what
            with pytest.raises(IntegrityError):
                require_sound(found)
            listed = {listing.ref: listing.status for listing in list_models(tiny_copy)}
            assert listed == {name: "corrupt" if name == ref else "ok" for name in ("bias:1", "dot:1")}, what
            tally("damage")
        hurt.with_name("elsewhere").unlink(missing_ok=True)
        for path in changed:
            path.unlink(missing_ok=True)
            path.write_bytes(files[path])
    assert verify(tiny_copy).damaged == ()
