"""Checks on stored arrays before a model believes them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import IntegrityError


def checked(
    arrays: Mapping[str, NDArray[Any]],
    shapes: Mapping[str, tuple[int | None, ...]],
    dtype: type[np.generic] | np.dtype[Any] = np.float32,
) -> dict[str, NDArray[Any]]:
    """Return the arrays named by ``shapes``; ``None`` in a shape fits any length.

    Raises:
        IntegrityError: an array is missing, its dtype or shape is another, or a number in it is not finite.
    """
    for name, shape in shapes.items():
        if name not in arrays:
            raise IntegrityError(f"the stored array {name} is missing", fix="recli models list")
        array = arrays[name]
        fits = len(shape) == array.ndim and all(
            want in (None, has) for want, has in zip(shape, array.shape, strict=True)
        )
        if array.dtype != dtype or not fits:
            found = f"{array.dtype} {array.shape}"
            raise IntegrityError(
                f"the stored array {name} is {found}, not {np.dtype(dtype)} {shape}", fix="recli models list"
            )
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise IntegrityError(f"the stored array {name} holds what is no finite number", fix="recli models list")
    return {name: arrays[name] for name in shapes}


def check_history(what: str, offsets: NDArray[np.int32], nums: NDArray[np.int32], n: int) -> None:
    """Require that (m,) nums are cut by (u + 1,) offsets into a part for each of u users, and name n things only.

    Raises:
        IntegrityError: they do not; ``what`` the arrays are is said.
    """
    cut = offsets[0] == 0 and offsets[-1] == len(nums) and bool((np.diff(offsets) >= 0).all())
    if not cut or not ((nums >= 0) & (nums < n)).all():
        raise IntegrityError(f"the stored arrays {what} name no ratings", fix="recli models list")
