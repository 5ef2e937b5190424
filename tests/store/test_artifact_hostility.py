"""Artifacts made to harm: whoever writes the directory can also compute its checksums."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.errors import IntegrityError
from recli.store import Artifact, Store

from .conftest import DOT, Forge, read_everything


@pytest.mark.parametrize(
    "name", ["../../secret", "/etc/hostname", "a/../../secret", "..", "./x", "manifest.json", "x\ny"]
)
def test_names_that_lead_out_of_the_directory_are_refused(store: Store, root: Path, forge: Forge, name: str) -> None:
    (root / "models").mkdir(parents=True)
    (root / "models" / "secret").write_text("secret")
    forge(
        {name: b"secret"} if "/" in name else {"x": b""}, files={name: {"bytes": 6, "sha256": "0" * 64, "arrays": {}}}
    )
    with pytest.raises(IntegrityError, match="not the name of a file"):
        store.model(DOT)


def test_a_forged_but_honest_version_is_read(store: Store, forge: Forge) -> None:
    forge({"metrics.json": b'{"mae": 1}'})
    assert store.model(DOT).read_json("metrics.json") == {"mae": 1}


class Bomb:
    """Creates a directory when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.canary),)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


def saved(canary: Path, save: Callable[..., None]) -> bytes:
    buffer = BytesIO()
    save(buffer, np.array([Bomb(canary)], dtype=object))
    return buffer.getvalue()


def test_the_canary_would_sing(canary: Path) -> None:
    assert str(canary).encode() in saved(canary, np.save)
    function, arguments = Bomb(canary).__reduce__()
    function(*arguments)
    assert canary.exists()


@pytest.mark.parametrize("dtype", ["object", "|O", "O", "float64", "int64"])
def test_object_arrays_are_never_unpickled(store: Store, forge: Forge, canary: Path, dtype: str) -> None:
    content = {"x.npy": saved(canary, np.save), "x.npz": saved(canary, np.savez)}
    forge(content, arrays={"x.npy": {"": [dtype, [1]]}, "x.npz": {"arr_0": [dtype, [1]]}})
    with pytest.raises(IntegrityError, match=r"x\.npy is no \.npy file of plain"):
        store.model(DOT).read_array("x.npy")
    with pytest.raises(IntegrityError, match=r"x\.npz is not the \.npz that .* is no \.npy file of plain"):
        store.model(DOT).read_arrays("x.npz")
    assert not canary.exists()


def test_a_bare_pickle_is_no_array(store: Store, forge: Forge, canary: Path) -> None:
    data = saved(canary, np.save)[128:]
    forge({"x.npy": data, "x.npz": data}, arrays={"x.npy": {"": ["float64", [1]]}, "x.npz": {"a": ["float64", [1]]}})
    with pytest.raises(IntegrityError):
        store.model(DOT).read_array("x.npy")
    with pytest.raises(IntegrityError):
        store.model(DOT).read_arrays("x.npz")
    assert not canary.exists()


def test_a_header_of_a_billion_floats_is_refused(store: Store, forge: Forge) -> None:
    buffer = BytesIO()
    np.save(buffer, np.zeros(2, dtype=np.float32))
    data = buffer.getvalue().replace(b"(2,), }         ", b"(1000000000,), }")
    forge({"x.npy": data}, arrays={"x.npy": {"": ["float32", [1_000_000_000]]}})
    with pytest.raises(IntegrityError, match="does not fit"):
        store.model(DOT).read_array("x.npy")


def test_dtype_and_shape_must_be_the_recorded_ones(store: Store, forge: Forge) -> None:
    buffer = BytesIO()
    np.save(buffer, np.zeros((2, 3), dtype=np.float32))
    forge({"x.npy": buffer.getvalue()}, arrays={"x.npy": {"": ["float32", [3, 2]]}})
    with pytest.raises(IntegrityError, match=r"x\.npy holds float32 \(2, 3\), not float32 \(3, 2\)"):
        store.model(DOT).read_array("x.npy")


@pytest.mark.parametrize("name", ["metrics.json", "ratings", "manifest.json", "SHA256SUMS", "."])
def test_links_are_refused_even_to_the_right_content(
    store: Store, published: Artifact, tmp_path: Path, name: str
) -> None:
    (published.path / name).rename(tmp_path / "real")
    (published.path / name).symlink_to(tmp_path / "real")
    with pytest.raises(IntegrityError, match="is a symbolic link"):
        read_everything(store)


@pytest.mark.parametrize("name", ["metrics.json", "manifest.json", "SHA256SUMS"])
def test_a_pipe_is_refused_and_not_waited_for(store: Store, published: Artifact, name: str) -> None:
    (published.path / name).unlink()
    os.mkfifo(published.path / name)
    with pytest.raises(IntegrityError, match=f"{name} is not a file"):
        read_everything(store)
